/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * feature.h - VFIO_DEVICE_FEATURE, the envelope of everything we ask a device
 */
#ifndef PLUGINS_VFIO_FEATURE_H
#define PLUGINS_VFIO_FEATURE_H

#include <stddef.h>
#include <stdint.h>

#define FEATURE_DATA_MAX 32	/* bytes of data, of the features we use */

/*
 * Ask for feature @feature of device @fd; @direction is UAPI_FEATURE_GET or
 * UAPI_FEATURE_SET, @data the feature's struct, which comes back as the
 * kernel left it, also after a failure.
 *
 * 0, or the kernel's error: -ENOTTY and -EINVAL where it has no such feature
 */
int feature_call(int fd, uint32_t direction, uint32_t feature, void *data,
    size_t size);

/*
 * Does the device have @feature in @direction?  Nothing is done.
 *
 * 1         yes
 * 0         no: the kernel said -ENOTTY or -EINVAL, or something on the way
 *           (a sandbox) said -EPERM, -ENOSYS or -EOPNOTSUPP
 * others    from the kernel: the device is not usable (-EIO, -ENODEV, -EBADF)
 */
int feature_probe(int fd, uint32_t direction, uint32_t feature);

/* Nonzero when @error means "no such thing here", see feature_probe(). */
int feature_absent(int error);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * feature.c - VFIO_DEVICE_FEATURE, the envelope of everything we ask a device
 *
 * Idea: the kernel's struct is eight bytes of header and the feature's data
 * behind them, aligned to eight.  It is put together in one buffer here, so
 * that nobody else deals with argsz.
 */
#include <errno.h>
#include <string.h>

#include "feature.h"
#include "sys.h"
#include "uapi.h"

int
feature_call(int fd, uint32_t direction, uint32_t feature, void *data,
    size_t size)
{
	struct {
		struct uapi_feature head;
		uint64_t data[FEATURE_DATA_MAX / sizeof(uint64_t)];
	} call;
	int error;

	if (size > sizeof call.data)
		return -EINVAL;
	memset(&call, 0, sizeof call);
	call.head.argsz = (uint32_t)(sizeof call.head + size);
	call.head.flags = direction | feature;
	if (size > 0)
		memcpy(call.data, data, size);
	error = vfio_sys_ioctl(fd, UAPI_DEVICE_FEATURE, &call);
	if (size > 0)
		memcpy(data, call.data, size);
	return error < 0 ? error : 0;
}

int
feature_absent(int error)
{
	return error == -ENOTTY || error == -EINVAL || error == -EPERM ||
	    error == -ENOSYS || error == -EOPNOTSUPP;
}

int
feature_probe(int fd, uint32_t direction, uint32_t feature)
{
	int error;

	error = feature_call(fd, UAPI_FEATURE_PROBE | direction, feature,
	    NULL, 0);
	if (error == 0)
		return 1;
	return feature_absent(error) ? 0 : error;
}

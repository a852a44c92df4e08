/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * intake.h - a QEMU source's connections, read and loaded by the library with
 * a sandbox around each of its threads
 */
#ifndef TESTS_VM_INTAKE_H
#define TESTS_VM_INTAKE_H

#include <vfiomig/vfiomig.h>

#define INTAKE_DEVICES	4
#define INTAKE_CHANNELS	16

struct intake {
	/* the caller's, before intake_open() */
	unsigned int channels;		/* beside the main stream */
	int (*ram)(void *, struct vfiomig_channel *, const void *, size_t,
	    uint32_t);			/* or NULL; its opaque is the intake */
	void (*stream)(int fd);		/* the main stream, read to its end */

	struct vfiomig *migration;
	struct vfiomig_device *device[INTAKE_DEVICES];
	unsigned int devices;
	struct vfiomig_channel *channel[INTAKE_CHANNELS];
};

/* Both die where it cannot be made. */
void intake_open(struct intake *intake);
void intake_device(struct intake *intake, const char *idstr,
    const char *backend, const char *params);

/*
 * Listen on 127.0.0.1:@port, take the main stream and every channel in
 * whatever order they come, and load the devices.  Returns when all of them
 * are complete and every connection has ended; dies when something fails.
 */
void intake_run(struct intake *intake, unsigned int port);

#endif

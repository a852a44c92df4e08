/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kernel.h - a kernel for the vfio backend's tests: one device, one session
 *
 * Takes the place of plugins/vfio/sys.c.  Behaves as Linux does, counts what
 * it is asked, and fails where the test says.  A way between states that does
 * not exist makes it fail the test: Linux would loop for ever.
 */
#ifndef TESTS_VFIO_KERNEL_H
#define TESTS_VFIO_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define KERNEL_DEVICE	50	/* fds it knows */
#define KERNEL_CONTAINER 51
#define KERNEL_GROUP	52
#define KERNEL_IOMMUFD	53
#define KERNEL_DATA	100	/* and every session's, counted up */

#define KERNEL_FEATURES	16
#define KERNEL_STREAM	(4 << 20)

struct kernel {
	/* what it is; set by the test */
	uint64_t flags;			/* migration flags */
	int absent[KERNEL_FEATURES];	/* -errno for that feature, any way */
	int move_error;			/* the next SET of the state fails ... */
	uint32_t move_until;		/* ... there; 0: not even one step */
	int lose_fd;			/* and the reply is lost, fd and all */
	int no_fd;			/* a session comes without */
	int reset_error;
	uint32_t reset_lands;		/* RUNNING, where a reset leads */
	int write_error, write_after;	/* bytes, then the error */
	int write_short;		/* takes at most that much at a time */
	int read_error;
	int open_error;			/* of any node */
	int bind_error, group_error;
	unsigned long refused;		/* an ioctl; 0: none ... */
	int refused_with;		/* ... and what it returns */
	int dirty_error;
	int info_error, hwpt_error;	/* of the optional ioctls */
	uint64_t data_size;
	uint64_t initial, dirty;
	uint32_t info_flags;
	unsigned char save[KERNEL_STREAM];
	size_t save_size, precopy_size;

	/* what became of it; looked at by the test */
	uint32_t state;
	int device_open, data_fd;	/* open fds; data -1: none */
	int old_fd;			/* of a session that one call ended */
	int sets, gets, resets, opens;
	int extras;			/* calls a narrow sandbox lacks */
	size_t read_at, loaded;
	unsigned char load[KERNEL_STREAM];
	unsigned int writes;
	size_t longest, first;		/* bytes in a write */
	uint64_t page_size;		/* of the device's log; 0: off */
	uint32_t ranges;
	uint64_t hwpt, hwpt_flags;
	uint64_t reported;
	int infov2;
};

extern struct kernel kernel;

/* A fresh one with @flags, RUNNING, whose stream is @size bytes of a pattern
 * of which @precopy can be read early. */
void kernel_boot(uint64_t flags, size_t size, size_t precopy);

#endif

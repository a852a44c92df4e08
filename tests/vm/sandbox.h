/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sandbox.h - no system calls but those that vfiomig-threads(7) lists
 */
#ifndef TESTS_VM_SANDBOX_H
#define TESTS_VM_SANDBOX_H

/*
 * Read the list, the names of system calls, from the file that the
 * environment's VM_SYSCALLS names.  Without one sandbox_enter() does nothing.
 * Also sets malloc up to have memory for small things, see sandbox.c.
 * -1, said on stderr, when a name is unknown.
 */
int sandbox_init(void);

/* The list alone, from the file at @path. */
int sandbox_read(const char *path);

/*
 * What becomes of the listed ioctls, in sandboxes entered from now on.  Those
 * that are not listed kill.
 */
enum sandbox_ioctls {
	SANDBOX_ALL,		/* all are let through */
	SANDBOX_REFUSES,	/* -EPERM for all but VFIO_DEVICE_FEATURE */
	SANDBOX_STOP_COPY	/* that and VFIO_DEVICE_RESET, others kill */
};
void sandbox_ioctls(enum sandbox_ioctls ioctls);

/* From here on another system call kills the process.  This thread only. */
void sandbox_enter(void);

/* Make one call inside the sandbox, on a thread that ends with it. */
int sandbox_call(int (*call)(void *), void *opaque);

#endif

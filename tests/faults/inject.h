/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inject.h - let the nth call of a function of the C library fail, once
 *
 * Idea: the program is linked with --wrap for each of these, so the calls of
 * the library, the backends and the test come here first, and those of the C
 * library itself do not.  Also counts what is allocated and mapped.
 */
#ifndef TESTS_FAULTS_INJECT_H
#define TESTS_FAULTS_INJECT_H

enum inject_call { INJECT_CALLOC, INJECT_ALIGNED_ALLOC, INJECT_MMAP,
	INJECT_MADVISE, INJECT_EVENTFD, INJECT_FSTAT, INJECT_RECVMSG,
	INJECT_SENDMSG, INJECT_READV, INJECT_WRITEV, INJECT_POLL,
	INJECT_READ, INJECT_WRITE, INJECT_FUTEX, INJECT_OPEN, INJECT_OPENAT,
	INJECT_LSEEK, INJECT_PREAD, INJECT_PWRITEV, INJECT_FSYNC,
	INJECT_FTRUNCATE, INJECT_RENAMEAT, INJECT_UNLINKAT, INJECT_CALLS };

extern const char *const inject_name[INJECT_CALLS];

/* From now on count; the @nth call (1 is the first) fails with @error. */
void inject_arm(enum inject_call call, int nth, int error);

/* No more; nonzero: it did fail. */
int inject_disarm(void);

/* Nonzero: the library's calls come here, because it is linked statically. */
int inject_reaches(void);

/* Blocks and mappings that were not given back. */
int inject_live(void);

#endif

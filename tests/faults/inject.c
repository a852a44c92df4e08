/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inject.c - let the nth call of a function of the C library fail, once; see
 * inject.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <vfiomig/vfiomig.h>

#include "inject.h"

const char *const inject_name[INJECT_CALLS] = { "calloc", "aligned_alloc",
	"mmap", "madvise", "eventfd", "fstat", "recvmsg", "sendmsg", "readv",
	"writev", "poll", "read", "write", "futex", "open", "openat", "lseek",
	"pread", "pwritev", "fsync", "ftruncate", "renameat", "unlinkat" };

static _Atomic int which = -1, left, failed;
static int with;
static _Atomic int live;

void
inject_arm(enum inject_call call, int nth, int error)
{
	with = error;
	atomic_store(&failed, 0);
	atomic_store(&left, nth);
	atomic_store(&which, (int)call);
}

int
inject_disarm(void)
{
	atomic_store(&which, -1);
	return atomic_load(&failed);
}

int
inject_live(void)
{
	return atomic_load(&live);
}

/* Is it this one's turn?  Sets errno. */
static int
turn(enum inject_call call)
{
	if (atomic_load(&which) != (int)call ||
	    atomic_fetch_sub(&left, 1) != 1)
		return 0;
	atomic_store(&failed, 1);
	errno = with;
	return 1;
}

/* @type __wrap_name(args) that fails with @bad, or is the real one. */
#define WRAP(type, name, call, bad, args, pass)				\
	type __real_##name args;					\
	type __wrap_##name args;					\
	type __wrap_##name args						\
	{								\
		return turn(call) ? (bad) : __real_##name pass;		\
	}

WRAP(int, madvise, INJECT_MADVISE, -1, (void *p, size_t n, int how),
    (p, n, how))
WRAP(int, eventfd, INJECT_EVENTFD, -1, (unsigned int n, int flags),
    (n, flags))
WRAP(int, fstat, INJECT_FSTAT, -1, (int fd, struct stat *st), (fd, st))
WRAP(ssize_t, recvmsg, INJECT_RECVMSG, -1, (int fd, struct msghdr *m, int f),
    (fd, m, f))
WRAP(ssize_t, sendmsg, INJECT_SENDMSG, -1, (int fd, const struct msghdr *m,
    int f), (fd, m, f))
WRAP(ssize_t, readv, INJECT_READV, -1, (int fd, const struct iovec *v, int n),
    (fd, v, n))
WRAP(ssize_t, writev, INJECT_WRITEV, -1, (int fd, const struct iovec *v,
    int n), (fd, v, n))
WRAP(int, poll, INJECT_POLL, -1, (struct pollfd *p, nfds_t n, int ms),
    (p, n, ms))
WRAP(ssize_t, read, INJECT_READ, -1, (int fd, void *p, size_t n), (fd, p, n))
WRAP(off_t, lseek, INJECT_LSEEK, -1, (int fd, off_t at, int from),
    (fd, at, from))
WRAP(ssize_t, pread, INJECT_PREAD, -1, (int fd, void *p, size_t n, off_t at),
    (fd, p, n, at))
WRAP(ssize_t, pwritev, INJECT_PWRITEV, -1, (int fd, const struct iovec *v,
    int n, off_t at), (fd, v, n, at))
WRAP(int, fsync, INJECT_FSYNC, -1, (int fd), (fd))
WRAP(int, ftruncate, INJECT_FTRUNCATE, -1, (int fd, off_t n), (fd, n))
WRAP(int, renameat, INJECT_RENAMEAT, -1, (int a, const char *from, int b,
    const char *to), (a, from, b, to))
WRAP(int, unlinkat, INJECT_UNLINKAT, -1, (int fd, const char *name,
    int flags), (fd, name, flags))
WRAP(int, open, INJECT_OPEN, -1, (const char *path, int flags, int mode),
    (path, flags, mode))
WRAP(int, openat, INJECT_OPENAT, -1, (int fd, const char *path, int flags,
    int mode), (fd, path, flags, mode))

/* To a channel.  An eventfd, eight bytes, can always be written. */
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t
__wrap_write(int fd, const void *p, size_t n)
{
	return n != 8 && turn(INJECT_WRITE) ? -1 : __real_write(fd, p, n);
}

/* ---- with a list of what is live ---- */

static void *_Atomic blocks[4096];

static void
live_add(void *p)
{
	size_t k;
	void *none;

	for (k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
		none = NULL;
		if (atomic_compare_exchange_strong(&blocks[k], &none, p)) {
			atomic_fetch_add(&live, 1);
			return;
		}
	}
}

static void
live_remove(void *p)
{
	size_t k;
	void *it;

	for (k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
		it = p;
		if (atomic_compare_exchange_strong(&blocks[k], &it, NULL)) {
			atomic_fetch_sub(&live, 1);
			return;
		}
	}
}

#define WRAP_LIVE(name, call, bad, args, pass)				\
	void *__real_##name args;					\
	void *__wrap_##name args;					\
	void *__wrap_##name args					\
	{								\
		void *got = turn(call) ? (bad) : __real_##name pass;	\
									\
		if (got != (bad))						\
			live_add(got);					\
		return got;						\
	}

WRAP_LIVE(calloc, INJECT_CALLOC, NULL, (size_t n, size_t size), (n, size))
WRAP_LIVE(aligned_alloc, INJECT_ALIGNED_ALLOC, NULL, (size_t a, size_t size),
    (a, size))
WRAP_LIVE(mmap, INJECT_MMAP, MAP_FAILED, (void *p, size_t n, int prot,
    int flags, int fd, off_t at), (p, n, prot, flags, fd, at))

void __real_free(void *p);
void __wrap_free(void *p);
void
__wrap_free(void *p)
{
	if (p != NULL)
		live_remove(p);
	__real_free(p);
}

int __real_munmap(void *p, size_t n);
int __wrap_munmap(void *p, size_t n);
int
__wrap_munmap(void *p, size_t n)
{
	live_remove(p);
	return __real_munmap(p, n);
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long
__wrap_syscall(long number, ...)
{
	long a[6];
	va_list args;
	int k;

	va_start(args, number);
	for (k = 0; k < 6; k++)
		a[k] = va_arg(args, long);
	va_end(args);
	/* of the futex, what waits: that a wake fails cannot be */
	if (a[1] == 128 && turn(INJECT_FUTEX))
		return -1;
	return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int
inject_reaches(void)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1, .budget = 1 << 20 };
	struct vfiomig *mig = NULL;

	inject_arm(INJECT_CALLOC, 1, ENOMEM);
	(void)vfiomig_new(&mig, VFIOMIG_OUTGOING, &config);
	vfiomig_free(mig);
	return inject_disarm();
}

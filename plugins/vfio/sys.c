/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sys.c - the system calls the vfio backend makes
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sys.h"

/* Both keep errno, which is the caller's. */
static void
signals_block(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

static ssize_t
signals_restore(const sigset_t *before, int saved, ssize_t result)
{
	int error = errno;

	pthread_sigmask(SIG_SETMASK, before, NULL);
	errno = saved;
	return result < 0 ? -error : result;
}

int
vfio_sys_open(const char *path)
{
	int saved = errno, fd;

	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	errno = saved;
	return fd;
}

void
vfio_sys_close(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

int
vfio_sys_ioctl(int fd, unsigned long request, void *argument)
{
	int saved = errno;
	sigset_t before;

	signals_block(&before);
	return (int)signals_restore(&before, saved, ioctl(fd, request,
	    argument));
}

ssize_t
vfio_sys_read(int fd, void *data, size_t size)
{
	int saved = errno;
	sigset_t before;

	signals_block(&before);
	return signals_restore(&before, saved, read(fd, data, size));
}

ssize_t
vfio_sys_write(int fd, const void *data, size_t size)
{
	int saved = errno;
	sigset_t before;

	signals_block(&before);
	return signals_restore(&before, saved, write(fd, data, size));
}

ssize_t
vfio_sys_writev(int fd, const struct iovec *iov, int count)
{
	int saved = errno;
	sigset_t before;

	signals_block(&before);
	return signals_restore(&before, saved, writev(fd, iov, count));
}

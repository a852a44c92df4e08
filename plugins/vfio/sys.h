/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sys.h - the system calls the vfio backend makes, and no others
 *
 * All return a negative errno in place of -1, and none looks at or leaves
 * anything in errno.  Tests link a kernel of their own in place of sys.c.
 *
 * vfio_sys_read, _write, _writev and _ioctl run with every signal of the
 * thread blocked: a driver that waits in the middle of a buffer (xe) drops its
 * count of bytes when a signal comes, or takes the same bytes twice; and a
 * change of state that a signal ended would fail the migration.
 */
#ifndef PLUGINS_VFIO_SYS_H
#define PLUGINS_VFIO_SYS_H

#include <sys/types.h>
#include <sys/uio.h>

int vfio_sys_open(const char *path);
void vfio_sys_close(int fd);
int vfio_sys_ioctl(int fd, unsigned long request, void *argument);
ssize_t vfio_sys_read(int fd, void *data, size_t size);
ssize_t vfio_sys_write(int fd, const void *data, size_t size);
ssize_t vfio_sys_writev(int fd, const struct iovec *iov, int count);

#endif

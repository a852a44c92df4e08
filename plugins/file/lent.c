/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lent.c - a regular file whose descriptor is the caller's
 */
#include <sys/stat.h>

#include <errno.h>
#include <unistd.h>

#include "lent.h"

int
lent_base(int fd, int64_t *base)
{
	struct stat st;
	off_t at;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	at = lseek(fd, 0, SEEK_CUR);
	if (at < 0)
		return -errno;
	*base = at;
	return 0;
}

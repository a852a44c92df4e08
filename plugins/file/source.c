/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source.c - a regular file that is read from one end to the other
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lent.h"
#include "source.h"

void
source_init(struct source *source)
{
	memset(source, 0, sizeof *source);
	source->fd = -1;
}

int
source_fd(struct source *source, int fd)
{
	int error = lent_base(fd, &source->base);

	if (error < 0)
		return error;
	source->fd = fd;
	source->lent = 1;
	return 0;
}

int
source_path(struct source *source, const char *path)
{
	int fd, error;

	/* O_NONBLOCK: a fifo is refused, not waited for */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	error = source_fd(source, fd);
	if (error < 0)
		close(fd);
	source->lent = 0;
	return error;
}

ssize_t
source_read(struct source *source, void *data, size_t size)
{
	ssize_t n;

	if (source->fd < 0)
		return -ENODEV;
	n = pread(source->fd, data, size,
	    (off_t)(source->base + (int64_t)source->position));
	if (n < 0)
		return -errno;
	source->position += (uint64_t)n;
	return n;
}

void
source_rewind(struct source *source)
{
	source->position = 0;
}

int
source_left(const struct source *source, uint64_t *bytes)
{
	struct stat st;
	uint64_t size;

	*bytes = 0;
	if (source->fd < 0)
		return 0;
	if (fstat(source->fd, &st) < 0)
		return -errno;
	size = st.st_size > source->base ?
	    (uint64_t)(st.st_size - source->base) : 0;
	if (size > source->position)
		*bytes = size - source->position;
	return 0;
}

void
source_free(struct source *source)
{
	if (source->fd >= 0 && !source->lent)
		close(source->fd);
	source_init(source);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sink.c - a file that gets its name only when it is whole
 *
 * Idea: the data goes to NAME.part in the folder of NAME, and the commit
 * renames it.  The folder is held open from the start, so that neither a
 * change of the working directory nor of the root moves the file.
 *
 * Invariant: NAME is either what it was before or a whole new file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lent.h"
#include "sink.h"

#define PART ".part"

void
sink_init(struct sink *sink)
{
	memset(sink, 0, sizeof *sink);
	sink->folder = -1;
	sink->fd = -1;
}

int
sink_path(struct sink *sink, const char *path)
{
	const char *slash, *name;
	char folder[4096];
	size_t length;

	slash = strrchr(path, '/');
	name = slash == NULL ? path : slash + 1;
	length = slash == NULL ? 0 : (size_t)(slash - path);
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	if (strlen(name) + sizeof PART > sizeof sink->part ||
	    length + 2 > sizeof folder)
		return -ENAMETOOLONG;
	if (slash == NULL)
		memcpy(folder, ".", 2);
	else if (length == 0)
		memcpy(folder, "/", 2);
	else {
		memcpy(folder, path, length);
		folder[length] = '\0';
	}
	sink->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (sink->folder < 0)
		return -errno;
	strcpy(sink->name, name);
	strcpy(sink->part, name);
	strcat(sink->part, PART);
	return 0;
}

int
sink_fd(struct sink *sink, int fd)
{
	int error = lent_base(fd, &sink->base);

	if (error < 0)
		return error;
	sink->fd = fd;
	sink->lent = 1;
	return 0;
}

int
sink_open(struct sink *sink)
{
	sink->size = 0;
	if (sink->folder < 0)
		return 0;
	if (sink->fd >= 0)
		return ftruncate(sink->fd, 0) < 0 ? -errno : 0;
	sink->fd = openat(sink->folder, sink->part,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return sink->fd < 0 ? -errno : 0;
}

ssize_t
sink_writev(struct sink *sink, const struct iovec *iov, int count)
{
	ssize_t n;

	n = pwritev(sink->fd, iov, count,
	    (off_t)(sink->base + (int64_t)sink->size));
	if (n < 0)
		return -errno;
	sink->size += (uint64_t)n;
	return n;
}

int
sink_commit(struct sink *sink, int sync)
{
	int fd = sink->fd;

	if (fd < 0)
		return 0;
	if (sync && fsync(fd) < 0)
		return -errno;
	if (sink->lent)
		return 0;
	if (renameat(sink->folder, sink->part, sink->folder, sink->name) < 0)
		return -errno;
	sink->fd = -1;
	close(fd);
	if (sync && fsync(sink->folder) < 0)
		return -errno;
	return 0;
}

void
sink_discard(struct sink *sink)
{
	if (sink->fd < 0 || sink->lent)
		return;
	unlinkat(sink->folder, sink->part, 0);
	close(sink->fd);
	sink->fd = -1;
}

void
sink_free(struct sink *sink)
{
	sink_discard(sink);
	if (sink->folder >= 0)
		close(sink->folder);
	sink_init(sink);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sink.h - a file that gets its name only when it is whole
 *
 *	sink_init -- sink_open -- sink_write ... -- sink_commit
 *	                 |                               |
 *	                 +------- sink_discard ----------+-- sink_free
 */
#ifndef PLUGINS_FILE_SINK_H
#define PLUGINS_FILE_SINK_H

#include <sys/uio.h>

#include <stdint.h>

#define SINK_NAME_MAX 256		/* a file's name, with its NUL */

struct sink {
	int folder;			/* where the file is, or -1 */
	int fd;				/* open while it is being written */
	int lent;			/* nonzero: fd is the caller's */
	int64_t base;			/* where in fd the data begins */
	uint64_t size;			/* bytes written */
	char name[SINK_NAME_MAX];	/* in the folder */
	char part[SINK_NAME_MAX];	/* the same, until it is whole */
};

/* No file yet; every other call is fine on it. */
void sink_init(struct sink *sink);

/*
 * Say which file: a path, whose folder is opened, or the caller's descriptor
 * of a regular file, written from where its offset is now, never closed.
 *
 * 0, -EINVAL (not a file's path; not a regular file), -ENAMETOOLONG, or from
 * open(2) and fstat(2)
 */
int sink_path(struct sink *sink, const char *path);
int sink_fd(struct sink *sink, int fd);

/* Begin anew, empty.  Fine when it is open: that is thrown away. */
int sink_open(struct sink *sink);

/* Bytes written after those before; a negative errno. */
ssize_t sink_writev(struct sink *sink, const struct iovec *iov, int count);

/* It is whole: give it its name.  @sync: have it on disk before.  Fine when
 * none is open. */
int sink_commit(struct sink *sink, int sync);

/* Throw away what was not committed. */
void sink_discard(struct sink *sink);

/* sink_discard(), and forget the folder. */
void sink_free(struct sink *sink);

#endif

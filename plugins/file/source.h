/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source.h - a regular file that is read from one end to the other
 */
#ifndef PLUGINS_FILE_SOURCE_H
#define PLUGINS_FILE_SOURCE_H

#include <sys/types.h>

#include <stdint.h>

struct source {
	int fd;				/* or -1 */
	int lent;			/* nonzero: fd is the caller's */
	int64_t base;			/* where in fd the data begins */
	uint64_t position;		/* bytes read */
};

/* No file yet; every other call is fine on it. */
void source_init(struct source *source);

/*
 * Say which file: a path, or the caller's descriptor, read from where its
 * offset is now, never closed nor moved.
 *
 * 0, -EINVAL (not a regular file), or from open(2) and fstat(2)
 */
int source_path(struct source *source, const char *path);
int source_fd(struct source *source, int fd);

/* Bytes read, 0 at the end; a negative errno.  -ENODEV without a file. */
ssize_t source_read(struct source *source, void *data, size_t size);

/* From the beginning again. */
void source_rewind(struct source *source);

/* Bytes not read yet, as the file is now; 0 without a file. */
int source_left(const struct source *source, uint64_t *bytes);

void source_free(struct source *source);

#endif

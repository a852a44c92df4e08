/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * line.h - a channel's bytes, written by the script, read by the library
 */
#ifndef TESTS_FUZZ_LINE_H
#define TESTS_FUZZ_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include <vfiomig/vfiomig.h>

#include "reference.h"

enum { LINE_BYTES = 1 << 20 };

struct line {
	struct vfiomig_channel *channel;
	size_t size, at;	/* bytes written, bytes read */
	size_t piece;		/* most bytes a read gives */
	bool ended;		/* nothing will be written any more */
	bool ending;		/* and the library was told so */
	bool dry;		/* its last read was told to wait */
	bool parked;		/* its last run had to wait for room */
	bool closed;		/* by the script */
	bool done;		/* it ran to its end */
	bool main;		/* it was a main stream */
	uint8_t bytes[LINE_BYTES];
};

void line_init(struct line *line);

/* vfiomig_channel_config's readv, of a struct line. */
ssize_t line_readv(void *line, const struct iovec *iov, int count);

/* Room for @size more bytes, or NULL: it has ended, or is too long. */
uint8_t *line_write(struct line *line, size_t size);

/* Take @size bytes back that were not read yet. */
void line_cut(struct line *line, size_t size);

/* How it ended, as far as the library could know. */
enum reference_end line_end(const struct line *line);

#endif

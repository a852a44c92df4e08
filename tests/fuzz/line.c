/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * line.c - a channel's bytes, written by the script, read by the library
 */
#include <errno.h>
#include <string.h>

#include "line.h"

void
line_init(struct line *line)
{
	memset(line, 0, offsetof(struct line, bytes));
	line->piece = LINE_BYTES;
}

ssize_t
line_readv(void *opaque, const struct iovec *iov, int count)
{
	struct line *line = opaque;
	size_t left = line->size - line->at, total = 0, n;

	line->dry = left == 0 && !line->ended;
	if (line->dry)
		return -EAGAIN;
	line->ending = left == 0;
	if (left > line->piece)
		left = line->piece;
	for (; count > 0 && left > 0; iov++, count--) {
		n = iov->iov_len < left ? iov->iov_len : left;
		if (n > 0)
			memcpy(iov->iov_base, line->bytes + line->at, n);
		line->at += n;
		left -= n;
		total += n;
	}
	return (ssize_t)total;
}

uint8_t *
line_write(struct line *line, size_t size)
{
	if (line->ended || line->closed || line->done ||
	    size > LINE_BYTES - line->size)
		return NULL;
	line->size += size;
	return line->bytes + line->size - size;
}

void
line_cut(struct line *line, size_t size)
{
	if (line->ended)
		return;
	line->size -= size < line->size - line->at ? size :
	    line->size - line->at;
}

enum reference_end
line_end(const struct line *line)
{
	return line->ending ? END_OF_FILE : line->parked ? END_PARKED :
	    END_CLOSED;
}

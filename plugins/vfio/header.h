/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * header.h - the headers inside a device's stream, checked before the kernel
 *
 * Idea: some drivers size an allocation by a number in their stream, and the
 * stream may come from a host that is not trusted.  The walk follows a stream
 * from header to header, over the data between them, and refuses a header that
 * is not the driver's, or that asks for more than a cap.  What it has no
 * format for (pds, qat) it lets through.
 *
 * Leaf: bytes in, verdict out; no I/O, no allocation.  A walk is a plain
 * struct, so that a caller can try one on a copy.
 */
#ifndef PLUGINS_VFIO_HEADER_H
#define PLUGINS_VFIO_HEADER_H

#include <stddef.h>
#include <stdint.h>

enum header_format {
	HEADER_NONE,		/* check nothing */
	HEADER_AUTO,		/* the first bytes tell; unknown ones pass */
	HEADER_MLX5,
	HEADER_VIRTIO,
	HEADER_HISI,
	HEADER_XE,
	HEADER_MTTY
};

#define HEADER_BYTES_MAX 24

struct header_walk {
	enum header_format format;
	uint64_t cap;			/* bytes a header may ask for */
	uint64_t body;			/* bytes until the next header */
	uint32_t headers;		/* seen so far */
	uint32_t have;			/* bytes of the next one so far */
	uint32_t size_hint;		/* the body is mlx5's preallocation */
	unsigned char bytes[HEADER_BYTES_MAX];
};

void header_walk_init(struct header_walk *walk, enum header_format format,
    uint64_t cap);

/*
 * Go over the next @size bytes.
 *
 * 0          nothing wrong with them
 * -EBADMSG   they hold a header that is refused; *@why says why.  The walk is
 *            of no use any more.
 */
int header_walk_feed(struct header_walk *walk, const void *data, size_t size,
    const char **why);

/* "mlx5", and the format of that name, or -EINVAL. */
const char *header_format_name(enum header_format format);
int header_format_find(const char *name);

#endif

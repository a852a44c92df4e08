/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * header.c - the headers inside a device's stream, checked before the kernel
 *
 * Formats, all numbers little-endian:
 *
 *	mlx5	u64 size, u32 flags (1: may be skipped), u32 tag; body.
 *		Tag 1's body is a u64 the kernel allocates ahead by.
 *	virtio	the same with tag 0 only
 *	xe	u8 version, u8 type, u8 tile, u8 gt, u32 flags, u64 offset,
 *		u64 size; body.  The first one is a descriptor.
 *	mtty	u64 magic, u32 major, u32 minor, u32 ports, u32 flags, once
 *	hisi	u64 magic, once; the rest is of fixed size
 */
#include <errno.h>
#include <string.h>

#include "header.h"

#define HISI_MAGIC_V1	UINT64_C(0xcdcdcdcdfeedaacc)
#define HISI_MAGIC_V2	UINT64_C(0xaaccfeeddecadede)
#define HISI_BODY_MAX	4096
#define MTTY_MAGIC	UINT64_C(0x7e9d09898c3e2c4e)

#define RECORD_OPTIONAL	1		/* mlx5, virtio: flags */
#define RECORD_SIZE_HINT 1		/* mlx5: tag */
#define XE_DESCRIPTOR	1
#define XE_TYPE_MAX	6
#define XE_AUTO_MAX	65536		/* a descriptor is a few words */

static const struct {
	const char *name;
	uint32_t size;			/* of a header */
} formats[] = {
	[HEADER_NONE]	= { "off", 0 },
	[HEADER_AUTO]	= { "auto", HEADER_BYTES_MAX },
	[HEADER_MLX5]	= { "mlx5", 16 },
	[HEADER_VIRTIO]	= { "virtio", 16 },
	[HEADER_HISI]	= { "hisi", 8 },
	[HEADER_XE]	= { "xe", 24 },
	[HEADER_MTTY]	= { "mtty", 24 },
};

static uint64_t
le_read(const unsigned char *p, size_t size)
{
	uint64_t n = 0;

	while (size-- > 0)
		n = n << 8 | p[size];
	return n;
}

void
header_walk_init(struct header_walk *walk, enum header_format format,
    uint64_t cap)
{
	memset(walk, 0, sizeof *walk);
	walk->format = format;
	walk->cap = cap;
}

/* Each takes a whole header and sets body; NULL, or why it is refused. */

static const char *
record_check(struct header_walk *walk, uint32_t tags)
{
	uint64_t size = le_read(walk->bytes, 8);
	uint32_t flags = (uint32_t)le_read(walk->bytes + 8, 4);
	uint32_t tag = (uint32_t)le_read(walk->bytes + 12, 4);

	if (walk->size_hint) {
		walk->size_hint = 0;
		if (size > walk->cap)
			return "the size hint is above the cap";
		return NULL;
	}
	if (flags & ~(uint32_t)RECORD_OPTIONAL)
		return "unknown flags";
	if (tag >= tags && !(flags & RECORD_OPTIONAL))
		return "unknown tag that may not be skipped";
	if (size > walk->cap)
		return "the record's size is above the cap";
	walk->body = size;
	if (tags > RECORD_SIZE_HINT && tag == RECORD_SIZE_HINT) {
		if (size != 8)
			return "a size hint is not eight bytes";
		walk->size_hint = 1;
		walk->body = 0;
	}
	return NULL;
}

static const char *
xe_check(struct header_walk *walk)
{
	uint64_t size = le_read(walk->bytes + 16, 8);

	if (walk->bytes[0] != 1)
		return "unknown version";
	if (walk->bytes[1] == 0 || walk->bytes[1] > XE_TYPE_MAX)
		return "unknown type";
	if (walk->headers == 0 && walk->bytes[1] != XE_DESCRIPTOR)
		return "the first packet is no descriptor";
	if (size > walk->cap)
		return "the packet's size is above the cap";
	walk->body = size;
	return NULL;
}

static const char *
mtty_check(struct header_walk *walk)
{
	uint64_t ports = le_read(walk->bytes + 16, 4);

	if (le_read(walk->bytes, 8) != MTTY_MAGIC)
		return "wrong magic";
	if (le_read(walk->bytes + 8, 4) != 1 ||
	    le_read(walk->bytes + 12, 4) != 0)
		return "unknown version";
	if (ports == 0 || ports > 2 || le_read(walk->bytes + 20, 4) != 0)
		return "ports or flags out of range";
	walk->body = walk->cap;
	return NULL;
}

static const char *
hisi_check(struct header_walk *walk)
{
	uint64_t magic = le_read(walk->bytes, 8);

	if (magic != HISI_MAGIC_V1 && magic != HISI_MAGIC_V2)
		return "wrong magic";
	walk->body = HISI_BODY_MAX - 8;
	return NULL;
}

static const char *
header_check(struct header_walk *walk)
{
	switch (walk->format) {
	case HEADER_MLX5:
		return record_check(walk, 2);
	case HEADER_VIRTIO:
		return record_check(walk, 1);
	case HEADER_XE:
		return xe_check(walk);
	case HEADER_MTTY:
		return mtty_check(walk);
	case HEADER_HISI:
		return hisi_check(walk);
	default:
		return NULL;
	}
}

/* Formats with one header: nothing may come behind its body. */
static int
format_ended(const struct header_walk *walk)
{
	return walk->headers > 0 && (walk->format == HEADER_MTTY ||
	    walk->format == HEADER_HISI);
}

/*
 * What the first 24 bytes look like.  A record header and an xe descriptor
 * look much alike; the latter has a version and a type of 1, no offset and a
 * small size.
 */
static enum header_format
header_guess(const unsigned char *bytes)
{
	uint64_t first = le_read(bytes, 8);

	if (first == HISI_MAGIC_V1 || first == HISI_MAGIC_V2)
		return HEADER_HISI;
	if (first == MTTY_MAGIC)
		return HEADER_MTTY;
	if ((first & 0xffff) == 0x0101 && first >> 32 == 0 &&
	    le_read(bytes + 8, 8) == 0 && le_read(bytes + 16, 8) <= XE_AUTO_MAX)
		return HEADER_XE;
	if (le_read(bytes + 8, 4) <= 1 && le_read(bytes + 12, 4) <= 1 &&
	    first >> 48 == 0)
		return HEADER_MLX5;
	return HEADER_NONE;
}

/* The bytes gathered to tell the format by are headers and body in turn. */
static int
header_auto(struct header_walk *walk, const char **why)
{
	unsigned char bytes[HEADER_BYTES_MAX];

	memcpy(bytes, walk->bytes, sizeof bytes);
	walk->format = header_guess(bytes);
	walk->have = 0;
	return header_walk_feed(walk, bytes, sizeof bytes, why);
}

int
header_walk_feed(struct header_walk *walk, const void *data, size_t size,
    const char **why)
{
	const unsigned char *p = data;
	size_t need, n;
	int error;

	while (size > 0 && walk->format != HEADER_NONE) {
		if (walk->body > 0) {
			n = walk->body < size ? (size_t)walk->body : size;
			walk->body -= n;
			p += n;
			size -= n;
			continue;
		}
		if (format_ended(walk)) {
			*why = "longer than the cap";
			return -EBADMSG;
		}
		need = walk->size_hint ? 8 : formats[walk->format].size;
		n = need - walk->have < size ? need - walk->have : size;
		memcpy(walk->bytes + walk->have, p, n);
		walk->have += (uint32_t)n;
		p += n;
		size -= n;
		if (walk->have < need)
			break;
		if (walk->format == HEADER_AUTO) {
			error = header_auto(walk, why);
			if (error < 0)
				return error;
			continue;
		}
		*why = header_check(walk);
		if (*why != NULL)
			return -EBADMSG;
		walk->headers++;
		walk->have = 0;
	}
	return 0;
}

const char *
header_format_name(enum header_format format)
{
	return formats[format].name;
}

int
header_format_find(const char *name)
{
	size_t i;

	if (strcmp(name, "1") == 0)
		return HEADER_AUTO;
	for (i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(name, formats[i].name) == 0)
			return (int)i;
	return -EINVAL;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * header.c - the headers inside a device's stream: however a stream is cut
 * into pieces the verdict is the same, no header lets more through than the
 * cap, and a stream of records that the walk takes is one
 *
 * Input: format, cap (two bytes, in units of 16), how to cut it, the stream.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "plugins/vfio/header.h"

static uint64_t
le64(const uint8_t *b)
{
	uint64_t n = 0;
	int k;

	for (k = 7; k >= 0; k--)
		n = n << 8 | b[k];
	return n;
}

/* No whole record of @data is longer than @cap, nor is a hint larger, where
 * the format has @hints. */
static void
records_expect(const uint8_t *data, size_t size, uint64_t cap, bool hints)
{
	uint64_t body;
	size_t at = 0;

	while (size - at >= 16) {
		body = le64(data + at);
		ORACLE(body <= cap);
		if (hints && le64(data + at + 8) >> 32 == 1 && size - at >= 24)
			ORACLE(le64(data + at + 16) <= cap);
		at += 16;
		at += body < size - at ? (size_t)body : size - at;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	enum header_format format = input_byte(&input) % (HEADER_MTTY + 1);
	uint64_t cap = input_byte(&input) * 256u * 16u;
	size_t piece, at, n;
	struct header_walk whole, cut;
	const char *why = NULL, *why_cut = NULL;
	int r, r_cut = 0;

	cap += input_byte(&input) * 16u;
	piece = input_byte(&input) % 31 + 1;
	header_walk_init(&whole, format, cap);
	header_walk_init(&cut, format, cap);
	r = header_walk_feed(&whole, input.data, input.left, &why);
	for (at = 0; at < input.left && r_cut == 0; at += n) {
		n = input.left - at < piece ? input.left - at : piece;
		r_cut = header_walk_feed(&cut, input.data + at, n, &why_cut);
		ORACLE(cut.body <= (cap > 4096 ? cap : 4096));
	}
	ORACLE(r == r_cut && (r == 0 || r == -EBADMSG));
	ORACLE(r == 0 || strcmp(why, why_cut) == 0);
	if (r == 0 && (format == HEADER_MLX5 || format == HEADER_VIRTIO))
		records_expect(input.data, input.left, cap,
		    format == HEADER_MLX5);
	if (r == 0 && (format == HEADER_MTTY || format == HEADER_HISI))
		ORACLE(input.left <= cap + 24 || input.left <= 4096);
	return 0;
}

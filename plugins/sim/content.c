/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * content.c - bytes that follow from a seed and an offset
 */
#include <endian.h>
#include <string.h>

#include "content.h"

#define BLOCK 512			/* words compared before a look */

static inline uint64_t
mix(uint64_t x)
{
	x ^= x >> 32;
	x *= UINT64_C(0xd6e8feb86659fd93);
	x ^= x >> 29;
	return x;
}

static inline uint64_t
word(uint64_t key, uint64_t index)
{
	return mix(key + index * UINT64_C(0x9e3779b97f4a7c15));
}

static inline uint64_t
seed_key(uint64_t seed)
{
	return mix(mix(seed + 1) ^ UINT64_C(0x5851f42d4c957f2d));
}

uint64_t
content_word(uint64_t seed, uint64_t index)
{
	return word(seed_key(seed), index);
}

static inline uint8_t
byte(uint64_t key, uint64_t offset)
{
	return (uint8_t)(word(key, offset / 8) >> (offset % 8 * 8));
}

void
content_fill(uint64_t seed, uint64_t offset, void *data, size_t size)
{
	uint64_t key = seed_key(seed), w;
	uint8_t *d = data;

	for (; size > 0 && offset % 8 != 0; size--)
		*d++ = byte(key, offset++);
	for (; size >= 8; size -= 8, d += 8, offset += 8) {
		w = htole64(word(key, offset / 8));
		memcpy(d, &w, 8);
	}
	for (; size > 0; size--)
		*d++ = byte(key, offset++);
}

/* Leading right bytes, one by one. */
static size_t
bytes_verify(uint64_t key, uint64_t offset, const uint8_t *d, size_t size)
{
	size_t n;

	for (n = 0; n < size && d[n] == byte(key, offset + n); n++)
		;
	return n;
}

size_t
content_verify(uint64_t seed, uint64_t offset, const void *data, size_t size)
{
	uint64_t key = seed_key(seed), w, difference;
	const uint8_t *d = data;
	size_t done, i, words;

	done = (8 - offset % 8) % 8;
	if (done > size)
		done = size;
	i = bytes_verify(key, offset, d, done);
	if (i < done)
		return i;
	while (size - done >= 8) {
		words = (size - done) / 8;
		if (words > BLOCK)
			words = BLOCK;
		difference = 0;
		for (i = 0; i < words; i++) {
			memcpy(&w, d + done + i * 8, 8);
			difference |= w ^ htole64(word(key,
			    (offset + done) / 8 + i));
		}
		if (difference != 0)
			break;
		done += words * 8;
	}
	return done + bytes_verify(key, offset + done, d + done, size - done);
}

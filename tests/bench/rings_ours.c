/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rings_ours.c - the library's ring alone
 */
#include <errno.h>
#include <stddef.h>

#include "bench.h"
#include "rings.h"

static struct ring *ring;

static void
ours_open(void)
{
	ring = ring_new(RING_SIZE, 0);
	must(ring != NULL);
}

static bool
ours_put(uint64_t idx)
{
	struct buffer *b;

	if (ring_claim(ring, idx) < 0)
		return false;
	b = ring_buffer(ring, idx);
	b->size = rings_size(idx);
	b->flags = 0;
	ring_publish(ring, idx);
	return true;
}

static void
ours_produce(uint32_t who, uint32_t of, uint64_t n)
{
	uint32_t tries = 0;
	uint64_t idx;

	for (idx = who; idx < n; idx += of, tries = 0)
		while (!ours_put(idx))
			rings_pause(tries++);
}

static uint64_t
ours_consume(uint64_t n)
{
	uint32_t tries = 0;
	struct buffer *b;
	uint64_t sum = 0;

	for (; n > 0; n--, tries = 0) {
		while ((b = ring_peek(ring, 0)) == NULL)
			rings_pause(tries++);
		sum += b->size;
		ring_advance(ring);
	}
	return sum;
}

static uint64_t
ours_both(uint64_t n)
{
	uint64_t k, sum = 0;

	for (k = 0; k < n; k++) {
		must(ours_put(rings_order(k)));
		if (k % 8 == 7)
			sum += ours_consume(8);
	}
	return sum;
}

const struct rings_kind rings_ours = {
	"ours", true, RING_PRODUCERS, ours_open, ours_produce, ours_consume,
	ours_both
};

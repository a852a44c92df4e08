/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rings_ours.c - the library's ring alone
 */
#include <errno.h>
#include <stddef.h>

#include "bench.h"
#include "lib/ring.h"
#include "rings.h"

static struct ring *ring;
static struct buffer store[RING_PRODUCERS * STORE];

static void
ours_open(void)
{
	ring = ring_new(RING_SIZE, 0);
	must(ring != NULL);
}

/* Packet @idx with the buffer @handle. */
static bool
ours_put(uint64_t idx, uint32_t handle)
{
	return ring_insert(ring, idx, handle) >= 0;
}

static void
ours_produce(uint32_t who, uint32_t of, uint64_t n)
{
	uint32_t tries = 0, at = 0, handle;
	uint64_t idx;

	for (idx = who; idx < n; idx += of, tries = 0) {
		handle = who * STORE + at++ % STORE;
		store[handle].size = rings_size(idx);
		store[handle].flags = 0;
		while (!ours_put(idx, handle))
			rings_pause(tries++);
	}
}

static uint64_t
ours_consume(uint64_t n)
{
	uint32_t tries = 0, handle;
	uint64_t sum = 0;

	for (; n > 0; n--, tries = 0) {
		while (!ring_peek(ring, 0, &handle))
			rings_pause(tries++);
		sum += store[handle].size;
		ring_advance(ring, 1);
	}
	return sum;
}

static uint64_t
ours_both(uint64_t n)
{
	uint64_t k, sum = 0;

	for (k = 0; k < n; k++) {
		uint64_t idx = rings_order(k);
		uint32_t handle = idx % STORE;

		store[handle].size = rings_size(idx);
		must(ours_put(idx, handle));
		if (k % 8 == 7)
			sum += ours_consume(8);
	}
	return sum;
}

const struct rings_kind rings_ours = {
	"ours", true, RING_PRODUCERS, ours_open, ours_produce, ours_consume,
	ours_both
};

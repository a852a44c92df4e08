/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rings_ck.c - Concurrency Kit's ring, many producers and one consumer; keeps
 * no order but that of coming
 */
#include <ck_ring.h>
#include <stdlib.h>

#include "bench.h"
#include "rings.h"

static ck_ring_t ring;
static ck_ring_buffer_t *slots;
static struct buffer store[RING_PRODUCERS][STORE];

static void
ck_open(void)
{
	slots = calloc(RING_SIZE, sizeof slots[0]);
	must(slots != NULL);
	ck_ring_init(&ring, RING_SIZE);
}

static void
ck_produce(uint32_t who, uint32_t of, uint64_t n)
{
	uint32_t tries = 0, at = 0;
	uint64_t idx;

	for (idx = who; idx < n; idx += of, tries = 0) {
		struct buffer *b = &store[who][at++ % STORE];

		b->size = rings_size(idx);
		b->flags = 0;
		while (!ck_ring_enqueue_mpsc(&ring, slots, b))
			rings_pause(tries++);
	}
}

static uint64_t
ck_consume(uint64_t n)
{
	uint32_t tries = 0;
	struct buffer *b;
	uint64_t sum = 0;

	for (; n > 0; n--, tries = 0) {
		while (!ck_ring_dequeue_mpsc(&ring, slots, &b))
			rings_pause(tries++);
		sum += b->size;
	}
	return sum;
}

const struct rings_kind rings_ck = {
	"ck_ring", false, RING_PRODUCERS, ck_open, ck_produce, ck_consume, NULL
};

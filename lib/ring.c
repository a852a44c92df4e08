/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.c - what of the ring is not on every packet's way; see ring.h
 */
#include <stdlib.h>

#include "ring.h"

struct ring *
ring_new(uint32_t size, uint64_t first)
{
	struct ring *ring;
	size_t bytes = sizeof *ring + size * sizeof ring->slot[0];
	uint64_t idx;

	if (size < RING_LEAST || (size & (size - 1)) != 0)
		return NULL;
	ring = aligned_alloc(RING_LINE, (bytes + RING_LINE - 1) / RING_LINE *
	    RING_LINE);
	if (ring == NULL)
		return NULL;
	ring->mask = ring->drain_mask = size - 1;
	atomic_init(&ring->seen, first + ring->mask);
	atomic_init(&ring->next, first);
	for (idx = first; idx < first + size; idx++)
		atomic_init(&ring->slot[idx & ring->mask],
		    ring_lap(idx, ring->mask));
	return ring;
}

void
ring_free(struct ring *ring)
{
	free(ring);
}

bool
ring_look(struct ring *ring, uint64_t idx)
{
	uint64_t last = atomic_load_explicit(&ring->next, RING_A2) +
	    ring->mask;

	if (idx > last)
		return false;
	atomic_store_explicit(&ring->seen, last, RING_S1);
	return true;
}

bool
ring_wait(struct ring *ring)
{
	uint64_t next = atomic_load_explicit(&ring->next, RING_X);
	_Atomic uint64_t *slot = &ring->slot[next & ring->drain_mask];
	uint64_t word = atomic_load_explicit(slot, RING_X);

	return !ring_lap_is(word, ring_lap(next, ring->drain_mask)) ||
	    !atomic_compare_exchange_strong_explicit(slot, &word,
	    word | RING_WAITED, RING_R3, RING_X);
}

/* A drainer that moves on meanwhile may show a later lap: it is not stuck. */
bool
ring_ready(struct ring *ring)
{
	uint64_t next = atomic_load_explicit(&ring->next, RING_A2);
	uint64_t word = atomic_load_explicit(&ring->slot[next & ring->mask],
	    RING_A1);

	return !ring_lap_is(word, ring_lap(next, ring->mask));
}

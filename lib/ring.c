/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.c - state buffers that come in any order, taken out in the sender's
 *
 * Idea
 *
 *   Packet i lives in slot (i mod size) and nowhere else.  Where a packet
 *   goes is decided by its index alone, so channels never negotiate with
 *   each other; they only ask the slot whether it is free for this lap.
 *
 * Roles
 *
 *   Any number of inserters (one a channel), one drainer.
 *
 * A slot's word is an index, a state, and the drainer's mark:
 *
 *   FREE(i)  --claim i-->  CLAIMED(i)  --publish i-->  FULL(i)
 *    ^  ^ +-----unclaim i-----+                           |
 *    |  +------------- FREE(i + size)  <----advance-------+
 *    |
 *   FREE|WAITED(i), CLAIMED|WAITED(i): the drainer waits for i.  The mark and
 *   the publishing are steps on the same word, so one of the two always sees
 *   the other and no wake-up is lost: no second variable is compared.
 *
 * Invariants
 *
 *   I1  Every index j found in slot k satisfies j mod size == k.
 *   I2  A slot's index never decreases, so a claim that finds a larger one is
 *       late, its own in another state than FREE a repetition, a smaller one
 *       too early.
 *   I3  Between CLAIMED(i) and FULL(i) only the claiming inserter touches the
 *       slot's buffer; between FULL(i) and FREE(i + size) only the drainer.
 *   I4  Only the drainer sets WAITED, and only on the slot of next.
 *
 * Ordering (C11; each atomic access below names its label)
 *
 *   R1 -> A1   publish has filled the buffer   before  peek reads it
 *   R2 -> A2   advance has read the buffer     before  the next lap's claim
 *                                                      overwrites it
 *   R3 -> A3   the drainer has armed its waiter before  the publisher that
 *                                                      sees WAITED wakes it
 *   R4 -> A4   the drainer gave back what it held  before  an inserter that
 *                                                      sees the new next
 *                                                      counts on it
 *   (publish is one exchange, R1_A3)
 *   X          relaxed: a first look, or the drainer's own value; decides
 *              nothing that the labelled access after it does not check
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "ring.h"

#ifndef RING_A1			/* the mutation test overrides these */
#define RING_A1 memory_order_acquire
#endif
#ifndef RING_R2
#define RING_R2 memory_order_release
#endif
#ifndef RING_A2
#define RING_A2 memory_order_acquire
#endif
#ifndef RING_R3
#define RING_R3 memory_order_release
#endif
#ifndef RING_R4
#define RING_R4 memory_order_release
#endif
#ifndef RING_A4
#define RING_A4 memory_order_acquire
#endif
#define RING_X memory_order_relaxed

#ifndef RING_R1_A3		/* publish is one exchange, with both */
#define RING_R1_A3 memory_order_acq_rel
#endif

enum { FREE = 0, CLAIMED = 1, FULL = 2, STATE = 3, WAITED = 4 };

#define WORD(idx, state)	((uint64_t)(idx) << 3 | (state))
#define WORD_IDX(word)		((word) >> 3)
#define LINE			64

struct slot {
	_Alignas(LINE) _Atomic uint64_t word;
	struct buffer buffer;		/* see I3 */
};

struct ring {
	uint64_t mask;			/* constant, on a line that stays shared */
	_Alignas(LINE) _Atomic uint64_t next;	/* the drainer's to write */
	struct slot slot[];
};

static struct slot *
ring_slot(struct ring *ring, uint64_t idx)
{
	return &ring->slot[idx & ring->mask];
}

struct ring *
ring_new(uint32_t size, uint64_t first)
{
	struct ring *ring;
	uint64_t idx;

	if (size == 0 || (size & (size - 1)) != 0)
		return NULL;
	ring = aligned_alloc(LINE, sizeof *ring + size * sizeof(struct slot));
	if (ring == NULL)
		return NULL;
	atomic_init(&ring->next, first);
	ring->mask = size - 1;
	for (idx = first; idx < first + size; idx++)
		atomic_init(&ring_slot(ring, idx)->word, WORD(idx, FREE));
	return ring;
}

void
ring_free(struct ring *ring)
{
	free(ring);
}

/* What a slot that does not show FREE(@idx) means for @idx (I2). */
static int
ring_verdict(uint64_t word, uint64_t idx)
{
	return WORD_IDX(word) < idx ? -EAGAIN : -EALREADY;
}

int
ring_check(struct ring *ring, uint64_t idx)
{
	uint64_t word;

	word = atomic_load_explicit(&ring_slot(ring, idx)->word, RING_X);
	return (word & ~(uint64_t)WAITED) == WORD(idx, FREE) ? 0 :
	    ring_verdict(word, idx);
}

int
ring_claim(struct ring *ring, uint64_t idx)
{
	struct slot *slot = ring_slot(ring, idx);
	uint64_t word = atomic_load_explicit(&slot->word, RING_X);

	do {
		if ((word & ~(uint64_t)WAITED) != WORD(idx, FREE))
			return ring_verdict(word, idx);
	} while (!atomic_compare_exchange_weak_explicit(&slot->word, &word,
	    word | CLAIMED, RING_A2, RING_X));
	return 0;
}

struct buffer *
ring_buffer(struct ring *ring, uint64_t idx)
{
	return &ring_slot(ring, idx)->buffer;
}

bool
ring_publish(struct ring *ring, uint64_t idx)
{
	uint64_t word;

	word = atomic_exchange_explicit(&ring_slot(ring, idx)->word,
	    WORD(idx, FULL), RING_R1_A3);
	return word & WAITED;
}

void
ring_unclaim(struct ring *ring, uint64_t idx)
{
	atomic_fetch_and_explicit(&ring_slot(ring, idx)->word,
	    ~(uint64_t)CLAIMED, RING_R2);
}

struct buffer *
ring_peek(struct ring *ring, uint32_t ahead)
{
	uint64_t idx = atomic_load_explicit(&ring->next, RING_X) + ahead;
	struct slot *slot = ring_slot(ring, idx);
	uint64_t word = atomic_load_explicit(&slot->word, RING_A1);

	return (word & ~(uint64_t)WAITED) == WORD(idx, FULL) ?
	    &slot->buffer : NULL;
}

void
ring_advance(struct ring *ring)
{
	uint64_t next = atomic_load_explicit(&ring->next, RING_X);

	atomic_store_explicit(&ring_slot(ring, next)->word,
	    WORD(next + ring->mask + 1, FREE), RING_R2);
	atomic_store_explicit(&ring->next, next + 1, RING_R4);
}

bool
ring_wait(struct ring *ring)
{
	uint64_t next = atomic_load_explicit(&ring->next, RING_X);
	uint64_t word;

	word = atomic_fetch_or_explicit(&ring_slot(ring, next)->word, WAITED,
	    RING_R3);
	return (word & STATE) == FULL;
}

/* A drainer that moves on meanwhile shows a larger index: it is not stuck. */
bool
ring_ready(struct ring *ring)
{
	uint64_t next = atomic_load_explicit(&ring->next, RING_A4);
	uint64_t word = atomic_load_explicit(&ring_slot(ring, next)->word,
	    RING_A1);

	return WORD_IDX(word) != next || (word & STATE) == FULL;
}

uint64_t
ring_next(const struct ring *ring)
{
	return atomic_load_explicit(&((struct ring *)(uintptr_t)ring)->next,
	    RING_A4);
}

uint32_t
ring_size(const struct ring *ring)
{
	return (uint32_t)ring->mask + 1;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.h - handles that come in any order, taken out in the sender's
 *
 * Idea
 *
 *   Packet i lives in slot (i mod size) and nowhere else.  Where a packet
 *   goes is decided by its index alone, so channels never negotiate with
 *   each other.  A slot is one word, written once a packet, by the insert:
 *
 *     63     33    32    31     0
 *     [  lap  ] [WAITED] [ handle ]
 *
 *   lap is that of the packet that the slot is for next, as this lap's first
 *   idx: the insert of i finds (i rounded down to size), and leaves size more.
 *   It is kept without its two lowest bits, which are 0 since a size is 4 or
 *   more: so 31 bits are enough for an idx of 32 bits, and a lap beyond.
 *
 *   The drainer frees no slots: it moves next, and what is below next + size
 *   may be overwritten.  So that inserters do not ask for the line that it
 *   writes, they keep in seen how far the window went at the last look, and
 *   look again only when that is not enough.
 *
 * Roles
 *
 *   Any number of inserters (channels), one drainer.
 *
 * The mark: before it sleeps, the drainer sets WAITED in the slot of next, by
 * a compare-exchange that fails when the packet is there.  The mark and the
 * insert are steps on the same word, so one of the two always sees the other,
 * and no wake-up is lost: no second variable is compared.
 *
 * Invariants
 *
 *   I1  A slot's lap never decreases, and grows by one at a time: a later
 *       one than i's says that i came before, an earlier one that not even
 *       i - size has come.
 *   I2  seen < next + size, and next <= every idx that is not in.  So a slot
 *       is overwritten only after its packet was taken, and inside the window
 *       no slot has an earlier lap.
 *   I3  The drainer writes into no slot but next's, and there only WAITED.
 *       No slot with a packet that is not taken carries the mark.
 *
 * Ordering (C11; each atomic access below names its label)
 *
 *   R1 -> A1   insert: the packet's buffer is filled  before  peek's caller
 *                                                     reads it
 *   R2 -> A2   advance: slots and buffers are read    before  an inserter
 *                                                     that sees the new next
 *                                                     reuses them
 *   S1 -> S2   the same, told from inserter to inserter by seen
 *   R3 -> A3   the drainer has armed its waiter  before  the inserter that
 *                                                finds WAITED wakes it
 *   (insert is one compare-exchange, R1_A3)
 *   X          relaxed: a first look, or the drainer's own value; decides
 *              nothing that the labelled access after it does not check
 */
#ifndef VFIOMIG_RING_H
#define VFIOMIG_RING_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#ifndef RING_A1			/* the mutation test overrides these */
#define RING_A1 memory_order_acquire
#endif
#ifndef RING_R2
#define RING_R2 memory_order_release
#endif
#ifndef RING_A2
#define RING_A2 memory_order_acquire
#endif
#ifndef RING_S1
#define RING_S1 memory_order_release
#endif
#ifndef RING_S2
#define RING_S2 memory_order_acquire
#endif
#ifndef RING_R3
#define RING_R3 memory_order_release
#endif
#ifndef RING_R1_A3		/* insert is one exchange, with both */
#define RING_R1_A3 memory_order_acq_rel
#endif
#define RING_X memory_order_relaxed

enum {
	RING_LEAST	= 4,		/* the smallest size */
	RING_LINE	= 64		/* bytes of the cache */
};
#define RING_WAITED ((uint64_t)1 << 32)

struct ring {
	/* the inserters' line */
	uint64_t mask;			/* size - 1 */
	_Atomic uint64_t seen;		/* the window's last idx at a look */

	/* the drainer's line, with what it needs of the other one */
	_Alignas(RING_LINE) _Atomic uint64_t next;
	uint64_t drain_mask;

	_Alignas(RING_LINE) _Atomic uint64_t slot[];
};

/* The lap of @idx, and the one after it, where a word has it. */
static inline uint64_t
ring_lap(uint64_t idx, uint64_t mask)
{
	return (idx & ~mask) << 31;
}

static inline uint64_t
ring_lap_after(uint64_t idx, uint64_t mask)
{
	return ((idx | mask) + 1) << 31;
}

static inline bool
ring_lap_is(uint64_t word, uint64_t lap)
{
	return (word ^ lap) >> 33 == 0;
}

/*
 * @size: packets in the window, a power of two from RING_LEAST.  @first: the
 * first idx, 0 but in tests.  NULL: no memory, or no such size.
 */
struct ring *ring_new(uint32_t size, uint64_t first);
void ring_free(struct ring *ring);

/*
 * Who may call what at the same time ("-" freely, "X" never):
 *
 *                        insert   drain   look
 *     insert               -        -      -
 *     drain                -        X      -
 *
 * insert: insert, check.  drain: peek, advance, wait.  look: next, ready,
 * size.  All are lock-free; insert goes round again only when the drainer
 * marks the slot at that moment.
 */

/* Has the window moved over @idx since the last look?  Notes how far it is. */
bool ring_look(struct ring *ring, uint64_t idx);

/* Is @idx below the window's end?  seen may go back: it stays true. */
static inline bool
ring_inside(struct ring *ring, uint64_t idx)
{
	return idx <= atomic_load_explicit(&ring->seen, RING_S2) ||
	    ring_look(ring, idx);
}

/*
 * Put packet @idx in, with all that the caller has written for it.  check
 * only asks; who was told 0 gets 0, 1 or -EALREADY from an insert.
 *
 * 0          it is in
 * 1          it is in, and the drainer waits for this one (insert)
 * -EAGAIN    too far ahead of the drainer: outside of the window
 * -EALREADY  it came before
 */
static inline int
ring_insert(struct ring *ring, uint64_t idx, uint32_t handle)
{
	_Atomic uint64_t *slot = &ring->slot[idx & ring->mask];
	uint64_t word;

	if (!ring_inside(ring, idx))
		return -EAGAIN;
	word = atomic_load_explicit(slot, RING_X);
	do {
		if (!ring_lap_is(word, ring_lap(idx, ring->mask)))
			return -EALREADY;
	} while (!atomic_compare_exchange_weak_explicit(slot, &word,
	    ring_lap_after(idx, ring->mask) | handle, RING_R1_A3, RING_X));
	return (word & RING_WAITED) != 0;
}

static inline int
ring_check(struct ring *ring, uint64_t idx)
{
	uint64_t word;

	if (!ring_inside(ring, idx))
		return -EAGAIN;
	word = atomic_load_explicit(&ring->slot[idx & ring->mask], RING_X);
	return ring_lap_is(word, ring_lap(idx, ring->mask)) ? 0 : -EALREADY;
}

/* The handle of the packet @ahead of the next one; false: not there. */
static inline bool
ring_peek(struct ring *ring, uint32_t ahead, uint32_t *handle)
{
	uint64_t idx = atomic_load_explicit(&ring->next, RING_X) + ahead;
	uint64_t word = atomic_load_explicit(
	    &ring->slot[idx & ring->drain_mask], RING_A1);

	*handle = (uint32_t)word;
	return ring_lap_is(word, ring_lap_after(idx, ring->drain_mask));
}

/* The next @n packets, which were peeked, are taken. */
static inline void
ring_advance(struct ring *ring, uint32_t n)
{
	atomic_store_explicit(&ring->next, atomic_load_explicit(&ring->next,
	    RING_X) + n, RING_R2);
}

/*
 * Mark the next packet as waited for: its insert will say so.  True: it is
 * there after all, and no mark was left; do not wait.
 */
bool ring_wait(struct ring *ring);

/* Any thread, when the drainer has stopped at an armed waiter that was seen:
 * the next one is there after all, or the drainer is on its way again. */
bool ring_ready(struct ring *ring);

/* The idx the drainer is at; may be older than the truth, never newer. */
static inline uint64_t
ring_next(const struct ring *ring)
{
	return atomic_load_explicit(&((struct ring *)(uintptr_t)ring)->next,
	    RING_A2);
}

static inline uint32_t
ring_size(const struct ring *ring)
{
	return (uint32_t)ring->mask + 1;
}

#endif

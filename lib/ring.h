/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.h - state buffers that come in any order, taken out in the sender's
 */
#ifndef VFIOMIG_RING_H
#define VFIOMIG_RING_H

#include <stdbool.h>
#include <stdint.h>

/* A packet's payload in memory. */
struct buffer {
	void *data;		/* in the pool, or NULL when size is 0 */
	uint32_t size;
	uint32_t flags;		/* of the packet */
	uint32_t block;		/* the pool's name for the memory */
	uint32_t channel;	/* who brought it */
};

struct ring;

/*
 * @size: packets in the window, a power of two.  @first: the first idx, 0 but
 * in tests.  NULL: no memory.
 */
struct ring *ring_new(uint32_t size, uint64_t first);
void ring_free(struct ring *ring);

/*
 * Who may call what at the same time ("-" freely, "X" never):
 *
 *                        insert   drain   next
 *     insert (of idx)      -        -      -
 *     drain                -        X      -
 *
 * insert: claim, buffer, publish, unclaim, check.  One claim has one owner.
 * drain: peek, advance, wait.  All are wait-free, but claim and unclaim may
 * go round once when the drainer begins to wait at that moment.
 */

/*
 * Ask for slot @idx: after 0 its buffer is the caller's until publish or
 * unclaim.  check only asks.
 *
 * 0          claimed
 * -EAGAIN    too far ahead of the drainer: outside of the window
 * -EALREADY  claimed, published or drained before
 */
int ring_claim(struct ring *ring, uint64_t idx);
int ring_check(struct ring *ring, uint64_t idx);
struct buffer *ring_buffer(struct ring *ring, uint64_t idx);

/* The claimed buffer is filled in.  True: the drainer waits for this one. */
bool ring_publish(struct ring *ring, uint64_t idx);

/* Give the claim back; the packet counts as not come. */
void ring_unclaim(struct ring *ring, uint64_t idx);

/* The buffer @ahead of the next one, or NULL if it is not there. */
struct buffer *ring_peek(struct ring *ring, uint32_t ahead);

/* The next one, which was peeked, is taken: its slot is for the next lap. */
void ring_advance(struct ring *ring);

/*
 * Mark the next slot as waited for: its publish will say so.  True: it was
 * published before the mark, do not wait.
 */
bool ring_wait(struct ring *ring);

/* Any thread, when the drainer has stopped at an armed waiter that was seen:
 * the next one is there after all, or the drainer is on its way again. */
bool ring_ready(struct ring *ring);

/* The idx the drainer is at; may be older than the truth, never newer. */
uint64_t ring_next(const struct ring *ring);
uint32_t ring_size(const struct ring *ring);

#endif

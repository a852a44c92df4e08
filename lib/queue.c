/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.c - a device's line of packets to be sent; see queue.h
 *
 * Idea
 *
 *   Its fill puts packets in at the end, any channel takes the first.  Since
 *   takers take from the front and each channel sends what it took before it
 *   takes again, every channel carries each device's packets in rising order.
 *
 * A slot's word:  FREE(i) --put--> FULL(i) --taken--> FREE(i + size)
 * Who moves `front` from i to i + 1 owns packet i, and frees its slot.
 *
 * Ordering (C11)
 *
 *   R1 -> A1   put has filled the entry      before  its taker reads it
 *   R2 -> A2   the taker has read the entry  before  put overwrites it
 *   X          relaxed: front, of which the slot's word tells who owns what
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "queue.h"

#ifndef QUEUE_R1		/* the mutation test overrides these */
#define QUEUE_R1 memory_order_release
#endif
#ifndef QUEUE_A1
#define QUEUE_A1 memory_order_acquire
#endif
#ifndef QUEUE_R2
#define QUEUE_R2 memory_order_release
#endif
#ifndef QUEUE_A2
#define QUEUE_A2 memory_order_acquire
#endif
#define QUEUE_X memory_order_relaxed

enum { SLOTS = 256 };	/* packets in line a device, a power of two */

#define FREE_OF(idx)	((uint64_t)(idx) << 1)
#define FULL_OF(idx)	((uint64_t)(idx) << 1 | 1)

struct slot {
	_Atomic uint64_t word;
	struct entry entry;
};

/* Each end has a cache line of its own. */
struct queue {	/* NOLINT(clang-analyzer-optin.performance.Padding) */
	uint64_t back;			/* the putter's: the next to put */
	_Alignas(64) _Atomic uint64_t front;	/* the next to take */
	_Alignas(64) struct slot slot[SLOTS];
};

struct queue *
queue_new(void)
{
	struct queue *q = aligned_alloc(64, sizeof *q);
	uint64_t k;

	if (q == NULL)
		return NULL;
	q->back = 0;
	atomic_init(&q->front, 0);
	for (k = 0; k < SLOTS; k++)
		atomic_init(&q->slot[k].word, FREE_OF(k));
	return q;
}

void
queue_free(struct queue *queue)
{
	free(queue);
}

bool
queue_full(struct queue *q)
{
	return atomic_load_explicit(&q->slot[q->back % SLOTS].word,
	    QUEUE_A2) != FREE_OF(q->back);
}

void
queue_put(struct queue *q, const struct entry *entry)
{
	struct slot *slot = &q->slot[q->back % SLOTS];

	slot->entry = *entry;
	atomic_store_explicit(&slot->word, FULL_OF(q->back), QUEUE_R1);
	q->back++;
}

bool
queue_take(struct queue *q, struct entry *entry)
{
	uint64_t front = atomic_load_explicit(&q->front, QUEUE_X);
	struct slot *slot;

	for (;;) {
		slot = &q->slot[front % SLOTS];
		if (atomic_load_explicit(&slot->word, QUEUE_A1) !=
		    FULL_OF(front)) {
			uint64_t again = atomic_load_explicit(&q->front,
			    QUEUE_X);

			if (again == front)
				return false;
			front = again;
			continue;
		}
		if (atomic_compare_exchange_weak_explicit(&q->front, &front,
		    front + 1, QUEUE_X, QUEUE_X))
			break;
	}
	*entry = slot->entry;
	atomic_store_explicit(&slot->word, FREE_OF(front + SLOTS), QUEUE_R2);
	return true;
}

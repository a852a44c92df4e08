/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.c - from devices to channels (outgoing): packets in line, and who
 * waits for whom
 *
 * Idea
 *
 *   Each device has a line of its own: its fill puts packets in at the end,
 *   any channel takes the first.  A channel goes round the devices, so all of
 *   them share the channels, and takes one packet at a time, so a channel
 *   that stalls holds up that one packet only.  Since takers take from the
 *   front and each channel sends what it took before it takes again, every
 *   channel carries each device's packets in rising order.
 *
 *   Memory: a device may hold its share of the pool, which is the whole
 *   divided by the devices that are not finished.  The block set aside is
 *   always its own, so none starves.
 *
 * Roles: one putter (the fill) a line, any number of takers (channels).
 *
 * A slot's word:  FREE(i) --put--> FULL(i) --taken--> FREE(i + size)
 * Who moves `front` from i to i + 1 owns packet i, and frees its slot.
 *
 * Ordering (C11)
 *
 *   R1 -> A1   put has filled the entry      before  its taker reads it
 *   R2 -> A2   the taker has read the entry  before  put overwrites it
 *   Q          idle: arm, count, look again, against publish, look for idle;
 *              read-modify-writes of one word, acquire and release, so the
 *              putter sees the idle channel or the channel sees the packet;
 *              coming: put, count, against clear, look, in the same way
 *   X          relaxed: hints and counters; emptied and ended too, which are
 *              changed by read-modify-writes and looked at after Q
 */
#include <stdlib.h>

#include "internal.h"
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
#ifndef QUEUE_Q
#define QUEUE_Q memory_order_acq_rel
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
queue_empty(struct queue *q)
{
	uint64_t front = atomic_load_explicit(&q->front, QUEUE_X);

	return atomic_load_explicit(&q->slot[front % SLOTS].word,
	    QUEUE_A1) < FULL_OF(front);
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

/* ---- waking ---- */

/* Wake a channel that waits for a packet; NULL: none does. */
static struct vfiomig_channel *
idle_signal(struct vfiomig *mig)
{
	uint32_t k, n = atomic_load_explicit(&mig->channels, relaxed);

	for (k = 0; k < n && k < CHANNELS_MAX; k++) {
		struct vfiomig_channel *ch = atomic_load_explicit(
		    &mig->channel[k], TABLE_T2);

		if (ch == NULL || !waiter_armed(&ch->waiter) ||
		    !waiter_wake(&ch->waiter))
			continue;
		waiter_signal(&ch->waiter);
		return ch;
	}
	return NULL;
}

/*
 * There is a packet: wake one channel that waits, unless one is on its way
 * already.  That one, when it looks, sees all that was put before, and wakes
 * the next if it leaves anything, so a burst of packets costs few wake-ups.
 * It may be slow, so every sixteenth packet wakes another; and one that is
 * not a thread in a wait of ours may not come, so it is not counted on.
 */
static void
idle_wake(struct vfiomig *mig)
{
	struct vfiomig_channel *ch;
	uint32_t coming;

	if (atomic_fetch_add_explicit(&mig->idle, 0, QUEUE_Q) == 0 ||
	    atomic_fetch_add_explicit(&mig->coming, 1, QUEUE_Q) % 16 != 0)
		return;
	do {
		coming = atomic_load_explicit(&mig->coming, QUEUE_A1);
		ch = idle_signal(mig);
		if (ch != NULL && !ch->nonblock)
			return;
	} while (!atomic_compare_exchange_strong_explicit(&mig->coming,
	    &coming, 0, QUEUE_Q, QUEUE_A1));
}

/* There will be no more packets: wake all that wait. */
static void
idle_wake_all(struct vfiomig *mig)
{
	if (atomic_fetch_add_explicit(&mig->idle, 0, QUEUE_Q) == 0)
		return;
	while (idle_signal(mig) != NULL)
		;
}

void
outgoing_put(struct vfiomig_device *dev, const struct entry *entry)
{
	count(&dev->packets, 1);
	count(&dev->bytes, entry->size);
	count_most(&dev->queued_max, entry->size + atomic_fetch_add_explicit(
	    &dev->queued, entry->size, relaxed));
	queue_put(dev->queue, entry);
	idle_wake(dev->mig);
}

/* ---- the fill's memory ---- */

/* This device's share of the pool, in units. */
static uint32_t
outgoing_share(struct vfiomig *mig)
{
	uint32_t n = atomic_load_explicit(&mig->devices, relaxed);
	uint32_t done = atomic_load_explicit(&mig->filled, relaxed);

	return pool_total(mig->pool) / (n > done ? n - done : 1);
}

/* Units of one packet. */
static uint32_t
outgoing_units(struct vfiomig *mig)
{
	return pool_units(mig->pool, mig->packet_max);
}

bool
outgoing_block(struct vfiomig_device *dev, uint32_t *block)
{
	struct vfiomig *mig = dev->mig;
	uint32_t units = outgoing_units(mig);

	if (queue_full(dev->queue))
		return false;
	if (!atomic_exchange_explicit(&dev->aside_used, 1,
	    ASIDE_S1)) {
		pool_use(mig->pool, dev->aside);
		*block = dev->aside;
		return true;
	}
	if (atomic_load_explicit(&dev->holds, relaxed) + units >
	    outgoing_share(mig) ||
	    !pool_take(mig->pool, mig->packet_max, block))
		return false;
	atomic_fetch_add_explicit(&dev->holds, units, relaxed);
	return true;
}

/*
 * Is it worth waking this fill?  With a margin of a quarter of its share, so
 * that it goes on for a while; nothing is lost, since what it holds is in
 * line and will be given back.
 */
static bool
fill_can_go(struct vfiomig_device *dev)
{
	struct vfiomig *mig = dev->mig;
	uint32_t share = outgoing_share(mig), units = outgoing_units(mig);
	uint32_t holds = atomic_load_explicit(&dev->holds, relaxed);
	uint32_t margin = share / 4 > units ? share / 4 : units;

	if (holds == 0)
		return true;
	return holds + margin <= share && pool_left(mig->pool) >= units;
}

/* Memory was given back: wake the fills that can go on. */
static void
fills_wake(struct vfiomig *mig)
{
	uint32_t k, n;

	n = atomic_load_explicit(&mig->devices, TABLE_T2);
	for (k = 0; k < n; k++) {
		struct vfiomig_device *dev = mig->device[k];

		if (waiter_armed(&dev->waiter) && fill_can_go(dev) &&
		    waiter_wake(&dev->waiter))
			waiter_signal(&dev->waiter);
	}
}

uint32_t
outgoing_shrink(struct vfiomig_device *dev, uint32_t block, uint32_t size)
{
	uint32_t fit;

	if (block == dev->aside || size == 0)
		return block;
	fit = pool_shrink(dev->mig->pool, block, size);
	atomic_fetch_sub_explicit(&dev->holds, pool_block_units(block) -
	    pool_block_units(fit), relaxed);
	return fit;
}

void
outgoing_give(struct vfiomig_device *dev, uint32_t block)
{
	if (buffer_give(dev, block))
		fills_wake(dev->mig);
}

/* ---- the channels' side ---- */

/* The next packet of any device, going round from where this channel was. */
static bool
outgoing_find(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;
	uint32_t k, n, at;

	n = atomic_load_explicit(&mig->devices, TABLE_T2);
	for (k = 0; k < n; k++) {
		at = (ch->round + k) % n;
		if (!queue_take(mig->device[at]->queue, &ch->entry))
			continue;
		ch->device = mig->device[at];
		ch->round = at + 1;
		return true;
	}
	return false;
}

/* All packets of all devices were taken. */
static bool
outgoing_done(struct vfiomig *mig)
{
	return atomic_load_explicit(&mig->emptied, QUEUE_X) ==
	    atomic_load_explicit(&mig->devices, TABLE_T2);
}

/* A packet is this channel's: its headers, and the end of a device. */
static void
outgoing_taken(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;
	struct vfiomig_device *dev = ch->device;
	struct wire_state state = {
		.idx = ch->entry.idx,
		.flags = ch->entry.flags
	};

	wire_packet_encode(ch->head, dev->idstr, dev->instance_id, &state,
	    ch->entry.size);
	if (state.flags & WIRE_STATE_CONFIG) {
		atomic_fetch_add_explicit(&mig->emptied, 1, QUEUE_X);
		if (outgoing_done(mig))
			idle_wake_all(mig);
	}
}

/* Awake again: close the books on this wait. */
static void
outgoing_unidle(struct vfiomig_channel *ch)
{
	ch->parked = false;
	if (waiter_disarm(&ch->waiter)) {
		atomic_exchange_explicit(&ch->mig->coming, 0, QUEUE_Q);
		if (ch->device != NULL || ch->closed)
			idle_wake(ch->mig);	/* woken for another packet */
	}
	wait_over(ch->mig, &ch->waiter);
	atomic_fetch_sub_explicit(&ch->mig->idle, 1, QUEUE_Q);
	count_own(&ch->parked_ns, now_ns() - ch->since);
}

/* No packet now: arm, and look a last time.  True: wait. */
static bool
outgoing_idle(struct vfiomig_channel *ch)
{
	ch->parked = true;
	ch->since = now_ns();
	count_own(&ch->parks, 1);
	waiter_arm(&ch->waiter);
	atomic_fetch_add_explicit(&ch->mig->idle, 1, QUEUE_Q);
	return !outgoing_find(ch) && !outgoing_done(ch->mig) &&
	    failed(ch->mig) == 0;
}

int
outgoing_take(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;
	bool wait;
	int r;

	if (ch->parked)
		outgoing_unidle(ch);
	for (;;) {
		r = failed(mig);
		if (r < 0)
			return r;
		if (outgoing_find(ch))
			break;
		if (outgoing_done(mig))
			return -ENODATA;
		wait = outgoing_idle(ch);
		if (wait && ch->nonblock)
			return -EAGAIN;
		if (wait)
			waiter_sleep(&ch->waiter, 0);
		outgoing_unidle(ch);
		if (ch->device != NULL)
			break;
	}
	outgoing_taken(ch);
	return 0;
}

bool
outgoing_more(struct vfiomig_channel *ch)
{
	if (!outgoing_find(ch))
		return false;
	outgoing_taken(ch);
	return true;
}

void
outgoing_pass(struct vfiomig *mig)
{
	uint32_t k, n;

	if (atomic_load_explicit(&mig->idle, relaxed) == 0)
		return;
	n = atomic_load_explicit(&mig->devices, TABLE_T2);
	for (k = 0; k < n; k++) {
		if (!queue_empty(mig->device[k]->queue)) {
			idle_wake(mig);
			return;
		}
	}
}

void
outgoing_release(struct vfiomig_channel *ch)
{
	struct vfiomig_device *dev = ch->device;
	uint32_t size = ch->entry.size;

	ch->device = NULL;
	count_own(&ch->packets, 1);
	count_own(&ch->bytes, size);
	count(&dev->packets_done, 1);
	count(&dev->bytes_done, size);
	atomic_fetch_sub_explicit(&dev->queued, size, relaxed);
	trace(ch->mig, VFIOMIG_TRACE_PACKET_OUT, ch, dev, ch->entry.idx, size);
	outgoing_give(dev, ch->entry.block);
}

void
outgoing_abandon(struct vfiomig_channel *ch)
{
	struct vfiomig_device *dev = ch->device;

	if (ch->parked)
		outgoing_unidle(ch);
	if (dev == NULL)
		return;
	fail(ch->mig, -EPIPE, "channel closed with a packet not sent: "
	    "channel=%d, device=\"%s\", idx=%u", ch->number, dev->idstr,
	    ch->entry.idx);
	ch->device = NULL;
	atomic_fetch_sub_explicit(&dev->queued, ch->entry.size, relaxed);
	outgoing_give(dev, ch->entry.block);
}

int
outgoing_ended(struct vfiomig *mig)
{
	uint32_t n = atomic_load_explicit(&mig->devices, relaxed), k;
	struct vfiomig_device *dev = mig->device[0];

	if (outgoing_done(mig) || atomic_fetch_add_explicit(&mig->ended, 1,
	    QUEUE_X) + 1 < mig->channels_expected)
		return failed(mig);
	for (k = 0; k < n; k++) {
		dev = mig->device[k];
		if (!atomic_load_explicit(&dev->complete, relaxed) ||
		    counted(&dev->packets_done) < counted(&dev->packets))
			break;
	}
	return fail(mig, -EPIPE, "all channels have ended, and not all was "
	    "sent: device=\"%s\", sent=%llu, in-line=%llu", dev->idstr,
	    (unsigned long long)counted(&dev->packets_done),
	    (unsigned long long)(counted(&dev->packets) -
	    counted(&dev->packets_done)));
}

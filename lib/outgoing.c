/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * outgoing.c - from devices to channels: who gets which packet, and who gets
 * memory to read the next one into
 *
 * Idea
 *
 *   Each device has a line of its own (queue.c).  A channel goes round the
 *   devices, so all of them share the channels, and takes what one system call
 *   carries, so a channel that stalls holds up no more than that.
 *
 *   Memory: a device may hold its share of the pool, which is the whole
 *   divided by the devices that are not finished.  The block set aside is
 *   always its own, so none starves.
 *
 * Ordering (C11)
 *
 *   X          relaxed: hints and counters; emptied and ended too, which are
 *              changed by read-modify-writes and looked at after idle.c's Q
 */
#include "internal.h"

void
outgoing_put(struct vfiomig_device *dev, const struct entry *entry)
{
	count(&dev->packets, 1);
	count(&dev->bytes, entry->size);
	count_most(&dev->queued_max, entry->size + atomic_fetch_add_explicit(
	    &dev->queued, entry->size, relaxed));
	queue_put(dev->queue, entry);
	idle_put(dev->mig, entry->size);
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

void
outgoing_stop(struct vfiomig_device *dev)
{
	atomic_store_explicit(&dev->stopped_at, atomic_load_explicit(
	    &dev->holds, relaxed), relaxed);
}

/*
 * Is it worth waking this fill?  When a quarter of what it held has gone, so
 * that it goes on for a while; nothing is lost, since what it holds is in line
 * and will be given back.
 */
static bool
fill_can_go(struct vfiomig_device *dev)
{
	struct vfiomig *mig = dev->mig;
	uint32_t units = outgoing_units(mig);
	uint32_t holds = atomic_load_explicit(&dev->holds, relaxed);
	uint32_t stopped = atomic_load_explicit(&dev->stopped_at, relaxed);

	return holds == 0 || (holds <= stopped - stopped / 4 &&
	    holds + units <= outgoing_share(mig) &&
	    pool_left(mig->pool) >= units);
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
	return atomic_load_explicit(&mig->emptied, relaxed) ==
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

	idle_taken(ch, ch->entry.size);
	wire_packet_encode(ch->head, dev->idstr, dev->instance_id, &state,
	    ch->entry.size);
	if (state.flags & WIRE_STATE_CONFIG) {
		atomic_fetch_add_explicit(&mig->emptied, 1, relaxed);
		if (outgoing_done(mig))
			idle_end_all(mig);
	}
}

/* Awake again: close the books on this wait. */
static void
outgoing_unidle(struct vfiomig_channel *ch)
{
	idle_end(ch);
	count_own(&ch->parked_ns, now_ns() - ch->since);
}

/* No packet now: be idle, and look a last time.  True: wait. */
static bool
outgoing_idle(struct vfiomig_channel *ch)
{
	ch->since = now_ns();
	count_own(&ch->parks, 1);
	idle_begin(ch);
	return !outgoing_find(ch) && !outgoing_done(ch->mig) &&
	    failed(ch->mig) == 0;
}

/* The channel is looking: the next packet, waited for. */
static int
outgoing_next(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;
	bool wait;

	while (failed(mig) == 0) {
		if (outgoing_find(ch))
			return 0;
		if (outgoing_done(mig))
			return -ENODATA;
		wait = outgoing_idle(ch);
		if (wait && ch->nonblock)
			return -EAGAIN;
		if (wait)
			waiter_sleep(&ch->waiter, 0);
		outgoing_unidle(ch);
		if (ch->device != NULL)
			return 0;
	}
	return failed(mig);
}

int
outgoing_take(struct vfiomig_channel *ch)
{
	int r;

	if (ch->parked)
		outgoing_unidle(ch);
	idle_look(ch);
	r = outgoing_next(ch);
	if (r == 0)
		outgoing_taken(ch);
	return r;
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
	idle_away(ch);
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
	    relaxed) + 1 < mig->channels_expected)
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

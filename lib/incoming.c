/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * incoming.c - from channels into rings: admission of packets
 *
 * Idea (the rules R1 to R6 are vfiomig(7)'s)
 *
 *   A packet needs a place in its device's window and a block of the pool.
 *   When it is the one its device waits for, the block set aside for that
 *   device serves (R1).  When it has not both, its channel parks (R2): it says
 *   in one word what it wants, arms its waiter, looks a last time, and is
 *   taken off the running.  Who lets it on is parked.c's, what follows when
 *   nobody runs any more verdict.c's.
 *
 *   A reserved packet holds its block and nothing of the ring: the one step
 *   that puts it in is the commit.  So two channels may reserve the same
 *   packet; the first commit wins, and the other one finds that it came
 *   before.
 *
 * Invariants
 *
 *   I1  A parked channel holds no block.  So who holds one runs, and wakes
 *       the parked when it gives it back.
 *   I2  A block set aside is used for the awaited packet only, and is given
 *       back before its device waits for the next; but for a repetition that
 *       was asked for before the packet was in.  Its commit ends the
 *       migration, its abandon gives the block back (I1).
 *   I3  What a packet says of its device's end is noted when it is seen, so
 *       also of one that parks or is abandoned.  The config packet is the
 *       only one of its idx, and above all data packets seen.
 */
#include "internal.h"

/* ---- letting a packet in ---- */

static int
refuse(struct vfiomig_channel *ch, const struct vfiomig_device *dev,
    uint32_t idx, int code, const char *why)
{
	return fail(ch->mig, code, "packet refused: channel=%d, "
	    "device=\"%s\", instance=%u, idx=%u, why=\"%s\"", ch->number,
	    dev->idstr, dev->instance_id, idx, why);
}

static int
came_before(struct vfiomig_channel *ch, const struct vfiomig_device *dev,
    uint32_t idx)
{
	return refuse(ch, dev, idx, -EPROTO, "it came before");
}

/* What a packet may not be after what was seen of its device; NULL: fine. */
static const char *
ends_clash(uint64_t seen, bool config, uint32_t number)
{
	uint32_t end = ENDS_CONFIG(seen), highest = ENDS_HIGHEST(seen);

	if (config)
		return end != 0 && end != number ? "a second config packet" :
		    number < highest ?
		    "a config packet before the last data packet" :
		    number == highest ? "it came before" : NULL;
	return end == 0 || number < end ? NULL : number == end ?
	    "it came before" : "it is beyond the config packet";
}

/*
 * Note what this packet says of the device's end (I3).  One that is tried
 * again says the same again; whether it came before is the ring's to say.
 */
static int
ends_note(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const struct wire_state *state)
{
	bool config = state->flags & WIRE_STATE_CONFIG;
	uint64_t seen = atomic_load_explicit(&dev->ends, relaxed), want;
	uint32_t number = state->idx + 1;
	const char *why;

	do {
		why = ends_clash(seen, config, number);
		if (why != NULL)
			return refuse(ch, dev, state->idx, -EPROTO, why);
		if (config)
			want = ENDS(number, ENDS_HIGHEST(seen));
		else
			want = ENDS(ENDS_CONFIG(seen),
			    number > ENDS_HIGHEST(seen) ? number :
			    ENDS_HIGHEST(seen));
		if (want == seen)
			return 0;
	} while (!atomic_compare_exchange_weak_explicit(&dev->ends, &seen,
	    want, relaxed, relaxed));
	return 0;
}

/* What can be said of a packet before it is given anything. */
static int
incoming_check(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const struct wire_state *state, size_t size)
{
	if (size > ch->mig->packet_max)
		return refuse(ch, dev, state->idx, -EMSGSIZE,
		    "it is longer than the largest allowed");
	if (ring_check(dev->ring, state->idx) == -EALREADY)
		return came_before(ch, dev, state->idx);
	return ends_note(ch, dev, state);
}

/* A block for the packet, the one set aside if it is awaited (R1). */
static bool
incoming_block(struct vfiomig_device *dev, uint32_t idx, uint32_t size,
    uint32_t *block)
{
	struct pool *pool = dev->mig->pool;

	uint32_t units = pool_units(pool, size);

	*block = POOL_NONE;
	if (size == 0)
		return true;
	if (parked_room(dev, idx, units, 0) &&
	    pool_take(pool, size, block)) {
		atomic_fetch_add_explicit(&dev->holds, units, relaxed);
		return true;
	}
	if (idx != ring_next(dev->ring) || atomic_exchange_explicit(
	    &dev->aside_used, 1, ASIDE_S1))
		return false;
	pool_use(pool, dev->aside);
	*block = dev->aside;
	return true;
}

bool
buffer_give(struct vfiomig_device *dev, uint32_t block)
{
	struct pool *pool = dev->mig->pool;

	if (block == POOL_NONE)
		return pool_flush(pool);
	if (block != dev->aside) {
		atomic_fetch_sub_explicit(&dev->holds,
		    pool_block_units(block), relaxed);
		return pool_give(pool, block);
	}
	pool_unuse(pool, dev->aside);
	atomic_store_explicit(&dev->aside_used, 0, ASIDE_S2);
	return pool_flush(pool);
}

/* One try.  0, -EAGAIN (park), or the migration's failure. */
static int
incoming_try(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const struct wire_state *state, uint32_t size)
{
	uint32_t block;
	uint64_t next;
	int r;

	r = ring_check(dev->ring, state->idx);
	if (r == -EALREADY)
		return came_before(ch, dev, state->idx);
	if (r < 0 || !incoming_block(dev, state->idx, size, &block))
		return -EAGAIN;
	ch->device = dev;
	ch->entry = (struct entry){
		.block = block, .size = size,
		.idx = state->idx, .flags = state->flags
	};
	next = ring_next(dev->ring);
	if (state->idx > next)
		count_most(&dev->depth_max, state->idx - next);
	return 0;
}

/* ---- parking ---- */

/* Awake again: close the books on this wait. */
static void
incoming_unpark(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;

	ch->parked = false;
	wait_over(mig, &ch->waiter);
	pool_unpark(mig->pool);
	count_own(&ch->parked_ns, now_ns() - ch->since);
	trace(mig, VFIOMIG_TRACE_UNPARKED, ch, NULL, 0, 0);
}

void
incoming_resume(struct vfiomig_channel *ch)
{
	if (!ch->parked)
		return;
	admission_channel_go(&ch->mig->admission);
	if (waiter_disarm(&ch->waiter))		/* who woke it has counted it */
		admission_channel_ungo(&ch->mig->admission);
	incoming_unpark(ch);
}

/*
 * Park, unless a last look finds room.  0: the packet is in; -EAGAIN: it is
 * parked; or the migration's failure.
 */
static int
incoming_park(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const struct wire_state *state, uint32_t size)
{
	struct vfiomig *mig = ch->mig;
	uint64_t greedy = atomic_load_explicit(&mig->greedy, relaxed);
	int r;

	ch->since = now_ns();
	atomic_store_explicit(&ch->wants, WANTS(dev->number,
	    pool_units(mig->pool, size), state->idx) |
	    (greedy ? WANTS_GREEDY : 0), relaxed);
	waiter_arm(&ch->waiter);
	pool_park(mig->pool);
	r = incoming_try(ch, dev, state, size);
	if (r != -EAGAIN) {
		if (waiter_disarm(&ch->waiter))	/* counted twice now */
			admission_channel_park(&mig->admission);
		pool_unpark(mig->pool);
		return r;
	}
	ch->parked = true;
	count_own(&ch->parks, 1);
	trace(mig, VFIOMIG_TRACE_PARKED, ch, dev, state->idx, size);
	verdict_draw(mig, admission_channel_park(&mig->admission));
	r = failed(mig);
	return r < 0 ? r : -EAGAIN;
}

int
incoming_reserve(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const struct wire_state *state, size_t size, void **data)
{
	struct vfiomig *mig = ch->mig;
	int r;

	incoming_resume(ch);
	r = failed(mig);
	if (r == 0)
		r = incoming_check(ch, dev, state, size);
	if (r < 0)
		return r;
	for (;;) {
		r = incoming_try(ch, dev, state, (uint32_t)size);
		if (r == -EAGAIN)
			r = incoming_park(ch, dev, state, (uint32_t)size);
		if (r != -EAGAIN)
			break;
		if (ch->nonblock)
			return r;
		waiter_sleep(&ch->waiter, 0);
		incoming_unpark(ch);
		r = failed(mig);
		if (r < 0)
			return r;
	}
	if (r == 0)
		*data = size == 0 ? NULL : pool_data(mig->pool,
		    ch->entry.block);
	return r;
}

/* ---- what a reserved packet comes to ---- */

/* The awaited packet is in: wake the drain. */
static void
device_wake(struct vfiomig *mig, struct vfiomig_device *dev)
{
	admission_device_go(&mig->admission);
	if (waiter_wake(&dev->waiter))
		waiter_signal(&dev->waiter);
	else
		admission_device_stop(&mig->admission);
}

/* The reserved packet's block goes back. */
static void
incoming_drop(struct vfiomig_channel *ch)
{
	struct vfiomig_device *dev = ch->device;

	ch->device = NULL;
	if (buffer_give(dev, ch->entry.block))
		parked_wake(ch->mig, true);
}

/*
 * What the commit counts is counted before the drain can see the packet, and
 * its most when it is certain that it counts.
 */
int
incoming_commit(struct vfiomig_channel *ch)
{
	struct vfiomig_device *dev = ch->device;
	struct vfiomig *mig = ch->mig;
	const struct entry *e = &ch->entry;
	uint64_t queued;
	int r;

	if (e->size != 0)
		pool_size_set(mig->pool, e->block, e->size);
	queued = e->size + atomic_fetch_add_explicit(&dev->queued, e->size,
	    relaxed);
	count(&dev->packets, 1);
	count(&dev->bytes, e->size);
	trace(mig, VFIOMIG_TRACE_PACKET_IN, ch, dev, e->idx, e->size);
	r = ring_insert(dev->ring, e->idx, HANDLE(e->block,
	    e->flags & WIRE_STATE_CONFIG));
	if (r < 0) {
		count(&dev->packets, -(uint64_t)1);
		count(&dev->bytes, -(uint64_t)e->size);
		atomic_fetch_sub_explicit(&dev->queued, e->size, relaxed);
		incoming_drop(ch);
		return came_before(ch, dev, e->idx);
	}
	ch->device = NULL;
	count_own(&ch->packets, 1);
	count_own(&ch->bytes, e->size);
	count_most(&dev->queued_max, queued);
	if (r > 0)
		device_wake(mig, dev);
	return failed(mig);
}

void
incoming_abandon(struct vfiomig_channel *ch)
{
	if (ch->device != NULL)
		incoming_drop(ch);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * parked.c - channels that wait for room: who may go on, and who goes first
 *
 * Idea (the rules R1 to R6 are vfiomig(7)'s)
 *
 *   Memory is for what a device needs first.  A packet that is far ahead would
 *   take a block that those before it need, and they would stand before a full
 *   pool; so it waits until the budget could hold all before it as well, the
 *   awaited one being in the block set aside (R2).  When a drain gives memory
 *   back, the parked channel whose packet is needed first is let on first, and
 *   no more channels than there is room for (R3).
 *
 *   That rule is a courtesy between channels, and not a reason to fail: when
 *   everybody waits it is dropped for the rest of the migration (greedy), and
 *   then only what there is decides.
 *
 * Invariants
 *
 *   I1  Before a drain waits, it lets on everybody who may go on, so a parked
 *       one never misses the last chance that it had.
 *   I2  greedy is set once and never taken back.
 *
 * Waking with a margin: while a drain goes on, a channel that lacks memory is
 * let on only when a sixteenth of the pool is left beyond its packet, so that
 * it comes with several.  One that brings for a starved device goes at once.
 */
#include "internal.h"

enum { MARGIN = 16 };		/* this part of the pool */

/*
 * Is there room for the @ahead packets before one of @units, too?  Those that
 * came have it, and the others are taken to be as long.
 */
static bool
room_before(struct vfiomig_device *dev, uint64_t ahead, uint32_t units,
    uint32_t left)
{
	uint64_t came;

	if (ahead * units <= (uint64_t)left +
	    atomic_load_explicit(&dev->holds, relaxed))
		return true;
	came = counted(&dev->packets) - counted(&dev->packets_done);
	return came >= ahead || (ahead - came) * units <= left;
}

bool
parked_room(struct vfiomig_device *dev, uint64_t idx, uint32_t units,
    uint32_t more)
{
	struct vfiomig *mig = dev->mig;
	uint64_t next = ring_next(dev->ring);
	uint32_t left = pool_left(mig->pool);

	if (idx <= next || units == 0)
		return true;
	if (left < units + more)
		return false;
	return atomic_load_explicit(&mig->greedy, relaxed) ||
	    room_before(dev, idx - next, units, left - more);
}

/* @ch, if it is parked. */
static struct vfiomig_channel *
parked_channel(struct vfiomig *mig, uint32_t k)
{
	struct vfiomig_channel *ch = atomic_load_explicit(&mig->channel[k],
	    TABLE_T2);

	return ch != NULL && waiter_armed(&ch->waiter) ? ch : NULL;
}

struct vfiomig_channel *
parked_next(struct vfiomig *mig, uint32_t *k)
{
	uint32_t n = atomic_load_explicit(&mig->channels, relaxed);
	struct vfiomig_channel *ch = NULL;

	while (ch == NULL && *k < n && *k < CHANNELS_EVER)
		ch = parked_channel(mig, (*k)++);
	return ch;
}

uint64_t
parked_distance(struct vfiomig *mig, struct vfiomig_channel *ch,
    uint32_t more)
{
	uint64_t wants = atomic_load_explicit(&ch->wants, relaxed);
	struct vfiomig_device *dev = mig->device[WANTS_DEVICE(wants)];
	uint64_t next = ring_next(dev->ring);
	uint32_t idx = WANTS_IDX(wants);

	if (idx <= next)
		return 0;
	if (waiter_armed(&dev->waiter))
		more = 0;
	if (idx - next >= ring_size(dev->ring) ||
	    !parked_room(dev, idx, WANTS_UNITS(wants), more))
		return UINT64_MAX;
	return idx - next;
}

/* The one that may go on and is needed first, with @more units left over. */
static struct vfiomig_channel *
parked_first(struct vfiomig *mig, uint32_t more)
{
	struct vfiomig_channel *ch, *first = NULL;
	uint64_t distance, least = UINT64_MAX;
	uint32_t k = 0;

	while ((ch = parked_next(mig, &k)) != NULL) {
		distance = parked_distance(mig, ch, more);
		if (distance < least) {
			least = distance;
			first = ch;
		}
	}
	return first;
}

/*
 * If the last channel ended between go and ungo, it saw @ch as running and
 * drew no conclusion, so it is drawn here.
 */
void
parked_let_on(struct vfiomig *mig, struct vfiomig_channel *ch)
{
	admission_channel_go(&mig->admission);
	if (waiter_wake(&ch->waiter))
		waiter_signal(&ch->waiter);
	else
		verdict_draw(mig, admission_channel_ungo(&mig->admission));
}

/* The drain goes on: as many as there is room for, what is needed first. */
static void
parked_wake_some(struct vfiomig *mig)
{
	uint32_t more = pool_total(mig->pool) / MARGIN, most;
	struct vfiomig_channel *ch;

	for (most = CHANNELS_MAX; most != 0; most--) {
		ch = parked_first(mig, more);
		if (ch == NULL)
			return;
		more += WANTS_UNITS(atomic_load_explicit(&ch->wants,
		    relaxed));
		parked_let_on(mig, ch);
	}
}

void
parked_wake(struct vfiomig *mig, bool all)
{
	struct vfiomig_channel *ch;
	uint32_t k = 0;

	if (!all) {
		parked_wake_some(mig);
		return;
	}
	while ((ch = parked_next(mig, &k)) != NULL)
		if (parked_distance(mig, ch, 0) != UINT64_MAX)
			parked_let_on(mig, ch);
}

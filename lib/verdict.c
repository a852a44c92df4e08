/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * verdict.c - what follows when the last one that ran goes to wait, or ends
 *
 * Idea (the rules R1 to R6 are vfiomig(7)'s)
 *
 *   admission.c tells one caller that nobody is left who could change
 *   anything.  If all channels have ended, a device that lacks a packet will
 *   never get it (R5).  If channels are parked, those that wait only for what
 *   is needed before their packets are let on once (parked.c); when even that
 *   has been tried, the migration fails (R4): parked channels that all bring
 *   for one device have nothing that it waits for, several devices wait for
 *   each other.
 *
 * Invariants
 *
 *   I1  Who draws a verdict counts itself as a device that runs while it lets
 *       others on; its own step off again says how matters stand.
 *   I2  It is stuck only if a look at all parked channels, begun after such a
 *       step had said so, finds none that has not tried to be greedy and
 *       could go on.  (The first look is no such look: without a step of
 *       both on one word, it and one that is just parking may miss each
 *       other, though not in the model, which has no weak memory.)
 *   I3  What it is stuck on is told from a look at as many parked channels as
 *       the word has after it; if it has one that runs, that one draws the
 *       next verdict.
 */
#include <stdio.h>

#include "internal.h"

/*
 * The first device that waits for a packet which is not there; NULL: none.
 * Armed is looked at again, since a drain that has loaded its last packet
 * lacks the next one.
 */
static struct vfiomig_device *
device_lacking(struct vfiomig *mig)
{
	uint32_t k, n;

	n = atomic_load_explicit(&mig->devices, TABLE_T2);
	for (k = 0; k < n; k++) {
		struct vfiomig_device *dev = mig->device[k];

		if (atomic_load_explicit(&dev->complete, relaxed))
			continue;
		if (waiter_armed(&dev->waiter) && !ring_ready(dev->ring) &&
		    waiter_armed(&dev->waiter))
			return dev;
	}
	return NULL;
}

static void
device_fail(struct vfiomig *mig, struct vfiomig_device *dev)
{
	fail(mig, -EPIPE, "stream ended too soon: device=\"%s\", "
	    "instance=%u, missing-idx=%llu, channels=%u", dev->idstr,
	    dev->instance_id, (unsigned long long)ring_next(dev->ring),
	    atomic_load_explicit(&mig->opened, relaxed));
}

/* ---- channels are parked ---- */

/*
 * The device for which every parked channel has a packet; NULL: there are
 * several.  As a channel brings a device's packets in rising order, what that
 * device waits for is behind none of them, and will never come.  So many were
 * seen.
 */
static struct vfiomig_device *
stuck_on_one(struct vfiomig *mig, uint32_t *seen)
{
	struct vfiomig_device *one = NULL, *dev;
	struct vfiomig_channel *ch;
	bool several = false;
	uint32_t k = 0;

	*seen = 0;
	while ((ch = parked_next(mig, &k)) != NULL) {
		dev = mig->device[WANTS_DEVICE(atomic_load_explicit(
		    &ch->wants, relaxed))];
		several |= one != NULL && one != dev;
		one = dev;
		(*seen)++;
	}
	return several ? NULL : one;
}

/* "device idx" of each device that waits, as far as there is room. */
static void
stuck_devices(struct vfiomig *mig, char *text, size_t size)
{
	uint32_t k, n;
	size_t at = 0;
	int r;

	text[0] = '\0';
	n = atomic_load_explicit(&mig->devices, TABLE_T2);
	for (k = 0; k < n && at < size; k++) {
		struct vfiomig_device *dev = mig->device[k];

		if (atomic_load_explicit(&dev->complete, relaxed))
			continue;
		r = snprintf(text + at, size - at, "%s%s idx %llu",
		    at ? ", " : "", dev->idstr,
		    (unsigned long long)ring_next(dev->ring));
		at += r > 0 ? (size_t)r : 0;
	}
}

/* "channel: device idx" of each parked channel, as far as there is room. */
static void
stuck_channels(struct vfiomig *mig, char *text, size_t size)
{
	struct vfiomig_channel *ch;
	uint64_t wants;
	uint32_t k = 0;
	size_t at = 0;
	int r;

	text[0] = '\0';
	while (at < size && (ch = parked_next(mig, &k)) != NULL) {
		wants = atomic_load_explicit(&ch->wants, relaxed);
		r = snprintf(text + at, size - at, "%s%d: %s idx %u",
		    at ? ", " : "", ch->number,
		    mig->device[WANTS_DEVICE(wants)]->idstr, WANTS_IDX(wants));
		at += r > 0 ? (size_t)r : 0;
	}
}

/*
 * An event loop may call for its parked channel at any time.  While it is
 * looked at it is not parked, but it will be again, and draw a verdict.
 */
static void
stuck_fail(struct vfiomig *mig)
{
	struct vfiomig_device *one;
	char devices[160], channels[160];
	uint32_t seen, parked;

	do {
		one = stuck_on_one(mig, &seen);
		if (!admission_quiet(&mig->admission, &parked) ||
		    failed(mig) != 0)
			return;
	} while (seen != parked);
	if (atomic_load_explicit(&mig->devices, TABLE_T2) == 1)
		one = mig->device[0];
	if (one != NULL && !atomic_load_explicit(&one->complete, relaxed)) {
		device_fail(mig, one);
		return;
	}
	stuck_devices(mig, devices, sizeof devices);
	stuck_channels(mig, channels, sizeof channels);
	fail(mig, -ENOBUFS, "deadlock: every channel is parked or has ended "
	    "and every device starved: awaited=\"%s\", parked=\"%s\", "
	    "ended=%u, budget=%llu", devices, channels,
	    mig->channels_expected - parked,
	    (unsigned long long)pool_budget(mig->pool));
}

/* Let on all that have not tried to be greedy and may succeed; false: there
 * are none. */
static bool
stuck_let_on(struct vfiomig *mig)
{
	struct vfiomig_channel *ch;
	bool some = false;
	uint32_t k = 0;

	while ((ch = parked_next(mig, &k)) != NULL) {
		if (atomic_load_explicit(&ch->wants, relaxed) & WANTS_GREEDY ||
		    parked_distance(mig, ch, 0) == UINT64_MAX)
			continue;
		parked_let_on(mig, ch);
		some = true;
	}
	return some;
}

void
verdict_draw(struct vfiomig *mig, enum verdict verdict)
{
	struct vfiomig_device *dev;
	bool some, first = true;

	if (verdict == STUCK)
		atomic_store_explicit(&mig->greedy, 1, relaxed);
	for (some = true; verdict == STUCK && some; first = false) {
		admission_device_go(&mig->admission);
		some = stuck_let_on(mig) || first;
		verdict = admission_device_stop(&mig->admission);
	}
	if (verdict == STUCK)
		stuck_fail(mig);
	if (verdict != ENDED)
		return;
	dev = device_lacking(mig);
	if (dev != NULL)	/* else the drains find out, or have all */
		device_fail(mig, dev);
}

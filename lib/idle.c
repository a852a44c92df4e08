/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * idle.c - channels with nothing to send (outgoing), and when one is woken
 *
 * Idea
 *
 *   Waking a thread costs more than sending a small packet, so a packet put in
 *   line wakes nobody as long as the channels that will look at the lines
 *   anyway can carry it soon.  A channel is
 *
 *     away      with its caller, or waiting for its fd: who knows until when
 *     looking   going to look at the lines before it is anything else
 *     idle      it found nothing there, and waits to be woken
 *
 *   One word has the packets in line, the looking and the idle channels.  When
 *   there is more in line than two system calls of each looking channel carry
 *   (of any packet, when none looks), and one is idle, it is woken.  Two steps
 *   of the word can make that true, and whoever makes one wakes: a packet is
 *   put, and a looking channel goes away.  One that becomes idle looks at the
 *   lines after its step.  So no packet lies in line while nobody looks and
 *   somebody is idle.
 *
 *   Whoever wakes a channel counts it as looking, after it has won the right
 *   to wake; and packets are counted after they are put.  So the word may have
 *   too few looking or in line for a moment, both even below zero, and the step
 *   that is still to come wakes in its turn.  It never has too many looking,
 *   but for one that is woken when it has armed and not yet made its step: that
 *   one looks after it.  A nonblocking channel comes when its event loop does:
 *   it is counted then.
 *
 * Ordering (C11)
 *
 *   Q          the word: all changes are read-modify-writes, acquire and
 *              release; so of a put or an away, and the step of a channel that
 *              becomes idle, the first is seen by the second: the packet by
 *              the channel's last look, or the armed channel by who wakes
 */
#include "internal.h"

#ifndef IDLE_Q			/* the mutation test overrides this */
#define IDLE_Q memory_order_acq_rel
#endif

#define IDLE		((uint64_t)1)		/* bits 0 to 15, from NONE */
#define LOOKING		((uint64_t)1 << 16)	/* bits 16 to 31, from NONE */
#define IN_LINE		((uint64_t)1 << 32)	/* bits 32 to 63, signed */
#define NONE		0x8000

enum {
	CALL = 16,		/* what a call carries (writer.c), as counted */
	CALL_BYTES = 64 * 1024,
	CALLS = 2		/* that a looking channel is good for */
};

static uint64_t
idle_step(struct vfiomig *mig, uint64_t delta)
{
	return delta + atomic_fetch_add_explicit(&mig->idle, delta, IDLE_Q);
}

/* The share of a call that a packet of @size bytes takes. */
static uint64_t
idle_weight(uint32_t size)
{
	uint32_t weight = size / (CALL_BYTES / CALL);

	return weight < 1 ? 1 : weight > CALL ? CALL : weight;
}

/* Is a channel to be woken? */
static bool
idle_wanted(uint64_t word)
{
	int32_t idle = (int32_t)(word & 0xffff) - NONE;
	int32_t looking = (int32_t)(word >> 16 & 0xffff) - NONE;
	int32_t in_line = (int32_t)(word >> 32);

	return idle > 0 &&
	    in_line > (looking > 0 ? looking : 0) * CALLS * CALL;
}

/* Wake one channel; false: none waits. */
static bool
idle_wake(struct vfiomig *mig)
{
	uint32_t k, n = atomic_load_explicit(&mig->channels, relaxed);

	for (k = 0; k < n && k < CHANNELS_EVER; k++) {
		struct vfiomig_channel *ch = atomic_load_explicit(
		    &mig->channel[k], TABLE_T2);

		if (ch == NULL || !waiter_armed(&ch->waiter) ||
		    !waiter_wake(&ch->waiter))
			continue;
		idle_step(mig, ch->nonblock ? -IDLE : LOOKING - IDLE);
		waiter_signal(&ch->waiter);
		return true;
	}
	return false;
}

void
idle_init(struct vfiomig *mig)
{
	atomic_init(&mig->idle, NONE * LOOKING + NONE * IDLE);
}

void
idle_put(struct vfiomig *mig, uint32_t size)
{
	if (idle_wanted(idle_step(mig, idle_weight(size) * IN_LINE)))
		idle_wake(mig);
}

void
idle_taken(struct vfiomig_channel *ch, uint32_t size)
{
	ch->carries += idle_weight(size);
}

void
idle_go(struct vfiomig_channel *ch)
{
	idle_step(ch->mig, -ch->carries * IN_LINE);
	ch->carries = 0;
}

void
idle_end_all(struct vfiomig *mig)
{
	idle_step(mig, 0);
	while (idle_wake(mig))
		;
}

void
idle_look(struct vfiomig_channel *ch)
{
	if (ch->looking)
		return;
	ch->looking = true;
	idle_step(ch->mig, LOOKING);
}

void
idle_away(struct vfiomig_channel *ch)
{
	if (!ch->looking)
		return;
	ch->looking = false;
	if (idle_wanted(idle_step(ch->mig, -LOOKING)))
		idle_wake(ch->mig);
}

void
idle_begin(struct vfiomig_channel *ch)
{
	ch->parked = true;
	ch->looking = false;
	waiter_arm(&ch->waiter);
	idle_step(ch->mig, IDLE - LOOKING);
}

void
idle_end(struct vfiomig_channel *ch)
{
	ch->parked = false;
	ch->looking = true;
	if (!waiter_disarm(&ch->waiter))
		idle_step(ch->mig, LOOKING - IDLE);
	else if (ch->nonblock)
		idle_step(ch->mig, LOOKING);
	wait_over(ch->mig, &ch->waiter);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * waiter.h - one sleeper: a thread in a futex, or an event loop with an
 * eventfd
 *
 * Roles
 *
 *   One owner, who arms, looks once more at what it waits for, and sleeps (or
 *   returns to its event loop).  Any number of wakers.
 *
 * The word is AWAKE or ARMED.  Whoever turns ARMED into AWAKE, by exchange,
 * is the only one who wakes, or the owner itself.
 *
 * Ordering (C11): all changes of the word are exchanges, acquire and release
 * (W1), looks are acquire (W2).  So of an arm and a wake one comes after the
 * other and sees all that the other did before: what a waker makes true and
 * then wakes for is seen by the look that follows an arm, or the wake sees the
 * arm.  No wake-up is lost, and no second variable is compared.
 */
#ifndef VFIOMIG_WAITER_H
#define VFIOMIG_WAITER_H

#include <stdbool.h>
#include <stdint.h>

struct waiter {
	_Atomic uint32_t word;
	int fd;				/* the eventfd, or -1 */
};

/* 0, or the negative errno of eventfd(2). */
int waiter_init(struct waiter *waiter, bool nonblock);
void waiter_destroy(struct waiter *waiter);

/* Owner: from now on wakers must wake.  Empties the eventfd. */
void waiter_arm(struct waiter *waiter);

/* Owner: do not wait after all.  True: a waker was quicker. */
bool waiter_disarm(struct waiter *waiter);

/* Owner: the wake-up is over, empty the eventfd of it, so that an event loop
 * does not go round for nothing. */
void waiter_quiet(struct waiter *waiter);

/*
 * Waker: claim the right to wake; true: it was ARMED, so call waiter_signal.
 * Two steps, so that the waker can put its books in order between them.
 */
bool waiter_wake(struct waiter *waiter);
void waiter_signal(struct waiter *waiter);

/* Any thread: it is armed now. */
bool waiter_armed(struct waiter *waiter);

/*
 * Owner: sleep until woken, @milliseconds at most (0: no limit).  False: the
 * time is over, and it is still armed.  May return early.
 */
bool waiter_sleep(struct waiter *waiter, uint32_t milliseconds);

#endif

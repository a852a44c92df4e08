/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * waiter.c - one sleeper: a thread in a futex, or an event loop with an
 * eventfd; see waiter.h
 *
 * Ordering (C11): W1, all changes of the word; W2, all looks at it; waiter.h
 * says what they order.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "waiter.h"

#ifndef WAITER_W1		/* the mutation test overrides these */
#define WAITER_W1 memory_order_acq_rel
#endif
#ifndef WAITER_W2
#define WAITER_W2 memory_order_acquire
#endif

enum { AWAKE = 0, ARMED = 1 };

int
waiter_init(struct waiter *waiter, bool nonblock)
{
	atomic_init(&waiter->word, AWAKE);
	waiter->fd = -1;
	if (!nonblock)
		return 0;
	waiter->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return waiter->fd < 0 ? -errno : 0;
}

void
waiter_destroy(struct waiter *waiter)
{
	if (waiter->fd >= 0)
		close(waiter->fd);
}

void
waiter_quiet(struct waiter *waiter)
{
	uint64_t count;

	if (waiter->fd >= 0)
		(void)!read(waiter->fd, &count, sizeof count);	/* or empty */
}

void
waiter_arm(struct waiter *waiter)
{
	waiter_quiet(waiter);
	atomic_exchange_explicit(&waiter->word, ARMED, WAITER_W1);
}

bool
waiter_disarm(struct waiter *waiter)
{
	return atomic_exchange_explicit(&waiter->word, AWAKE, WAITER_W1) ==
	    AWAKE;
}

bool
waiter_wake(struct waiter *waiter)
{
	return atomic_exchange_explicit(&waiter->word, AWAKE, WAITER_W1) ==
	    ARMED;
}

void
waiter_signal(struct waiter *waiter)
{
	uint64_t one = 1;

	if (waiter->fd < 0)
		syscall(SYS_futex, &waiter->word, FUTEX_WAKE_PRIVATE, 1, NULL,
		    NULL, 0);
	else
		(void)!write(waiter->fd, &one, sizeof one);
}

bool
waiter_armed(struct waiter *waiter)
{
	return atomic_load_explicit(&waiter->word, WAITER_W2) == ARMED;
}

bool
waiter_sleep(struct waiter *waiter, uint32_t milliseconds)
{
	struct timespec limit = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L
	};

	while (waiter_armed(waiter)) {
		if (syscall(SYS_futex, &waiter->word, FUTEX_WAIT_PRIVATE,
		    ARMED, milliseconds ? &limit : NULL, NULL, 0) < 0 &&
		    errno == ETIMEDOUT)
			return !waiter_armed(waiter);
	}
	return true;
}

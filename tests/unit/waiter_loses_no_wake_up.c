/* SPDX-License-Identifier: BSD-3-Clause */
/* One sleeper, in a futex or at an eventfd: woken by the first who comes after
 * it armed, by nobody else, and never left asleep. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "suite.h"

#include "lib/waiter.h"

static bool
readable(const struct waiter *waiter)
{
	struct pollfd fd = { .fd = waiter->fd, .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

/* _i: with a futex, with an eventfd. */
START_TEST(one_waker_has_the_right)
{
	struct waiter waiter;

	ck_assert_int_eq(waiter_init(&waiter, _i == 1), 0);
	ck_assert_int_eq(waiter.fd >= 0, _i == 1);
	ck_assert(!waiter_armed(&waiter));
	ck_assert(!waiter_wake(&waiter));	/* nobody sleeps */
	waiter_arm(&waiter);
	ck_assert(waiter_armed(&waiter));
	ck_assert(waiter_wake(&waiter));
	ck_assert(!waiter_wake(&waiter));
	ck_assert(!waiter_armed(&waiter));
	ck_assert(waiter_sleep(&waiter, 0));	/* returns at once */
	waiter_arm(&waiter);
	ck_assert(!waiter_disarm(&waiter));	/* it was the owner itself */
	waiter_arm(&waiter);
	ck_assert(waiter_wake(&waiter));
	ck_assert(waiter_disarm(&waiter));	/* a waker was quicker */
	waiter_destroy(&waiter);
}
END_TEST

START_TEST(the_eventfd_says_what_the_word_says)
{
	struct waiter waiter;

	ck_assert_int_eq(waiter_init(&waiter, true), 0);
	ck_assert(!readable(&waiter));
	waiter_arm(&waiter);
	ck_assert(!readable(&waiter));
	ck_assert(waiter_wake(&waiter));
	waiter_signal(&waiter);
	ck_assert(readable(&waiter));
	ck_assert(readable(&waiter));		/* until it is armed again */
	waiter_arm(&waiter);
	ck_assert(!readable(&waiter));
	waiter_destroy(&waiter);
}
END_TEST

/* An event loop that looks at the level must not be called again and again
 * for a wake-up that is over. */
START_TEST(a_wake_up_ends)
{
	struct waiter waiter;

	ck_assert_int_eq(waiter_init(&waiter, true), 0);
	waiter_arm(&waiter);
	ck_assert(waiter_wake(&waiter));
	waiter_signal(&waiter);
	ck_assert(waiter_disarm(&waiter));
	ck_assert(readable(&waiter));
	waiter_quiet(&waiter);
	ck_assert(!readable(&waiter));
	waiter_destroy(&waiter);
}
END_TEST

START_TEST(a_limit_ends_the_sleep)
{
	struct waiter waiter;

	ck_assert_int_eq(waiter_init(&waiter, false), 0);
	waiter_arm(&waiter);
	ck_assert(!waiter_sleep(&waiter, 5));
	ck_assert(waiter_armed(&waiter));
	ck_assert(waiter_wake(&waiter));
	ck_assert(waiter_sleep(&waiter, 5));
}
END_TEST

enum { ROUNDS = 20000 };
static struct waiter side[2];
static _Atomic int turn;

/* Wait for one's turn, as the library waits: arm, look, sleep. */
static void
await_turn(int number)
{
	struct waiter *mine = &side[number];

	for (;;) {
		waiter_arm(mine);
		if (atomic_load_explicit(&turn, memory_order_relaxed) ==
		    number)
			break;
		if (mine->fd >= 0) {
			struct pollfd fd = { .fd = mine->fd,
			    .events = POLLIN };

			poll(&fd, 1, -1);
		} else {
			waiter_sleep(mine, 0);
		}
	}
	waiter_disarm(mine);
}

static void *
player(void *arg)
{
	int number = (int)(intptr_t)arg, k;

	for (k = 0; k < ROUNDS; k++) {
		await_turn(number);
		atomic_store_explicit(&turn, 1 - number,
		    memory_order_relaxed);
		if (waiter_wake(&side[1 - number]))
			waiter_signal(&side[1 - number]);
	}
	return NULL;
}

START_TEST(two_wake_each_other_for_ever)
{
	pthread_t thread;

	ck_assert_int_eq(waiter_init(&side[0], _i & 1), 0);
	ck_assert_int_eq(waiter_init(&side[1], _i & 2), 0);
	pthread_create(&thread, NULL, player, (void *)1);
	player(NULL);
	pthread_join(thread, NULL);
	waiter_destroy(&side[0]);
	waiter_destroy(&side[1]);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, one_waker_has_the_right, 0, 2);
	tcase_add_test(tests, the_eventfd_says_what_the_word_says);
	tcase_add_test(tests, a_wake_up_ends);
	tcase_add_test(tests, a_limit_ends_the_sleep);
	tcase_add_loop_test(tests, two_wake_each_other_for_ever, 0, 4);
}
SUITE(waiter, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/* Who gives memory back learns whether somebody waits for it, and no one who
 * waits is missed. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "suite.h"

#include "lib/pool.h"

enum { LARGEST = 32 * 4096, ROUNDS = 20000, SECONDS = 10 };

static struct pool *pool;

START_TEST(as_many_as_are_parked)
{
	uint32_t block;

	ck_assert_int_eq(pool_new(LARGEST, LARGEST, &pool), 0);
	ck_assert(!pool_flush(pool));
	ck_assert(pool_take(pool, LARGEST, &block));
	ck_assert(!pool_give(pool, block));
	ck_assert(pool_take(pool, LARGEST, &block));
	pool_park(pool);
	pool_park(pool);
	ck_assert(pool_flush(pool));
	ck_assert(pool_give(pool, block));
	pool_unpark(pool);
	ck_assert(pool_flush(pool));
	pool_unpark(pool);
	ck_assert(!pool_flush(pool));
	pool_free(pool);
}
END_TEST

static _Atomic int wakes;	/* owed to the one who waits */
static uint32_t only;		/* the only block */

/* Take the only block ROUNDS times, or as often as a busy machine lets us,
 * sleeping as the library does: be counted, look a last time, wait for a giver
 * who has seen it. */
static void *
waiter(void *arg)
{
	const time_t end = time(NULL) + SECONDS;
	_Atomic int *turn = arg;
	int k;

	for (k = 0; k < ROUNDS && time(NULL) < end; k++) {
		while (!pool_take(pool, LARGEST, &only)) {
			pool_park(pool);
			if (pool_take(pool, LARGEST, &only)) {
				pool_unpark(pool);
				break;
			}
			while (atomic_load(&wakes) == 0)
				sched_yield();
			atomic_store(&wakes, 0);
			pool_unpark(pool);
		}
		atomic_store(turn, 1);		/* it is the giver's */
		while (k % 2 && atomic_load(turn) == 1)
			sched_yield();
	}
	while (atomic_load(turn) == 1)
		sched_yield();
	atomic_store(turn, 2);			/* it is over */
	return NULL;
}

START_TEST(none_is_missed)
{
	static _Atomic int turn;
	pthread_t thread;

	ck_assert_int_eq(pool_new(LARGEST, LARGEST, &pool), 0);
	pthread_create(&thread, NULL, waiter, &turn);
	for (;;) {
		while (atomic_load(&turn) == 0)
			sched_yield();
		if (atomic_load(&turn) == 2)
			break;
		atomic_store(&turn, 0);
		if (pool_give(pool, only))
			atomic_store(&wakes, 1);
	}
	pthread_join(thread, NULL);
	ck_assert_uint_eq(pool_used(pool), 0);
	pool_free(pool);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, as_many_as_are_parked);
	tcase_add_test(tests, none_is_missed);
}
SUITE(pool, cases)

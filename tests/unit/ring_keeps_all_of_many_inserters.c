/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many inserters and one drainer at the same time: each packet comes out once,
 * in order, whole, and of two inserters that bring the same one is refused.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "suite.h"

#include "lib/ring.h"

enum { INSERTERS = 4, PACKETS = 40000, WINDOW = 16 };

static struct ring *ring;
static struct {
	uint32_t k, not_k;	/* plain memory, which the ring hands over */
} store[INSERTERS * PACKETS];
static const uint64_t first = UINT32_MAX - PACKETS / 2;
static _Atomic uint32_t refused;
static bool twice;		/* each packet is brought by two */

/* Packet k is inserter k % INSERTERS', and if twice its neighbour's too. */
static bool
is_mine(int number, uint64_t k)
{
	int owner = (int)(k % INSERTERS);

	return owner == number || (twice && (owner + 1) % INSERTERS == number);
}

static void *
inserter(void *arg)
{
	int number = (int)(intptr_t)arg, r;
	uint32_t handle;
	uint64_t k;

	for (k = 0; k < PACKETS; k++) {
		if (!is_mine(number, k))
			continue;
		handle = (uint32_t)number * PACKETS + (uint32_t)k;
		store[handle].k = (uint32_t)k;
		store[handle].not_k = ~(uint32_t)k;
		while ((r = ring_insert(ring, first + k, handle)) == -EAGAIN)
			sched_yield();
		if (r == -EALREADY)
			atomic_fetch_add(&refused, 1);
	}
	return NULL;
}

START_TEST(each_once_in_order_and_whole)
{
	pthread_t thread[INSERTERS];
	uint32_t k, handle;
	int n;

	twice = _i == 1;
	ring = ring_new(WINDOW, first);
	for (n = 0; n < INSERTERS; n++)
		pthread_create(&thread[n], NULL, inserter,
		    (void *)(intptr_t)n);
	for (k = 0; k < PACKETS; k++) {
		while (!ring_peek(ring, 0, &handle))
			sched_yield();
		ck_assert_uint_eq(store[handle].k, k);
		ck_assert_uint_eq(store[handle].not_k, ~k);
		store[handle].k = ~k;
		ring_advance(ring, 1);
	}
	for (n = 0; n < INSERTERS; n++)
		pthread_join(thread[n], NULL);
	ck_assert(!ring_peek(ring, 0, &handle));
	ck_assert_uint_eq(ring_next(ring), first + PACKETS);
	ck_assert_uint_eq(refused, twice ? PACKETS : 0);
	ring_free(ring);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, each_once_in_order_and_whole, 0, 2);
}
SUITE(ring, cases)

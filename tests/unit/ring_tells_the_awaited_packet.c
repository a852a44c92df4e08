/* SPDX-License-Identifier: BSD-3-Clause */
/* Only the packet that is waited for says so, once, and none is missed. */
#include <errno.h>

#include "suite.h"

#include "lib/ring.h"

static bool
insert(struct ring *ring, uint64_t idx)
{
	ck_assert_int_eq(ring_claim(ring, idx), 0);
	return ring_publish(ring, idx);
}

START_TEST(only_the_awaited_one)
{
	struct ring *ring = ring_new(4, UINT32_MAX - 2);
	uint64_t next = UINT32_MAX - 2;
	int lap;

	for (lap = 0; lap < 4; lap++, next += 4) {
		ck_assert(!ring_wait(ring));
		ck_assert(!ring_ready(ring));
		ck_assert(!insert(ring, next + 2));
		ck_assert(!insert(ring, next + 1));
		ck_assert(!ring_ready(ring));
		ck_assert(insert(ring, next));
		ck_assert(ring_ready(ring));
		ring_advance(ring);
		ring_advance(ring);
		ck_assert(!insert(ring, next + 3));	/* no mark is left */
		ring_advance(ring);
		ring_advance(ring);
	}
	ring_free(ring);
}
END_TEST

START_TEST(a_mark_that_comes_late_says_so)
{
	struct ring *ring = ring_new(4, 0);

	ck_assert(!insert(ring, 0));
	ck_assert(ring_wait(ring));
	ck_assert_ptr_nonnull(ring_peek(ring, 0));
	ring_advance(ring);
	ck_assert(!ring_wait(ring));
	ck_assert(insert(ring, 1));
	ring_free(ring);
}
END_TEST

START_TEST(the_mark_outlives_a_claim_given_back)
{
	struct ring *ring = ring_new(4, 0);

	ck_assert_int_eq(ring_claim(ring, 0), 0);
	ck_assert(!ring_wait(ring));
	ring_unclaim(ring, 0);
	ck_assert_ptr_null(ring_peek(ring, 0));
	ck_assert(insert(ring, 0));
	ring_free(ring);
}
END_TEST

START_TEST(two_marks_are_one)
{
	struct ring *ring = ring_new(2, 0);

	ck_assert(!ring_wait(ring));
	ck_assert(!ring_wait(ring));
	ck_assert(insert(ring, 0));
	ck_assert(!insert(ring, 1));
	ring_advance(ring);
	ring_advance(ring);
	ck_assert(!insert(ring, 2));
	ring_free(ring);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, only_the_awaited_one);
	tcase_add_test(tests, a_mark_that_comes_late_says_so);
	tcase_add_test(tests, the_mark_outlives_a_claim_given_back);
	tcase_add_test(tests, two_marks_are_one);
}
SUITE(ring, cases)

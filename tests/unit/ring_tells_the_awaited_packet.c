/* SPDX-License-Identifier: BSD-3-Clause */
/* Only the packet that is waited for says so, once, and none is missed. */
#include <errno.h>

#include "suite.h"

#include "lib/ring.h"

/* It goes in; is it the one that is waited for? */
static bool
insert(struct ring *ring, uint64_t idx)
{
	int r = ring_insert(ring, idx, (uint32_t)idx);

	ck_assert_int_ge(r, 0);
	return r;
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
		ring_advance(ring, 2);
		ck_assert(!insert(ring, next + 3));	/* no mark is left */
		ring_advance(ring, 2);
	}
	ring_free(ring);
}
END_TEST

START_TEST(a_mark_that_comes_late_says_so)
{
	struct ring *ring = ring_new(4, 0);
	uint32_t handle;

	ck_assert(!insert(ring, 0));
	ck_assert(ring_wait(ring));
	ck_assert(ring_peek(ring, 0, &handle));
	ck_assert_uint_eq(handle, 0);
	ring_advance(ring, 1);
	ck_assert(!insert(ring, 4));	/* and leaves no mark in the slot */
	ck_assert(!ring_wait(ring));
	ck_assert(insert(ring, 1));
	ring_free(ring);
}
END_TEST

START_TEST(two_marks_are_one)
{
	struct ring *ring = ring_new(4, 0);

	ck_assert(!ring_wait(ring));
	ck_assert(!ring_wait(ring));
	ck_assert(insert(ring, 0));
	ck_assert(!insert(ring, 1));
	ring_advance(ring, 2);
	ck_assert(!insert(ring, 4));
	ring_free(ring);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, only_the_awaited_one);
	tcase_add_test(tests, a_mark_that_comes_late_says_so);
	tcase_add_test(tests, two_marks_are_one);
}
SUITE(ring, cases)

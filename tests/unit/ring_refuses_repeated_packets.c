/* SPDX-License-Identifier: BSD-3-Clause */
/* A packet that came before is refused at every stage of its way. */
#include <errno.h>

#include "suite.h"

#include "lib/ring.h"

static const uint64_t first[] = { 0, UINT32_MAX - 1, (uint64_t)1 << 32 };

static void
refused(struct ring *ring, uint64_t idx)
{
	ck_assert_int_eq(ring_check(ring, idx), -EALREADY);
	ck_assert_int_eq(ring_insert(ring, idx, 7), -EALREADY);
}

START_TEST(while_it_is_queued_and_drained)
{
	uint64_t from = first[_i], idx;
	struct ring *ring = ring_new(4, from);
	uint32_t handle;

	for (idx = from; idx < from + 9; idx++) {
		ck_assert_int_eq(ring_insert(ring, idx, 5), 0);
		refused(ring, idx);
		ck_assert(ring_peek(ring, 0, &handle));
		ck_assert_uint_eq(handle, 5);
		ring_advance(ring, 1);
		refused(ring, idx);
		if (idx >= from + 4)
			refused(ring, idx - 4);	/* of the lap before */
	}
	ring_free(ring);
}
END_TEST

START_TEST(while_it_is_waited_for)
{
	struct ring *ring = ring_new(4, first[_i]);
	uint64_t idx = first[_i];

	ck_assert(!ring_wait(ring));
	ck_assert_int_eq(ring_check(ring, idx), 0);
	ck_assert_int_eq(ring_insert(ring, idx, 5), 1);
	refused(ring, idx);
	ck_assert(ring_wait(ring));
	refused(ring, idx);
	ring_free(ring);
}
END_TEST

/* Two are told that there is room: the first insert is the one that counts. */
START_TEST(of_two_that_asked_the_second)
{
	struct ring *ring = ring_new(4, first[_i]);
	uint64_t idx = first[_i] + 2;
	uint32_t handle;

	ck_assert_int_eq(ring_check(ring, idx), 0);
	ck_assert_int_eq(ring_check(ring, idx), 0);
	ck_assert_int_eq(ring_insert(ring, idx, 1), 0);
	refused(ring, idx);
	ck_assert(ring_peek(ring, 2, &handle));
	ck_assert_uint_eq(handle, 1);
	ring_free(ring);
}
END_TEST

static void
cases(TCase *tests)
{
	int n = (int)COUNT_OF(first);

	tcase_add_loop_test(tests, while_it_is_queued_and_drained, 0, n);
	tcase_add_loop_test(tests, while_it_is_waited_for, 0, n);
	tcase_add_loop_test(tests, of_two_that_asked_the_second, 0, n);
}
SUITE(ring, cases)

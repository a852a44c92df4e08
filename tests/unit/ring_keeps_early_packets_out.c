/* SPDX-License-Identifier: BSD-3-Clause */
/* A packet beyond the window waits, and the window is exactly the ring. */
#include <errno.h>

#include "suite.h"

#include "lib/ring.h"

/* For every size, every idx near the window is judged as arithmetic says. */
START_TEST(every_size_has_its_window)
{
	static const uint64_t first[] = { 0, UINT32_MAX - 9 };
	uint32_t size = RING_LEAST << _i;
	uint64_t from = first[_i % 2], idx, next;
	struct ring *ring = ring_new(size, from);
	uint32_t handle;
	int lap;

	ck_assert_uint_eq(ring_size(ring), size);
	for (lap = 0; lap < 3; lap++) {
		next = ring_next(ring);
		for (idx = from; idx < next + 3 * size; idx++)
			ck_assert_int_eq(ring_check(ring, idx),
			    idx < next ? -EALREADY :
			    idx < next + size ? 0 : -EAGAIN);
		ck_assert_int_eq(ring_insert(ring, next + size, 1), -EAGAIN);
		ck_assert_int_eq(ring_insert(ring, next, 2), 0);
		ck_assert_int_eq(ring_insert(ring, next + size, 3), -EAGAIN);
		ck_assert(ring_peek(ring, 0, &handle));
		ck_assert_uint_eq(handle, 2);
		ring_advance(ring, 1);
		ck_assert_int_eq(ring_check(ring, next + size), 0);
	}
	ring_free(ring);
}
END_TEST

START_TEST(the_largest_idx_is_early_and_nothing_more)
{
	struct ring *ring = ring_new(1024, 0);
	uint32_t handle;

	ck_assert_int_eq(ring_insert(ring, UINT32_MAX - 1, 1), -EAGAIN);
	ck_assert_int_eq(ring_check(ring, UINT32_MAX - 1), -EAGAIN);
	ck_assert(!ring_peek(ring, 0, &handle));
	ck_assert_uint_eq(ring_next(ring), 0);
	ring_free(ring);
}
END_TEST

START_TEST(sizes_that_are_none_are_refused)
{
	ck_assert_ptr_null(ring_new(0, 0));
	ck_assert_ptr_null(ring_new(1, 0));
	ck_assert_ptr_null(ring_new(2, 0));
	ck_assert_ptr_null(ring_new(3, 0));
	ck_assert_ptr_null(ring_new(1000, 0));
	ring_free(NULL);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, every_size_has_its_window, 0, 7);
	tcase_add_test(tests, the_largest_idx_is_early_and_nothing_more);
	tcase_add_test(tests, sizes_that_are_none_are_refused);
}
SUITE(ring, cases)

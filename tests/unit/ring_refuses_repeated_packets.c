/* SPDX-License-Identifier: BSD-3-Clause */
/* A packet that came before is refused at every stage of its way. */
#include <errno.h>

#include "suite.h"

#include "lib/ring.h"

static const uint64_t first[] = { 0, UINT32_MAX - 1, (uint64_t)1 << 33 };

static void
refused(struct ring *ring, uint64_t idx)
{
	ck_assert_int_eq(ring_check(ring, idx), -EALREADY);
	ck_assert_int_eq(ring_claim(ring, idx), -EALREADY);
}

START_TEST(while_it_is_claimed_queued_and_drained)
{
	uint64_t from = first[_i], idx;
	struct ring *ring = ring_new(4, from);

	for (idx = from; idx < from + 9; idx++) {
		ck_assert_int_eq(ring_claim(ring, idx), 0);
		refused(ring, idx);
		ring_publish(ring, idx);
		refused(ring, idx);
		ring_advance(ring);
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
	ck_assert_int_eq(ring_claim(ring, idx), 0);
	refused(ring, idx);
	ck_assert(!ring_wait(ring));
	refused(ring, idx);
	ring_publish(ring, idx);
	refused(ring, idx);
	ck_assert(ring_wait(ring));
	refused(ring, idx);
	ring_free(ring);
}
END_TEST

START_TEST(but_not_after_its_claim_was_given_back)
{
	struct ring *ring = ring_new(4, first[_i]);
	uint64_t idx = first[_i] + 2;
	int k;

	for (k = 0; k < 3; k++) {
		ck_assert_int_eq(ring_claim(ring, idx), 0);
		ring_unclaim(ring, idx);
		ck_assert_ptr_null(ring_peek(ring, 2));
		ck_assert_int_eq(ring_check(ring, idx), 0);
	}
	ck_assert_int_eq(ring_claim(ring, idx), 0);
	ring_publish(ring, idx);
	ck_assert_ptr_nonnull(ring_peek(ring, 2));
	ring_free(ring);
}
END_TEST

static void
cases(TCase *tests)
{
	int n = (int)COUNT_OF(first);

	tcase_add_loop_test(tests, while_it_is_claimed_queued_and_drained, 0,
	    n);
	tcase_add_loop_test(tests, while_it_is_waited_for, 0, n);
	tcase_add_loop_test(tests, but_not_after_its_claim_was_given_back, 0,
	    n);
}
SUITE(ring, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/* R2, R3: memory is for what a device needs first: a packet far ahead waits
 * though there is room, until the budget could hold all before it; who is
 * needed first goes on first; and when everybody waits, nobody is held back. */
#include <errno.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = PACKET_ROOM, SPANS = 4 };

/* The awaited one has room of its own, so SPANS more are the farthest. */
START_TEST(one_too_far_ahead_waits_beside_free_memory)
{
	struct dest dest;
	uint32_t k;

	dest_open_nonblock(&dest, 1, SPANS, 3);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, SPANS, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, SPANS + 1, SIZE), -EAGAIN);
	ck_assert_uint_eq(dest_stats(&dest).memory, SIZE);
	/* Those that it would have stood in the way of all find memory. */
	for (k = SPANS - 1; k + 1 > 0; k--)
		ck_assert_int_eq(dest_submit(&dest, 2, 0, k, SIZE), 0);
	ck_assert_uint_eq(dest_stats(&dest).memory, (SPANS + 1) * SIZE);
	ck_assert(!dest_told(&dest, 1));
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert(dest_told(&dest, 1));
	ck_assert_int_eq(dest_submit(&dest, 1, 0, SPANS + 1, SIZE), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, SPANS + 2), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, (SPANS + 2) * SIZE);
	dest_close(&dest);
}
END_TEST

/* Small packets of as much: distance counts in memory, not in packets. */
START_TEST(small_packets_may_be_farther)
{
	struct dest dest;

	dest_open_nonblock(&dest, 1, SPANS, 2);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 4 * SPANS, SIZE / 4), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 4 * SPANS + 1, SIZE / 4),
	    -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 4 * SPANS + 2, 0), 0);
	dest_close(&dest);
}
END_TEST

/* Those that came have their memory, however little it is. */
START_TEST(what_came_needs_no_more)
{
	struct dest dest;
	uint64_t at = 0;
	uint32_t k;

	dest_open_nonblock(&dest, 1, SPANS, 2);
	for (k = 1; k < 20; k++)
		ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0],
		    dest.device[0], packet_data(0, k, at += 8, 8),
		    VFIOMIG_PACKET_HEADER + 8), 0);
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0],
	    dest.device[0], packet_data(0, k, at + 8, SIZE),
	    VFIOMIG_PACKET_HEADER + SIZE), 0);
	/* The farthest one: its memory is left, and for two before it. */
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0],
	    dest.device[0], packet_data(0, k + 3, 0, SIZE),
	    VFIOMIG_PACKET_HEADER + SIZE), -EAGAIN);
	dest_close(&dest);
}
END_TEST

/*
 * One channel may go on when the drain waits: that of the nearer packet, and
 * not the one that was there first.
 */
START_TEST(the_nearest_goes_on_first)
{
	struct dest dest;
	uint32_t k;

	dest_open_nonblock(&dest, 1, SPANS, 3);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, SPANS + 2, SIZE), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, SPANS + 1, SIZE), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 0, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert(dest_told(&dest, 1));
	ck_assert(!dest_told(&dest, 0));
	ck_assert_int_eq(dest_submit(&dest, 1, 0, SPANS + 1, SIZE), 0);
	for (k = SPANS; k > 0; k--)
		ck_assert_int_eq(dest_submit(&dest, 2, 0, k, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert(dest_told(&dest, 0));
	dest_close(&dest);
}
END_TEST

/*
 * A's next packet is behind a far one of B, and the other way round, with
 * memory for both of these: nobody can be waited for, so they are let on.
 */
START_TEST(who_holds_up_everybody_is_let_on)
{
	struct dest dest;
	int k;

	dest_open_nonblock(&dest, 2, SPANS, 2);
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[k]),
		    -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, SPANS + 1, SIZE), -EAGAIN);
	ck_assert(!dest_told(&dest, 0));
	ck_assert_int_eq(dest_submit(&dest, 1, 0, SPANS + 1, SIZE), -EAGAIN);
	for (k = 0; k < 2; k++) {
		ck_assert(dest_told(&dest, k));
		ck_assert_int_eq(dest_submit(&dest, k, 1 - k, SPANS + 1,
		    SIZE), 0);
	}
	for (k = 0; k < 2; k++) {
		uint32_t idx;

		for (idx = 0; idx <= SPANS; idx++) {
			ck_assert_int_eq(dest_submit(&dest, k, k, idx, SIZE),
			    0);
			ck_assert_int_eq(vfiomig_buffer_drain(
			    dest.device[k]), -EAGAIN);
		}
		ck_assert_int_eq(dest_submit_config(&dest, k, k, SPANS + 2),
		    0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[k]), 0);
		dest_expect_whole(&dest, k, (SPANS + 2) * SIZE);
	}
	dest_close(&dest);
}
END_TEST

/* The same, and not even then is there a way on: the call that finds out
 * says so, and the call of who was let on. */
START_TEST(letting_on_may_not_be_enough)
{
	struct dest dest;
	uint32_t far = SPANS + 1;
	int k;

	dest_open_nonblock(&dest, 2, SPANS, 2);
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[k]),
		    -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, far, SIZE), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, far, SIZE), -EAGAIN);
	for (k = 0; k < SPANS; k++)
		ck_assert_int_eq(dest_submit(&dest, 0, 1, far + (uint32_t)k,
		    SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, far + SPANS, SIZE),
	    -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, far, SIZE), -ENOBUFS);
	dest_expect_failure(&dest, -ENOBUFS, "deadlock|dev0 idx 0|dev1 idx 0|"
	    "1: dev0 idx 5|0: dev1 idx 9");
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, one_too_far_ahead_waits_beside_free_memory);
	tcase_add_test(tests, small_packets_may_be_farther);
	tcase_add_test(tests, what_came_needs_no_more);
	tcase_add_test(tests, the_nearest_goes_on_first);
	tcase_add_test(tests, who_holds_up_everybody_is_let_on);
	tcase_add_test(tests, letting_on_may_not_be_enough);
}
SUITE(nearest, cases)

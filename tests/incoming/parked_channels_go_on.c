/* SPDX-License-Identifier: BSD-3-Clause */
/* R1 to R3: the awaited packet is always let in, others as far as there is
 * room, and who was parked is let on when there is room again. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = PACKET_ROOM };		/* a whole span */

/* Two devices, @spans of budget beyond what is set aside, four channels. */
static void
open_four(struct dest *dest, int spans, uint32_t window, uint32_t flags)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 4,
	    .window = window,
	    .budget = (uint64_t)(2 + spans) * PACKET_ROOM);
	int k;

	record_start();
	dest_open(dest, 2, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	for (k = 0; k < 4; k++)
		dest_channel(dest, k, -1, flags);
}

/* R1: whatever the others hold, each device's awaited packet gets in. */
START_TEST(the_awaited_packet_is_always_let_in)
{
	struct dest dest;
	uint32_t k;

	open_four(&dest, 1, 0, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 2, SIZE), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 1, SIZE), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 0, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 3, 1, 0, SIZE), 0);
	ck_assert_uint_eq(dest_stats(&dest).memory, 3 * PACKET_ROOM);
	ck_assert_uint_eq(dest_stats(&dest).channels_parked, 2);
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[k]),
		    -EAGAIN);
	ck_assert_uint_eq(record[0].loaded, 2 * SIZE);
	ck_assert_uint_eq(record[1].loaded, SIZE);
	ck_assert(dest_told(&dest, 0));
	ck_assert(dest_told(&dest, 1));
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 2, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 1, SIZE), 0);
	ck_assert_uint_eq(dest_stats(&dest).channels_parked, 0);
	ck_assert_uint_eq(dest_stats(&dest).memory_max, 3 * PACKET_ROOM);
	dest_close(&dest);
}
END_TEST

/* R2, R3: beyond the window; the channel is told when the window has moved
 * that far, not before. */
START_TEST(the_window_moves)
{
	struct dest dest;
	uint32_t k;

	open_four(&dest, 8, 4, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 3, 10), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 5, 10), -EAGAIN);
	ck_assert_uint_eq(channel_stats(dest.channel[0]).parked, 1);
	for (k = 0; k < 2; k++) {
		ck_assert(!dest_told(&dest, 0));
		ck_assert_int_eq(dest_submit(&dest, 1, 0, k, 10), 0);
		ck_assert(!dest_told(&dest, 0));
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EAGAIN);
	}
	ck_assert(dest_told(&dest, 0));
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 5, 10), 0);
	ck_assert(!dest_told(&dest, 0));	/* that wake-up is over */
	dest_close(&dest);
}
END_TEST

/* R3: a parked packet that becomes the awaited one goes in at once, without
 * any memory given back. */
START_TEST(a_parked_packet_becomes_the_awaited_one)
{
	struct dest dest;

	open_four(&dest, 1, 0, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, 1, SIZE), 0);	/* all of it */
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 1, SIZE), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 0, 0), 0);
	ck_assert(!dest_told(&dest, 1));
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert(dest_told(&dest, 1));
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 1, SIZE), 0);
	dest_close(&dest);
}
END_TEST

/* A channel that is parked and closed instead takes nothing along. */
START_TEST(a_parked_channel_may_be_closed)
{
	struct dest dest;

	open_four(&dest, 1, 0, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 2, SIZE), -EAGAIN);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[1]), 0);
	ck_assert_uint_eq(dest_stats(&dest).channels_parked, 0);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 0, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 3, 0, 2, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit_config(&dest, 3, 0, 3), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 3 * SIZE);
	dest_close(&dest);
}
END_TEST

/* A reservation that is abandoned makes room like a load. */
START_TEST(an_abandoned_reservation_lets_others_on)
{
	struct dest dest;
	void *data;

	open_four(&dest, 1, 0, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
	    dest.device[0], packet_header(0, 1, 0), SIZE, &data), 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 1, SIZE), -EAGAIN);
	ck_assert(!dest_told(&dest, 1));
	if (_i == 0)
		ck_assert_int_eq(vfiomig_packet_abandon(dest.channel[0]), 0);
	else
		ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);
	ck_assert_uint_eq(dest_stats(&dest).memory, 0);
	ck_assert(dest_told(&dest, 1));
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 1, SIZE), 0);
	dest_close(&dest);
}
END_TEST

/* The blocking form sleeps until there is room. */
struct bring {
	struct dest *dest;
	int channel;
	uint32_t idx, size;
};

static int
bring(void *arg)
{
	struct bring *b = arg;

	return dest_submit(b->dest, b->channel, 0, b->idx, b->size);
}

START_TEST(a_blocking_channel_sleeps_until_then)
{
	struct bring b = { .channel = 1, .idx = _i ? 4 : 2,
	    .size = _i ? 10 : SIZE };
	struct thread thread;
	struct dest dest;
	uint32_t k;

	open_four(&dest, _i ? 8 : 1, _i ? 4 : 0, 0);
	b.dest = &dest;
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, b.size), 0);
	thread_start(&thread, bring, &b);
	AWAIT(dest_stats(&dest).channels_parked == 1);
	ck_assert_int_eq(thread.done, 0);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 0, b.size), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(thread_join(&thread), 0);
	ck_assert_uint_gt(channel_stats(dest.channel[1]).parked_ns, 0);
	for (k = 2; k <= b.idx; k++)
		if (k != b.idx)
			ck_assert_int_eq(dest_submit(&dest, 0, 0, k, b.size),
			    0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, k), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, (uint64_t)k * b.size);
	dest_close(&dest);
}
END_TEST

/* Windows of every size, the least is 4, filled to the last slot and emptied. */
START_TEST(windows_are_filled_to_the_last_slot)
{
	uint32_t asked = (uint32_t)_i, window = 4, k, n;
	struct dest dest;

	while (window < asked)
		window *= 2;
	open_four(&dest, 4, asked, VFIOMIG_CHANNEL_NONBLOCK);
	for (n = 0; n < 3 * window; n += window) {
		for (k = window; k > 0; k--)
			ck_assert_int_eq(dest_submit(&dest, 0, 0, n + k - 1,
			    8), 0);
		ck_assert_int_eq(dest_submit(&dest, 0, 0, n + window, 8),
		    -EAGAIN);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EAGAIN);
		ck_assert(dest_told(&dest, 0));
	}
	ck_assert_int_eq(dest_submit(&dest, 0, 0, n, 8), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, n + 1), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 8 * (uint64_t)(n + 1));
	ck_assert_uint_eq(device_stats(dest.device[0]).reorder_depth_max,
	    window - 1);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, the_awaited_packet_is_always_let_in);
	tcase_add_test(tests, the_window_moves);
	tcase_add_test(tests, a_parked_packet_becomes_the_awaited_one);
	tcase_add_test(tests, a_parked_channel_may_be_closed);
	tcase_add_loop_test(tests, an_abandoned_reservation_lets_others_on, 0,
	    2);
	tcase_add_loop_test(tests, a_blocking_channel_sleeps_until_then, 0, 2);
	tcase_add_loop_test(tests, windows_are_filled_to_the_last_slot, 1, 10);
}
SUITE(parked, cases)

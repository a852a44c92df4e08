/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same packet may be reserved on two channels: the first commit counts,
 * the second is refused, an abandon harms nobody, and no memory is lost.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = PACKET_ROOM };		/* a whole span */

/* One device, @spans of budget, four channels. */
static void
open_one(struct dest *dest, int spans)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 4,
	    .budget = (uint64_t)spans * PACKET_ROOM);
	int k;

	record_start();
	dest_open(dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	for (k = 0; k < 4; k++)
		dest_channel(dest, k, -1, VFIOMIG_CHANNEL_NONBLOCK);
}

/* Reserve packet @idx, with its data in place; 0 bytes: the config packet. */
static void
reserve(struct dest *dest, int channel, uint32_t idx, uint32_t size)
{
	const char *packet = size != 0 ? packet_data(0, idx,
	    (uint64_t)idx * size, size) : packet_config(0, idx);
	void *data;

	size = size != 0 ? size : DEST_CONFIG;
	ck_assert_int_eq(vfiomig_packet_reserve(dest->channel[channel],
	    dest->device[0], packet, size, &data), 0);
	memcpy(data, packet + VFIOMIG_PACKET_HEADER, size);
}

static int
commit(struct dest *dest, int channel)
{
	return vfiomig_packet_commit(dest->channel[channel]);
}

/* _i: the drain has loaded it in between, or it is still queued. */
START_TEST(the_second_commit_is_refused)
{
	struct vfiomig_device_stats stats;
	struct dest dest;

	open_one(&dest, 4);
	reserve(&dest, 0, 0, SIZE);
	reserve(&dest, 1, 0, SIZE);
	ck_assert_uint_eq(dest_stats(&dest).memory, 2 * PACKET_ROOM);
	ck_assert_int_eq(commit(&dest, 1), 0);
	if (_i)
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EAGAIN);
	ck_assert_int_eq(commit(&dest, 0), CODE(vfiomig_packet_commit,
	    EPROTO));
	dest_expect_failure(&dest, -EPROTO,
	    "channel=0|dev0|idx=0|it came before");
	ck_assert_uint_eq(dest_stats(&dest).memory, _i ? 0 : PACKET_ROOM);
	stats = device_stats(dest.device[0]);
	ck_assert_uint_eq(stats.packets, 1);
	ck_assert_uint_eq(stats.bytes, SIZE);
	ck_assert_uint_eq(stats.queued_bytes, _i ? 0 : SIZE);
	ck_assert_uint_eq(stats.queued_bytes_max, SIZE);
	ck_assert_uint_eq(channel_stats(dest.channel[0]).packets, 0);
	ck_assert_uint_eq(channel_stats(dest.channel[1]).packets, 1);
	ck_assert_uint_eq(record[0].loaded, _i ? SIZE : 0);
	ck_assert_int_eq(commit(&dest, 0), -EINVAL);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EPROTO);
	dest_close(&dest);
}
END_TEST

/* A submit between the two is the first commit; a later one is refused. */
START_TEST(a_submit_is_a_commit)
{
	struct dest dest;

	open_one(&dest, 4);
	reserve(&dest, 0, 2, 100);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 2, 100), 0);
	if (_i)
		ck_assert_int_eq(commit(&dest, 0), -EPROTO);
	else
		ck_assert_int_eq(dest_submit(&dest, 2, 0, 2, 100), -EPROTO);
	dest_expect_failure(&dest, -EPROTO, _i ? "channel=0|idx=2|it came" :
	    "channel=2|idx=2|it came");
	dest_close(&dest);
}
END_TEST

/* Of the config packet, too; the device is complete, the migration is not. */
START_TEST(of_the_config_packet_as_well)
{
	struct dest dest;

	open_one(&dest, 4);
	reserve(&dest, 0, 1, 0);
	reserve(&dest, 1, 1, 0);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 0, 100), 0);
	ck_assert_int_eq(commit(&dest, 0), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	ck_assert_int_eq(commit(&dest, 1), -EPROTO);
	dest_expect_failure(&dest, -EPROTO, "channel=1|idx=1|it came before");
	ck_assert_uint_eq(dest_stats(&dest).memory, 0);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EPROTO);
	dest_close(&dest);
}
END_TEST

/* _i: abandoned by itself, or by the end of its channel. */
START_TEST(an_abandoned_repetition_harms_nobody)
{
	struct dest dest;

	open_one(&dest, 4);
	reserve(&dest, 0, 0, SIZE);
	reserve(&dest, 1, 0, SIZE);
	ck_assert_int_eq(commit(&dest, 0), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(_i ? vfiomig_channel_close(dest.channel[1]) :
	    vfiomig_packet_abandon(dest.channel[1]), 0);
	ck_assert_uint_eq(dest_stats(&dest).memory, 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 1), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, SIZE);
	dest_close(&dest);
}
END_TEST

/* Without memory the second waits for the awaited packet's room, is told when
 * that was loaded or given back, and refused or let in. */
START_TEST(without_memory_the_second_parks)
{
	struct dest dest;

	open_one(&dest, 1);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	reserve(&dest, 0, 0, SIZE);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 0, SIZE), -EAGAIN);
	ck_assert(!dest_told(&dest, 1));
	if (_i) {
		ck_assert_int_eq(commit(&dest, 0), 0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EAGAIN);
	} else {
		ck_assert_int_eq(vfiomig_packet_abandon(dest.channel[0]), 0);
	}
	ck_assert(dest_told(&dest, 1));
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 0, SIZE), _i ? -EPROTO : 0);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0),
	    _i ? -EPROTO : 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
	    _i ? -EPROTO : -EAGAIN);
	ck_assert_uint_eq(dest_stats(&dest).memory, 0);
	ck_assert_uint_eq(record[0].loaded, SIZE);
	dest_close(&dest);
}
END_TEST

/* The same, asleep in a call. */
static int
bring(void *arg)
{
	return dest_submit(arg, 1, 0, 0, SIZE);
}

START_TEST(asleep_it_is_woken_and_refused)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2,
	    .budget = PACKET_ROOM);
	struct thread thread;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, 0);
	dest_channel(&dest, 1, -1, 0);
	reserve(&dest, 0, 0, SIZE);
	thread_start(&thread, bring, &dest);
	AWAIT(dest_stats(&dest).channels_parked == 1);
	ck_assert_int_eq(commit(&dest, 0), 0);
	vfiomig_buffer_drain(dest.device[0]);
	ck_assert_int_eq(thread_join(&thread), -EPROTO);
	ck_assert_uint_eq(record[0].loaded, SIZE);
	ck_assert_uint_eq(dest_stats(&dest).memory, 0);
	dest_close(&dest);
}
END_TEST

/* A repetition may keep the block set aside beyond its packet: what the device
 * waits for then is let in when that is given back. */
START_TEST(a_repetition_in_the_block_set_aside)
{
	struct dest dest;

	open_one(&dest, 2);
	reserve(&dest, 0, 0, SIZE);		/* in the spare one */
	reserve(&dest, 1, 0, SIZE);		/* in the one set aside */
	ck_assert_int_eq(commit(&dest, 0), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 2, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 1, SIZE), -EAGAIN);
	ck_assert(!dest_told(&dest, 2));
	ck_assert_int_eq(_i ? commit(&dest, 1) :
	    vfiomig_packet_abandon(dest.channel[1]), _i ? -EPROTO : 0);
	ck_assert(dest_told(&dest, 2));
	ck_assert_uint_eq(dest_stats(&dest).memory, PACKET_ROOM);
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 1, SIZE), _i ? -EPROTO : 0);
	if (_i == 0) {
		ck_assert_int_eq(dest_submit_config(&dest, 3, 0, 3), -EAGAIN);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EAGAIN);
		ck_assert_int_eq(dest_submit_config(&dest, 3, 0, 3), 0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
		dest_expect_whole(&dest, 0, 3 * SIZE);
	}
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, the_second_commit_is_refused, 0, 2);
	tcase_add_loop_test(tests, a_submit_is_a_commit, 0, 2);
	tcase_add_test(tests, of_the_config_packet_as_well);
	tcase_add_loop_test(tests, an_abandoned_repetition_harms_nobody, 0, 2);
	tcase_add_loop_test(tests, without_memory_the_second_parks, 0, 2);
	tcase_add_test(tests, asleep_it_is_woken_and_refused);
	tcase_add_loop_test(tests, a_repetition_in_the_block_set_aside, 0, 2);
}
SUITE(commits, cases)

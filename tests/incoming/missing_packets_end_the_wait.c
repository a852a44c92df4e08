/* SPDX-License-Identifier: BSD-3-Clause */
/* Weakness 6, R5: what will never come is known when the last expected channel
 * has ended, at once and not before, and the words name it. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 900 };

/* Which of packets 0 to 3 (3: config) is missing. */
START_TEST(any_missing_packet)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 3);
	struct thread drain;
	char words[64];
	struct dest dest;
	int k;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	drain_start(&drain, dest.device[0]);
	for (k = 0; k < 3; k++)
		dest_channel(&dest, k, -1, 0);
	for (k = 0; k < 3; k++)
		if (k != _i)
			ck_assert_int_eq(dest_submit(&dest, k, 0,
			    (uint32_t)k, SIZE), 0);
	if (_i != 3)
		ck_assert_int_eq(dest_submit_config(&dest, 1, 0, 3), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[1]), 0);

	/* One is left, which might bring it. */
	AWAIT(device_stats(dest.device[0]).starved > 0 &&
	    device_stats(dest.device[0]).bytes_done ==
	    (uint64_t)_i * SIZE);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	ck_assert_int_eq(drain.done, 0);
	k = vfiomig_channel_close(dest.channel[2]);
	ck_assert_int_eq(thread_join(&drain), -EPIPE);
	ck_assert(k == -EPIPE || k == 0);	/* whoever saw it first */
	snprintf(words, sizeof words, "device=\"dev0\"|missing-idx=%d|"
	    "channels=3", _i);
	dest_expect_failure(&dest, -EPIPE, words);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EPIPE);
	dest_close(&dest);
}
END_TEST

/* Channels that were expected and never came may still come. */
START_TEST(channels_that_did_not_come_are_waited_for)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, SIZE), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	dest_channel(&dest, 1, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 0, SIZE), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 1, 0, 2), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[1]), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 2 * SIZE);
	dest_close(&dest);
}
END_TEST

/* One fd ends cleanly and too early, the others bring all the rest: the last
 * of them to end says so, whichever carrier. */
START_TEST(a_channel_that_ends_too_early)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	struct script early = { 0 }, other = { 0 };
	struct thread drain;
	struct dest dest;
	uint32_t k;

	record_start();
	dest_open(&dest, 2, &config, 0, "record");
	script_hello(&early, 0, NULL);
	script_packet(&early, 0, 0, 0, SIZE);	/* and 2 should follow */
	script_hello(&other, 1, NULL);
	for (k = 0; k < 4; k++)
		script_packet(&other, 1, k, k * SIZE, SIZE);
	script_config(&other, 1, 4);
	script_packet(&other, 0, 1, SIZE, SIZE);
	script_packet(&other, 0, 3, 3 * SIZE, SIZE);
	script_config(&other, 0, 4);
	drain_start(&drain, dest.device[0]);
	ck_assert_int_eq(dest_run(&dest, 0, &early, (enum carrier)_i), 0);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	dest_run(&dest, 1, &other, (enum carrier)_i);
	ck_assert_int_eq(thread_join(&drain), -EPIPE);
	dest_expect_failure(&dest, -EPIPE, "device=\"dev0\"|missing-idx=2");
	ck_assert_uint_eq(record[0].loaded, 2 * SIZE);
	script_free(&early);
	script_free(&other);
	dest_close(&dest);
}
END_TEST

/* The missing packet is found by a drain that comes after the ends, too. */
START_TEST(a_drain_that_comes_late)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	dest_open(&dest, 2, &config, _i ? VFIOMIG_DEVICE_NONBLOCK : 0,
	    "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, SIZE), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 1), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, 0, SIZE), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, SIZE);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), -EPIPE);
	dest_expect_failure(&dest, -EPIPE, "device=\"dev1\"|missing-idx=1");
	dest_close(&dest);
}
END_TEST

/* A peer that keeps its connections open and says nothing. */
START_TEST(a_silent_peer_is_given_up)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .stall_timeout = 100);
	struct script script = { 0 };
	struct thread drain, run;
	struct dest dest;
	int fd[2];

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	ck_assert_int_eq(pipe(fd), 0);
	script_hello(&script, 0, NULL);
	script_packet(&script, 0, 0, 0, SIZE);
	ck_assert_int_eq(write(fd[1], script.bytes, script.size),
	    (ssize_t)script.size);
	dest_channel(&dest, 0, fd[0], 0);
	run_start(&run, dest.channel[0]);
	drain_start(&drain, dest.device[0]);
	ck_assert_int_eq(thread_join(&drain), -ETIMEDOUT);
	ck_assert_int_eq(thread_join(&run), CODE(vfiomig_channel_run,
	    ETIMEDOUT));
	dest_expect_failure(&dest, -ETIMEDOUT, "silent|dev0|100");
	close(fd[0]);
	close(fd[1]);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

/* The peer is not to blame when no channel reads it: all are parked behind a
 * device that is slow. */
static _Atomic int slow_calls;

static ssize_t
slow_write(struct record *r, size_t size)
{
	(void)r;
	if (atomic_fetch_add(&slow_calls, 1) == 1)
		usleep(2000 * 1000);
	return (ssize_t)size;
}

START_TEST(a_slow_device_is_no_silent_peer)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .stall_timeout = 800, .budget = 3 * PACKET_ROOM);
	struct thread drain[2];
	struct dest dest;
	uint32_t k;

	record_start();
	record[0].write = slow_write;
	dest_open(&dest, 2, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	drain_start(&drain[0], dest.device[0]);
	drain_start(&drain[1], dest.device[1]);
	for (k = 0; k < 6; k++)
		ck_assert_int_eq(dest_submit(&dest, 0, 0, k, PACKET_ROOM), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 6), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 1, 0), 0);
	ck_assert_int_eq(thread_join(&drain[0]), 0);
	ck_assert_int_eq(thread_join(&drain[1]), 0);
	dest_expect_whole(&dest, 0, 6 * PACKET_ROOM);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, any_missing_packet, 0, 4);
	tcase_add_test(tests, channels_that_did_not_come_are_waited_for);
	tcase_add_loop_test(tests, a_channel_that_ends_too_early, 0,
	    CARRIERS);
	tcase_add_loop_test(tests, a_drain_that_comes_late, 0, 2);
	tcase_add_test(tests, a_silent_peer_is_given_up);
	tcase_add_test(tests, a_slow_device_is_no_silent_peer);
}
SUITE(missing, cases)

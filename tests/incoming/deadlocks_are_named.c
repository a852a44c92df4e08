/* SPDX-License-Identifier: BSD-3-Clause */
/* R4: an order that cannot be undone inside the budget fails at once, for
 * every thread, and the words name devices, packets and budget. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = PACKET_ROOM };

/* Channel n brings device n's packets 1 and up, and would bring the other
 * device's 0 afterwards. */
struct bring {
	struct dest *dest;
	int number;
};

static int
bring(void *arg)
{
	struct bring *b = arg;
	uint32_t idx;
	int r;

	for (idx = 1; idx < 20; idx++) {
		r = dest_submit(b->dest, b->number, b->number, idx, SIZE);
		if (r < 0)
			return r;
	}
	return 0;
}

START_TEST(in_threads)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2,
	    .budget = 6 * PACKET_ROOM);
	struct thread drain[2], channel[2];
	struct bring b[2];
	char words[128];
	struct dest dest;
	int k;

	record_start();
	dest_open(&dest, 2, &config, 0, "record");
	for (k = 0; k < 2; k++)
		drain_start(&drain[k], dest.device[k]);
	for (k = 0; k < 2; k++) {
		dest_channel(&dest, k, -1, 0);
		b[k] = (struct bring){ &dest, k };
		thread_start(&channel[k], bring, &b[k]);
	}
	for (k = 0; k < 2; k++) {
		ck_assert_int_eq(thread_join(&channel[k]), -ENOBUFS);
		ck_assert_int_eq(thread_join(&drain[k]), -ENOBUFS);
	}
	snprintf(words, sizeof words, "deadlock|dev0 idx 0|dev1 idx 0|"
	    "0: dev0 idx |1: dev1 idx |ended=0|budget=%d", 6 * PACKET_ROOM);
	dest_expect_failure(&dest, -ENOBUFS, words);
	ck_assert_uint_le(dest_stats(&dest).memory_max, 6 * PACKET_ROOM);
	ck_assert_uint_eq(record[0].loaded + record[1].loaded, 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), -ENOBUFS);
	dest_close(&dest);
}
END_TEST

/* The exact packets, and whoever is the last to wait is told first. */
START_TEST(whoever_is_last_to_wait)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2,
	    .window = 4, .budget = 4 * PACKET_ROOM);
	struct dest dest;
	int step, r = 0;

	record_start();
	dest_open(&dest, 2, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, VFIOMIG_CHANNEL_NONBLOCK);
	dest_channel(&dest, 1, -1, VFIOMIG_CHANNEL_NONBLOCK);
	for (step = 0; step < 4; step++) {
		switch ((_i + step) % 4) {
		case 0:
			r = dest_submit(&dest, 0, 0, 4, 5);
			break;
		case 1:
			r = dest_submit(&dest, 1, 1, 5, 5);
			break;
		case 2:
			r = vfiomig_buffer_drain(dest.device[0]);
			break;
		case 3:
			r = vfiomig_buffer_drain(dest.device[1]);
			break;
		}
		ck_assert_int_eq(r, step < 3 ? -EAGAIN : -ENOBUFS);
	}
	dest_expect_failure(&dest, -ENOBUFS, "awaited=\"dev0 idx 0, "
	    "dev1 idx 0\"|parked=\"0: dev0 idx 4, 1: dev1 idx 5\"");
	ck_assert(dest_told(&dest, 0));
	ck_assert(dest_told(&dest, 1));
	ck_assert(fd_readable(vfiomig_device_event_fd(dest.device[0])));
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 5), -ENOBUFS);
	dest_close(&dest);
}
END_TEST

/* Not while a channel is still expected, or one that ended makes it so. */
START_TEST(not_before_all_channels_came)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 3,
	    .window = 4);
	struct dest dest;

	record_start();
	dest_open(&dest, 2, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, VFIOMIG_CHANNEL_NONBLOCK);
	dest_channel(&dest, 1, -1, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 4, 5), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 4, 5), -EAGAIN);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), -EAGAIN);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	dest_channel(&dest, 2, -1, 0);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[2]), -ENOBUFS);
	dest_expect_failure(&dest, -ENOBUFS, "0: dev0 idx 4, 1: dev1 idx 4|"
	    "ended=1");
	dest_close(&dest);
}
END_TEST

/* One device never deadlocks: a source that sends on each channel in rising
 * order always gets through, in the smallest budget and window. */
START_TEST(one_device_never)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 4,
	    .window = 4u << _i % 3, .budget = PACKET_ROOM);
	uint64_t seed = (uint64_t)_i;
	uint32_t next[4], k, n = 0;
	struct dest dest;
	uint8_t of[200];
	int r = -EAGAIN;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	for (k = 0; k < 200; k++)
		of[k] = seeded(&seed) % 4;
	for (k = 0; k < 4; k++) {
		dest_channel(&dest, (int)k, -1, VFIOMIG_CHANNEL_NONBLOCK);
		for (next[k] = 0; next[k] < 200 && of[next[k]] != k; )
			next[k]++;
	}
	while (r == -EAGAIN) {
		k = seeded(&seed) % 5;
		if (k == 4) {
			r = vfiomig_buffer_drain(dest.device[0]);
			ck_assert_int_le(++n, 100000);
			continue;
		}
		if (next[k] == 200)
			continue;
		r = next[k] == 199 ? dest_submit_config(&dest, (int)k, 0,
		    199) : dest_submit(&dest, (int)k, 0, next[k], 100);
		if (r == 0) {
			do {
				next[k]++;
			} while (next[k] < 200 && of[next[k]] != k);
			r = -EAGAIN;
		}
	}
	ck_assert_int_eq(r, 0);
	dest_expect_whole(&dest, 0, 199 * 100);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, in_threads);
	tcase_add_loop_test(tests, whoever_is_last_to_wait, 0, 4);
	tcase_add_test(tests, not_before_all_channels_came);
	tcase_add_loop_test(tests, one_device_never, 0, 30);
}
SUITE(deadlock, cases)

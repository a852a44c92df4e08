/* SPDX-License-Identifier: BSD-3-Clause */
/* What came on the main stream goes to the device ahead of packet 0, and not
 * after it. */
#include <errno.h>

#include "dest.h"
#include "tests/unit/suite.h"

static int
state_load(struct dest *dest, uint64_t offset, size_t size)
{
	static uint8_t data[200000];

	stream_fill(0, offset, data, size);
	return vfiomig_state_load(dest->device[0], data, size);
}

static const char *const backend[] = { "record", "plain" };

START_TEST(ahead_of_packet_0)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_device_stats stats;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, backend[_i]);
	ck_assert_int_eq(vfiomig_initial_set(dest.device[0], 150000), 0);
	ck_assert_int_eq(state_load(&dest, 0, 0), 0);
	ck_assert_int_eq(vfiomig_state_load(dest.device[0], NULL, 0), 0);
	ck_assert_uint_eq(record[0].state, VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(state_load(&dest, 0, 24), 0);
	ck_assert_uint_eq(record[0].loaded, 24);
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0],
	    dest.device[0], packet_data(0, 0, 200024, 1000), 1012), 0);
	ck_assert_int_eq(state_load(&dest, 24, 149000), 0);
	stats = device_stats(dest.device[0]);
	ck_assert_uint_eq(stats.initial_loaded, 0);
	ck_assert_int_eq(state_load(&dest, 149024, 51000), 0);
	stats = device_stats(dest.device[0]);
	ck_assert_uint_eq(stats.initial_loaded, 1);
	ck_assert_uint_eq(stats.state_bytes, 200024);
	ck_assert_uint_eq(stats.bytes_done, 200024);
	ck_assert_uint_eq(stats.bytes, 1000);
	ck_assert_uint_eq(stats.packets, 1);
	ck_assert_uint_eq(stats.packets_done, 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 1), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 201024);
	ck_assert_int_eq(record[0].states, 2);	/* RESUMING, STOP: once each */
	dest_close(&dest);
}
END_TEST

START_TEST(not_after_packet_0)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(state_load(&dest, 0, 100), 0);	/* still ahead */
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0],
	    dest.device[0], packet_data(0, 0, 100, 50), 62), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(state_load(&dest, 150, 10), -EBUSY);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 1), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	ck_assert_int_eq(state_load(&dest, 150, 10), -EBUSY);
	dest_expect_whole(&dest, 0, 150);
	dest_close(&dest);
}
END_TEST

static ssize_t
is_broken(struct record *r, size_t size)
{
	(void)r;
	(void)size;
	return -EIO;
}

START_TEST(the_devices_errors_are_the_migrations)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	if (_i == 0) {
		record[0].write = is_broken;
	} else {
		record[0].refuse = VFIOMIG_STATE_RESUMING;
		record[0].refuse_error = -EIO;
	}
	ck_assert_int_eq(state_load(&dest, 0, 100), -EIO);
	dest_expect_failure(&dest, -EIO, _i == 0 ?
	    "failed to load|device=\"dev0\"" :
	    "refuses RESUMING|device=\"dev0\"");
	ck_assert_int_eq(state_load(&dest, 0, 100), -EIO);
	record[0].refuse_error = 0;
	dest_close(&dest);
}
END_TEST

static struct dest *other;
static _Atomic int beside;

static ssize_t
while_it_writes(struct record *r, size_t size)
{
	(void)r;
	atomic_store(&beside, state_load(other, 0, 1));
	return (ssize_t)size;
}

START_TEST(one_thread_at_a_time)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	other = &dest;
	record[0].write = while_it_writes;
	ck_assert_int_eq(state_load(&dest, 0, 100), 0);
	ck_assert_int_eq(beside, -EBUSY);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, ahead_of_packet_0, 0, 2);
	tcase_add_test(tests, not_after_packet_0);
	tcase_add_loop_test(tests, the_devices_errors_are_the_migrations, 0,
	    2);
	tcase_add_test(tests, one_thread_at_a_time);
}
SUITE(state, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/* The config state: last, once, held back until it is released, several
 * devices' at the same time, and what its callback says counts. */
#include <errno.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 600 };

static pthread_barrier_t all_inside;

static int
meet(struct dest *dest, int number)
{
	(void)dest;
	(void)number;
	pthread_barrier_wait(&all_inside);
	return 0;
}

/* Weakness 9: each callback waits for all the others to be inside too. */
START_TEST(callbacks_of_all_devices_at_once)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct thread drain[DEST_DEVICES];
	struct dest dest;
	int k;

	record_start();
	dest_open(&dest, DEST_DEVICES, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	pthread_barrier_init(&all_inside, NULL, DEST_DEVICES);
	for (k = 0; k < DEST_DEVICES; k++) {
		dest.config[k].call = meet;
		drain_start(&drain[k], dest.device[k]);
		ck_assert_int_eq(dest_submit(&dest, 0, k, 0, SIZE), 0);
		ck_assert_int_eq(dest_submit_config(&dest, 0, k, 1), 0);
	}
	for (k = 0; k < DEST_DEVICES; k++) {
		ck_assert_int_eq(thread_join(&drain[k]), 0);
		dest_expect_whole(&dest, k, SIZE);
	}
	dest_close(&dest);
}
END_TEST

/* At the callback all data was loaded, and the device still loads. */
static int
look(struct dest *dest, int number)
{
	ck_assert_uint_eq(record[number].loaded, 2 * SIZE);
	ck_assert_uint_eq(record[number].state, VFIOMIG_STATE_RESUMING);
	ck_assert_uint_eq(device_stats(dest->device[number]).complete, 0);
	return 7;		/* not negative: accepted */
}

START_TEST(it_comes_after_all_data)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_device_stats stats;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dest.config[0].call = look;
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 2), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 2 * SIZE);
	stats = device_stats(dest.device[0]);
	ck_assert_uint_eq(stats.config_bytes, DEST_CONFIG);
	dest_close(&dest);
}
END_TEST

static int
refuse(struct dest *dest, int number)
{
	(void)dest;
	(void)number;
	return -EKEYREJECTED;
}

START_TEST(a_refusal_fails_the_migration)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	dest_open(&dest, 2, &config, 0, "record");
	dest.config[1].call = refuse;
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 0), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 1, 0), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]),
	    -EKEYREJECTED);
	dest_expect_failure(&dest, -EKEYREJECTED, "config state not "
	    "accepted|device=\"dev1\"|idx=0");
	ck_assert_uint_eq(record[1].state, VFIOMIG_STATE_RESUMING);
	ck_assert_uint_eq(device_stats(dest.device[1]).complete, 0);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EKEYREJECTED);
	dest_close(&dest);
}
END_TEST

static void
come_all(struct dest *dest)
{
	ck_assert_int_eq(dest_submit(dest, 0, 0, 0, SIZE), 0);
	ck_assert_int_eq(dest_submit_config(dest, 0, 0, 1), 0);
}

/* _i: released before all comes, before the drain, and while it waits. */
START_TEST(a_held_one_waits_for_its_release)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct thread drain;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_HOLD_CONFIG, "record");
	dest_channel(&dest, 0, -1, 0);
	if (_i == 0)
		ck_assert_int_eq(vfiomig_config_release(dest.device[0]), 0);
	come_all(&dest);
	if (_i == 1)
		ck_assert_int_eq(vfiomig_config_release(dest.device[0]), 0);
	drain_start(&drain, dest.device[0]);
	if (_i == 2) {
		AWAIT(device_stats(dest.device[0]).bytes_done == SIZE);
		usleep(20000);
		ck_assert_int_eq(drain.done, 0);
		ck_assert_int_eq(dest.config[0].loads, 0);
		ck_assert_int_eq(vfiomig_config_release(dest.device[0]), 0);
		ck_assert_int_eq(vfiomig_config_release(dest.device[0]), 0);
	}
	ck_assert_int_eq(thread_join(&drain), 0);
	dest_expect_whole(&dest, 0, SIZE);
	dest_close(&dest);
}
END_TEST

START_TEST(a_held_one_is_told_by_eventfd)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;
	int event;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_HOLD_CONFIG |
	    VFIOMIG_DEVICE_NONBLOCK, "record");
	event = vfiomig_device_event_fd(dest.device[0]);
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	come_all(&dest);
	ck_assert(fd_readable(event));
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_uint_eq(record[0].loaded, SIZE);
	ck_assert(!fd_readable(event));
	if (_i == 0) {
		ck_assert_int_eq(vfiomig_config_release(dest.device[0]), 0);
		ck_assert(fd_readable(event));
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
		dest_expect_whole(&dest, 0, SIZE);
	} else {
		vfiomig_cancel(dest.mig);
		ck_assert(fd_readable(event));
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -ECANCELED);
		ck_assert_int_eq(vfiomig_config_release(dest.device[0]),
		    -ECANCELED);
	}
	dest_close(&dest);
}
END_TEST

/* While one is held, the memory of others is not. */
START_TEST(a_held_one_does_not_hold_others)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .budget = 2 * PACKET_ROOM);
	struct thread drain[2];
	struct dest dest;
	uint32_t k;

	record_start();
	dest_open(&dest, 2, &config, VFIOMIG_DEVICE_HOLD_CONFIG, "record");
	dest_channel(&dest, 0, -1, 0);
	drain_start(&drain[0], dest.device[0]);
	drain_start(&drain[1], dest.device[1]);
	vfiomig_config_release(dest.device[1]);
	come_all(&dest);
	for (k = 0; k < 20; k++)
		ck_assert_int_eq(dest_submit(&dest, 0, 1, k, PACKET_ROOM), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 1, 20), 0);
	ck_assert_int_eq(thread_join(&drain[1]), 0);
	ck_assert_int_eq(drain[0].done, 0);
	vfiomig_config_release(dest.device[0]);
	ck_assert_int_eq(thread_join(&drain[0]), 0);
	dest_expect_whole(&dest, 0, SIZE);
	dest_expect_whole(&dest, 1, 20 * PACKET_ROOM);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, callbacks_of_all_devices_at_once);
	tcase_add_test(tests, it_comes_after_all_data);
	tcase_add_test(tests, a_refusal_fails_the_migration);
	tcase_add_loop_test(tests, a_held_one_waits_for_its_release, 0, 3);
	tcase_add_loop_test(tests, a_held_one_is_told_by_eventfd, 0, 2);
	tcase_add_test(tests, a_held_one_does_not_hold_others);
}
SUITE(config, cases)

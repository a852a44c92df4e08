/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the library's own limits are: a table that is full, a struct of a
 * later header, a device that is in use when its migration is to be recovered.
 */
#include <errno.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

/*
 * A main stream is no channel and counts as none, yet it has had its place:
 * beside all channels that may be expected there is room for 64 of them.
 */
START_TEST(places_for_channels_end)
{
	enum { CHANNELS = 256, MAIN = 64 };
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = CHANNELS);
	struct vfiomig_channel_config cc = { .size = sizeof cc };
	struct script main = { 0 };
	struct vfiomig_channel *ch;
	struct dest dest;
	int k;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_add(&main, "QEVM", 4);
	for (k = 0; k < MAIN; k++) {
		cc.fd = script_fd(&main, SOCKET);
		ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &ch), 0);
		ck_assert_int_eq(vfiomig_channel_run(ch), -ENOTSUP);
		close(cc.fd);
	}
	ck_assert_uint_eq(dest_stats(&dest).channels, 0);
	cc.fd = -1;
	for (k = 0; k < CHANNELS - _i; k++)
		ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &ch), 0);
	if (_i == 1) {		/* a main stream more in place of a channel */
		cc.fd = script_fd(&main, SOCKET);
		ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &ch), 0);
		ck_assert_int_eq(vfiomig_channel_run(ch), -ENOTSUP);
		close(cc.fd);
	}
	ck_assert_uint_eq(dest_stats(&dest).channels, CHANNELS - _i);
	cc.fd = -1;
	ch = NULL;
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &ch),
		    -EBUSY);
	ck_assert_ptr_null(ch);
	ck_assert_uint_eq(dest_stats(&dest).channels, CHANNELS - _i);
	script_free(&main);
	dest_close(&dest);
}
END_TEST

START_TEST(larger_struct_is_filled_as_far_as_it_is_known)
{
	struct {
		struct vfiomig_stats stats;
		unsigned char later[16];
	} s;
	struct dest dest;
	size_t k;

	record_start();
	dest_open(&dest, 1, &DEST_CONFIG_INIT(.channels = 1), 0, "record");
	memset(&s, 0x5a, sizeof s);
	s.stats.size = sizeof s;
	ck_assert_int_eq(vfiomig_stats(dest.mig, &s.stats), 0);
	ck_assert_uint_eq(s.stats.size, sizeof s);
	ck_assert_uint_eq(s.stats.channels, 0);
	for (k = 0; k < sizeof s.later; k++)
		ck_assert_uint_eq(s.later[k], 0x5a);
	dest_close(&dest);
}
END_TEST

START_TEST(device_without_arguments_is_refused)
{
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "more", .backend = "record", .params = "1" };
	struct vfiomig_device *device;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &DEST_CONFIG_INIT(.channels = 1), 0, "record");
	ck_assert_int_eq(vfiomig_device_add(NULL, &dc, &device), -EINVAL);
	ck_assert_int_eq(vfiomig_device_add(dest.mig, NULL, &device),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_device_add(dest.mig, &dc, NULL), -EINVAL);
	ck_assert(!record[1].open);
	dest_close(&dest);
}
END_TEST

static sem_t entered, leave;

static ssize_t
stay(struct record *r, size_t size)
{
	(void)r;
	sem_post(&entered);
	sem_wait(&leave);
	return (ssize_t)size;
}

static int
load(void *device)
{
	unsigned char data[10];

	stream_fill(1, 0, data, sizeof data);
	return vfiomig_state_load(device, data, sizeof data);
}

/* The second device is in a write; the first is not left taken either. */
START_TEST(recovery_takes_every_device_or_none)
{
	struct thread thread;
	struct dest dest;
	int k;

	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	record_start();
	record[1].write = stay;
	dest_open(&dest, 2, &DEST_CONFIG_INIT(.channels = 1), 0, "record");
	thread_start(&thread, load, dest.device[1]);
	sem_wait(&entered);
	vfiomig_cancel(dest.mig);
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(vfiomig_recover(dest.mig), -EBUSY);
	ck_assert_int_eq(record[0].states + record[0].resets, 0);
	sem_post(&leave);
	ck_assert_int_eq(thread_join(&thread), 0);
	ck_assert_int_eq(vfiomig_recover(dest.mig), 0);
	ck_assert_int_eq(record[1].resets, 1);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, places_for_channels_end, 0, 2);
	tcase_add_test(tests, larger_struct_is_filled_as_far_as_it_is_known);
	tcase_add_test(tests, device_without_arguments_is_refused);
	tcase_add_test(tests, recovery_takes_every_device_or_none);
}
SUITE(limits, cases)

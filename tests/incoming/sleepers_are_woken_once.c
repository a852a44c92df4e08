/* SPDX-License-Identifier: BSD-3-Clause */
/* Nobody is woken without need: a starved drain once, by the packet it waits
 * for; a parked channel once, when it can go on.  The eventfd counts. */
#include <errno.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = PACKET_ROOM };

/* Wake-ups since the last look. */
static uint64_t
woken(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof count) == sizeof count ? count : 0;
}

/* Many packets come while it waits, and more before it looks. */
START_TEST(a_drain_by_the_awaited_packet)
{
	struct dest dest;
	uint32_t round, k, at = 0;
	int fd;

	dest_open_nonblock(&dest, 1, 4, 2);
	fd = vfiomig_device_event_fd(dest.device[0]);
	for (round = 0; round < 50; round++) {
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EAGAIN);
		ck_assert_uint_eq(woken(fd), 0);
		for (k = 1; k < 10; k++)
			ck_assert_int_eq(dest_submit(&dest, 0, 0, at + k, 8),
			    0);
		ck_assert_uint_eq(woken(fd), 0);
		ck_assert_int_eq(dest_submit(&dest, 1, 0, at, 8), 0);
		for (k = 10; k < 20; k++)
			ck_assert_int_eq(dest_submit(&dest, 0, 0, at + k, 8),
			    0);
		ck_assert_uint_eq(woken(fd), 1);
		at += k;
	}
	ck_assert_uint_eq(device_stats(dest.device[0]).starved, 50);
	dest_close(&dest);
}
END_TEST

/* It drains without having waited: nobody needs waking. */
START_TEST(no_drain_that_is_not_starved)
{
	struct dest dest;
	uint32_t k;

	dest_open_nonblock(&dest, 1, 4, 1);
	for (k = 0; k < 50; k++)
		ck_assert_int_eq(dest_submit(&dest, 0, 0, k, 8), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, k), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	ck_assert_uint_eq(woken(vfiomig_device_event_fd(dest.device[0])), 0);
	ck_assert_uint_eq(device_stats(dest.device[0]).starved, 0);
	dest_close(&dest);
}
END_TEST

/* Room for one is made: one of three parked is told, and once. */
START_TEST(a_channel_when_it_can_go_on)
{
	struct dest dest;
	uint64_t all = 0;
	uint32_t k;

	dest_open_nonblock(&dest, 1, 1, 5);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, SIZE), 0);
	for (k = 2; k < 5; k++)
		ck_assert_int_eq(dest_submit(&dest, (int)k, 0, k, SIZE),
		    -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 0, SIZE), 0);
	for (k = 2; k < 5; k++)
		ck_assert_uint_eq(woken(vfiomig_channel_event_fd(
		    dest.channel[k])), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	for (k = 2; k < 5; k++)
		all += woken(vfiomig_channel_event_fd(dest.channel[k]));
	/* The awaited one has room of its own, the next one the span. */
	ck_assert_uint_eq(all, 2);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, a_drain_by_the_awaited_packet);
	tcase_add_test(tests, no_drain_that_is_not_starved);
	tcase_add_test(tests, a_channel_when_it_can_go_on);
}
SUITE(sleepers, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/* end_is_told_from_deadlock.c - a packet that will never come is -EPIPE, one
 * that may be behind a parked packet -ENOBUFS */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "small.h"
#include "../suite.h"

/* A channel brings a device's packets in rising order, so 0 is not behind 5. */
START_TEST(one_device_never_deadlocks)
{
	struct small s;

	small_open(&s, VFIOMIG_INCOMING, 1, 2, 0, "verify=0");
	ck_assert_int_eq(vfiomig_buffer_drain(s.device[0]), -EAGAIN);
	ck_assert_int_eq(small_submit(&s, 0, 0, 5, false, 100), -EAGAIN);
	ck_assert_int_eq(small_failure(&s), 0);
	ck_assert_int_eq(vfiomig_channel_close(s.channel[1]), -EPIPE);
	ck_assert_int_eq(small_failure(&s), -EPIPE);
	ck_assert_ptr_nonnull(strstr(s.words, "missing-idx=0"));
	small_close(&s);
}
END_TEST

/* Both wait for the other's device: what is behind them nobody knows. */
START_TEST(crossed_devices_deadlock)
{
	struct small s;

	small_open(&s, VFIOMIG_INCOMING, 2, 2, 0, "verify=0");
	ck_assert_int_eq(vfiomig_buffer_drain(s.device[0]), -EAGAIN);
	ck_assert_int_eq(vfiomig_buffer_drain(s.device[1]), -EAGAIN);
	ck_assert_int_eq(small_submit(&s, 0, 0, 1, false, 100), -EAGAIN);
	ck_assert_int_eq(small_submit(&s, 1, 1, 1, false, 100), -ENOBUFS);
	ck_assert_int_eq(small_failure(&s), -ENOBUFS);
	ck_assert_ptr_nonnull(strstr(s.words, "dev0 idx 0, dev1 idx 0"));
	small_close(&s);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, one_device_never_deadlocks);
	tcase_add_test(tc, crossed_devices_deadlock);
	return suite_main("end_is_told_from_deadlock", tc, 0);
}

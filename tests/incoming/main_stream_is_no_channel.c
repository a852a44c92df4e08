/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection that begins with "QEVM" is told apart after four bytes, does
 * not count, and harms nothing. */
#include <errno.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

START_TEST(it_is_left_to_the_caller)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct script main = { 0 }, script = { 0 };
	struct vfiomig_stats stats;
	struct dest dest;
	char rest[8];
	int fd, k;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_add(&main, "QEVM\0\0\0\3", 8);
	for (k = 0; k < 3; k++) {
		fd = script_fd(&main, (enum carrier)_i);
		dest_channel(&dest, 0, fd, 0);
		ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]),
		    -ENOTSUP);
		ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]),
		    -ENOTSUP);
		ck_assert_uint_eq(channel_stats(dest.channel[0]).wire_bytes,
		    4);
		ck_assert_int_eq(read(fd, rest, sizeof rest), 4);
		ck_assert_mem_eq(rest, "\0\0\0\3", 4);
		if (k != 1)
			ck_assert_int_eq(vfiomig_channel_close(
			    dest.channel[0]), 0);
		close(fd);
		stats = dest_stats(&dest);
		ck_assert_uint_eq(stats.channels, 0);
		ck_assert_uint_eq(stats.channels_ended, 0);
	}
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	script_hello(&script, 0, NULL);
	script_packet(&script, 0, 0, 0, 77);
	script_config(&script, 0, 1);
	ck_assert_int_eq(dest_run(&dest, 0, &script, (enum carrier)_i), 0);
	stats = dest_stats(&dest);
	ck_assert_uint_eq(stats.channels, 1);
	ck_assert_uint_eq(stats.channels_ended, 1);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 77);
	script_free(&main);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, it_is_left_to_the_caller, 0, CARRIERS);
}
SUITE(main, cases)

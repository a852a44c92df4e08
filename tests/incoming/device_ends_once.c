/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Weakness 4, and repetitions: what may not come is refused with -EPROTO and
 * words that name it, wherever the packet it clashes with is just then, and
 * nothing of it goes to the device.
 */
#include <errno.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 700 };

/*
 * What comes, a letter each: 0 to 9 that data packet, a to j the config packet
 * of idx 0 to 9, ! drain.  The last one is refused.
 */
static const struct {
	const char *come;
	const char *words;
} row[] = {
	{ "00", "idx=0|came before" },		/* queued */
	{ "22", "idx=2|came before" },
	{ "0!0", "idx=0|came before" },		/* loaded */
	{ "0123!1", "idx=1|came before" },
	{ "31!3", "idx=3|came before" },	/* queued, while it drains */
	{ "cc", "idx=2|came before" },
	{ "01c!c", "idx=2|came before" },	/* after the device's end */
	{ "01c!1", "idx=1|came before" },
	{ "cd", "idx=3|a second config packet" },
	{ "cb", "idx=1|a second config packet" },
	{ "01c!d", "idx=3|a second config packet" },
	{ "c3", "idx=3|beyond the config packet" },
	{ "c9", "idx=9|beyond the config packet" },
	{ "01c!3", "idx=3|beyond the config packet" },
	{ "c2", "idx=2|came before" },		/* of the config's idx */
	{ "2c", "idx=2|came before" },
	{ "3c", "idx=2|before the last data packet" },	/* an early end */
	{ "9a", "idx=0|before the last data packet" },
	{ "01!b", "idx=1|came before" },	/* an idx already passed */
	{ "01!a", "idx=0|came before" },
};

static int
come(struct dest *dest, char c)
{
	if (c == '!')
		return vfiomig_buffer_drain(dest->device[0]);
	return c >= 'a' ? dest_submit_config(dest, 0, 0,
	    (uint32_t)(c - 'a')) : dest_submit(dest, 0, 0,
	    (uint32_t)(c - '0'), SIZE);
}

START_TEST(what_may_not_come_is_refused)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	const char *c;
	uint64_t loaded;
	struct dest dest;
	int r;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, 0);
	for (c = row[_i].come; c[1] != '\0'; c++) {
		r = come(&dest, *c);
		ck_assert_msg(r == 0 || (*c == '!' && r == -EAGAIN),
		    "%s: '%c' is %d", row[_i].come, *c, r);
	}
	loaded = record[0].loaded;
	ck_assert_int_eq(come(&dest, *c), -EPROTO);
	dest_expect_failure(&dest, -EPROTO, row[_i].words);
	dest_expect_failure(&dest, -EPROTO, "channel=0|device=\"dev0\"|"
	    "instance=0");
	ck_assert_int_eq(come(&dest, '5'), -EPROTO);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EPROTO);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EPROTO);
	ck_assert_uint_eq(record[0].loaded, loaded);
	dest_close(&dest);
}
END_TEST

/* A packet that was reserved and given back did not come, of either kind. */
START_TEST(what_was_abandoned_may_come_again)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	struct dest dest;
	void *data;
	int k;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, 0);
	dest_channel(&dest, 1, -1, 0);
	for (k = 0; k < 3; k++) {
		ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
		    dest.device[0], packet_header(0, 1, 1), DEST_CONFIG,
		    &data), 0);
		ck_assert_int_eq(vfiomig_packet_abandon(dest.channel[0]), 0);
		ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
		    dest.device[0], packet_header(0, 0, 0), SIZE, &data), 0);
		ck_assert_int_eq(vfiomig_packet_abandon(dest.channel[0]), 0);
		ck_assert_uint_eq(dest_stats(&dest).memory, 0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EAGAIN);
	}
	ck_assert_int_eq(dest_submit_config(&dest, 1, 0, 1), 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 0, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, SIZE);
	dest_close(&dest);
}
END_TEST

/* A device without data is its config packet alone. */
START_TEST(a_config_packet_may_be_all)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 0), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 0);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, what_may_not_come_is_refused, 0,
	    COUNT_OF(row));
	tcase_add_test(tests, what_was_abandoned_may_come_again);
	tcase_add_test(tests, a_config_packet_may_be_all);
}
SUITE(end, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/* Two migrations at once in one process: each has its own devices, budget and
 * failure, and what is of one is refused by the other. */
#include <errno.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 2000, PACKETS = 200 };

/* Devices of the second are recorders of their own. */
static void
open_second(struct dest *dest, const struct vfiomig_config *config)
{
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "dev0", .backend = "record", .params = "1" };

	dest_open(dest, 0, config, 0, "record");
	ck_assert_int_eq(vfiomig_device_add(dest->mig, &dc,
	    &dest->device[0]), 0);
}

static int
bring(void *arg)
{
	struct dest *dest = arg;
	int number = dest->devices == 0;
	uint32_t k;
	int r = 0;

	for (k = 0; k < PACKETS && r == 0; k++)
		r = vfiomig_packet_submit(dest->channel[0], dest->device[0],
		    packet_data(number, k, (uint64_t)k * SIZE, SIZE),
		    12 + SIZE);
	if (r == 0)
		r = vfiomig_packet_submit(dest->channel[0], dest->device[0],
		    packet_config(number, k), 12 + DEST_CONFIG);
	return r;
}

START_TEST(side_by_side)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .budget = 2 * PACKET_ROOM);
	struct thread drain[2], channel[2];
	struct dest dest[2];
	int k;

	record_start();
	dest_open(&dest[0], 1, &config, 0, "record");
	open_second(&dest[1], &config);
	for (k = 0; k < 2; k++) {
		dest_channel(&dest[k], 0, -1, 0);
		drain_start(&drain[k], dest[k].device[0]);
		thread_start(&channel[k], bring, &dest[k]);
	}
	for (k = 0; k < 2; k++) {
		ck_assert_int_eq(thread_join(&channel[k]), 0);
		ck_assert_int_eq(thread_join(&drain[k]), 0);
		ck_assert_uint_eq(record[k].loaded, PACKETS * SIZE);
		ck_assert_uint_eq(dest_stats(&dest[k]).devices, 1);
	}
	vfiomig_free(dest[1].mig);
	ck_assert_int_eq(vfiomig_resume(dest[0].mig), 0);
	dest_close(&dest[0]);
}
END_TEST

START_TEST(one_fails_alone)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest[2];

	record_start();
	dest_open(&dest[0], 1, &config, 0, "record");
	open_second(&dest[1], &config);
	dest_channel(&dest[0], 0, -1, 0);
	dest_channel(&dest[1], 0, -1, 0);
	ck_assert_int_eq(vfiomig_packet_submit(dest[0].channel[0],
	    dest[1].device[0], packet_data(0, 0, 0, 5), 17), -EINVAL);
	ck_assert_ptr_eq(vfiomig_device_find(dest[1].mig, "dev0", 0),
	    dest[1].device[0]);
	vfiomig_cancel(dest[1].mig);
	ck_assert_int_eq(vfiomig_failure(dest[0].mig, NULL, 0), 0);
	ck_assert_int_eq(bring(&dest[0]), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest[0].device[0]), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest[1].device[0]),
	    -ECANCELED);
	dest_expect_whole(&dest[0], 0, PACKETS * SIZE);
	vfiomig_free(dest[1].mig);
	dest_close(&dest[0]);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, side_by_side);
	tcase_add_test(tests, one_fails_alone);
}
SUITE(two, cases)

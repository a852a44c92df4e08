/* SPDX-License-Identifier: BSD-3-Clause */
/* Three data packets and the config state, in all 24 orders, by every way
 * that packets can come: the device is whole. */
#include <errno.h>
#include <string.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 5000 };

enum way { SUBMIT, RESERVE, RUN_SOCKET, RUN_PIPE, RUN_FILE, WAYS };

/* Packet @k of the four by @way, on a channel of its own. */
static void
bring(struct dest *dest, enum way way, int channel, int k)
{
	struct script script = { 0 };
	const uint8_t *packet;
	void *data = NULL;

	if (way >= RUN_SOCKET) {
		script_hello(&script, channel, NULL);
		if (k == 3)
			script_config(&script, 0, 3);
		else
			script_packet(&script, 0, (uint32_t)k,
			    (uint64_t)k * SIZE, SIZE);
		ck_assert_int_eq(dest_run(dest, channel, &script,
		    (enum carrier)(way - RUN_SOCKET)), 0);
		script_free(&script);
		return;
	}
	dest_channel(dest, channel, -1, 0);
	if (way == SUBMIT) {
		ck_assert_int_eq(k == 3 ? dest_submit_config(dest, channel, 0,
		    3) : dest_submit(dest, channel, 0, (uint32_t)k, SIZE), 0);
	} else {
		size_t size = k == 3 ? DEST_CONFIG : SIZE;

		packet = k == 3 ? packet_config(0, 3) :
		    packet_data(0, (uint32_t)k, (uint64_t)k * SIZE, SIZE);
		ck_assert_int_eq(vfiomig_packet_reserve(
		    dest->channel[channel], dest->device[0], packet, size,
		    &data), 0);
		memcpy(data, packet + VFIOMIG_PACKET_HEADER, size);
		ck_assert_int_eq(vfiomig_packet_commit(
		    dest->channel[channel]), 0);
	}
	ck_assert_int_eq(vfiomig_channel_close(dest->channel[channel]), 0);
}

/* _i: way, and order; drained at the end, or as they come. */
static void
load(int code, bool as_they_come)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 4);
	enum way way = (enum way)(code / 24);
	struct dest dest;
	int order[4], k, r = -EAGAIN;

	record_start();
	permutation(code % 24, 4, order);
	dest_open(&dest, 1, &config, as_they_come ? VFIOMIG_DEVICE_NONBLOCK :
	    0, "record");
	for (k = 0; k < 4; k++) {
		if (as_they_come)
			ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
			    -EAGAIN);
		bring(&dest, way, k, order[k]);
	}
	r = vfiomig_buffer_drain(dest.device[0]);
	ck_assert_int_eq(r, 0);
	dest_expect_whole(&dest, 0, 3 * SIZE);
	ck_assert_int_eq(vfiomig_resume(dest.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_close(&dest);
}

START_TEST(drained_at_the_end)
{
	load(_i, false);
}
END_TEST

START_TEST(drained_as_they_come)
{
	load(_i, true);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, drained_at_the_end, 0, 24 * WAYS);
	tcase_add_loop_test(tests, drained_as_they_come, 0, 24 * WAYS);
}
SUITE(orders, cases)

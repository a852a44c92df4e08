/* SPDX-License-Identifier: BSD-3-Clause */
/* The documented errors of the calls that move data, each from a state in
 * which nothing else is wrong. */
#include <errno.h>

#include "dest.h"
#include "tests/unit/suite.h"

/* What a test does with packets, by submit or by reserve. */
static int
give(struct dest *dest, bool reserve, const void *packet, size_t size)
{
	void *data;

	if (!reserve)
		return vfiomig_packet_submit(dest->channel[0],
		    dest->device[0], packet, size);
	return vfiomig_packet_reserve(dest->channel[0], dest->device[0],
	    packet, size - VFIOMIG_PACKET_HEADER, &data);
}

static const struct {
	uint32_t version, idx, flags, size;
	int code;
	const char *words;
} packet[] = {
	{ 0, 4, 0, 5, CODE(vfiomig_packet_submit, EAGAIN), "" },
	{ 1, 0, 0, 5, CODE(vfiomig_packet_submit, EBADMSG),
	    "channel=0|dev0|unknown version" },
	{ 0, 0xffffffff, 0, 5, -EBADMSG, "channel=0|dev0|idx is reserved" },
	{ 0, 0, 2, 5, -EBADMSG, "channel=0|dev0|unknown flag" },
	{ 0, 0, 0, PACKET_ROOM + 1, CODE(vfiomig_packet_submit, EMSGSIZE),
	    "channel=0|dev0|idx=0|longer" },
};

START_TEST(packets)
{
	struct dest dest;
	const void *p;
	int r;

	dest_open_two(&dest);
	p = packet_header(packet[_i / 2].version, packet[_i / 2].idx,
	    packet[_i / 2].flags);
	r = give(&dest, _i % 2, p, 12 + packet[_i / 2].size);
	ck_assert_int_eq(r, packet[_i / 2].code);
	dest_expect_failure(&dest, r == -EAGAIN ? 0 : r,
	    packet[_i / 2].words);
	dest_close(&dest);
}
END_TEST

START_TEST(submit_and_reserve)
{
	struct dest dest, other;
	void *data;

	dest_open_two(&dest);
	ck_assert_int_eq(vfiomig_packet_commit(dest.channel[0]),
	    CODE(vfiomig_packet_commit, EINVAL));
	ck_assert_int_eq(vfiomig_packet_abandon(dest.channel[0]), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_commit(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_abandon(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_submit(NULL, dest.device[0],
	    packet_header(0, 0, 0), 12), CODE(vfiomig_packet_submit, EINVAL));
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0], NULL,
	    packet_header(0, 0, 0), 12), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0],
	    dest.device[0], NULL, 12), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
	    dest.device[0], NULL, 12, &data), -EINVAL);
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
	    dest.device[0], packet_header(0, 0, 0), 12, NULL), -EINVAL);
	other = dest;
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
	    dest.device[0], packet_header(0, 0, 0), 12, &data), 0);
	ck_assert_int_eq(dest_submit(&other, 0, 0, 1, 5),
	    CODE(vfiomig_packet_submit, EBUSY));
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
	    dest.device[0], packet_header(0, 1, 0), 12, &data), -EBUSY);
	ck_assert_int_eq(vfiomig_packet_abandon(dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 5), -EBUSY);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[1],
	    dest.device[0], packet_header(0, 0, 0), 11), -EBADMSG);
	dest_expect_failure(&dest, -EBADMSG, "channel=1|shorter than its");
	dest_close(&dest);
}
END_TEST

START_TEST(submit_fails_as_the_migration_does)
{
	struct dest dest;

	dest_open_two(&dest);
	switch (_i) {
	case 0:
		ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 5), 0);
		ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 5),
		    CODE(vfiomig_packet_submit, EPROTO));
		break;
	case 1:
		dest_channel(&dest, 2, -1, 0);
		ck_assert_int_eq(vfiomig_channel_close(dest.channel[2]), 0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    CODE(vfiomig_buffer_drain, EAGAIN));
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]),
		    -EAGAIN);
		ck_assert_int_eq(dest_submit(&dest, 0, 0, 4, 5), -EAGAIN);
		ck_assert_int_eq(dest_submit(&dest, 1, 1, 4, 5),
		    CODE(vfiomig_packet_submit, ENOBUFS));
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    CODE(vfiomig_buffer_drain, ENOBUFS));
		break;
	case 2:
		vfiomig_cancel(dest.mig);
		ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 5),
		    CODE(vfiomig_packet_submit, ECANCELED));
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    CODE(vfiomig_buffer_drain, ECANCELED));
		break;
	}
	dest_close(&dest);
}
END_TEST

static struct dest *inside;

static ssize_t
drains_again(struct record *r, size_t size)
{
	(void)r;
	ck_assert_int_eq(vfiomig_buffer_drain(inside->device[0]),
	    CODE(vfiomig_buffer_drain, EBUSY));
	return (ssize_t)size;
}

START_TEST(drain_and_state_load)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .budget = 1 << 20, .stall_timeout = 20);
	struct vfiomig_device_config dc = { .size = sizeof dc, .idstr = "out",
	    .backend = "record", .params = "7" };
	struct vfiomig_device *out;
	struct vfiomig *mig;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	inside = &dest;
	record[0].write = drains_again;
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(vfiomig_state_load(dest.device[0], NULL, 1),
	    CODE(vfiomig_state_load, EINVAL));
	ck_assert_int_eq(vfiomig_state_load(NULL, "", 0), -EINVAL);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 5), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
	    CODE(vfiomig_buffer_drain, ETIMEDOUT));
	dest_close(&dest);

	config.stall_timeout = 0;
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	record[0].loaded = 0;
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 5), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(vfiomig_state_load(dest.device[0], "", 0),
	    CODE(vfiomig_state_load, EBUSY));
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]),
	    CODE(vfiomig_buffer_drain, EPIPE));
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EPIPE);
	ck_assert_int_eq(vfiomig_buffer_drain(NULL), -EINVAL);
	dest_close(&dest);

	/* A source drains nothing. */
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_OUTGOING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &out), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(out),
	    CODE(vfiomig_buffer_drain, EINVAL));
	ck_assert_int_eq(vfiomig_state_load(out, "", 0), -EINVAL);
	vfiomig_free(mig);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, packets, 0, 2 * COUNT_OF(packet));
	tcase_add_test(tests, submit_and_reserve);
	tcase_add_loop_test(tests, submit_fails_as_the_migration_does, 0, 3);
	tcase_add_test(tests, drain_and_state_load);
}
SUITE(moving, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * small_packets_go_together.c - what is in line already goes out in few
 * calls, each byte once and in order, however short the calls are
 */
#include <errno.h>
#include <string.h>

#include <vfiomig/vfiomig.h>

#include "lib/wire.h"
#include "suite.h"
#include "tape.h"

enum {
	PIECE	= 4096,
	PIECES	= 40,
	SIZE	= PIECE * PIECES,
	ROOM	= SIZE + (PIECES + 2) * WIRE_FULL + WIRE_HELLO
};

static uint8_t data[SIZE];
static uint32_t piece[PIECES];
static struct tape tape;

/* What the channel wrote. */
static struct out {
	uint8_t bytes[ROOM];
	size_t size;
	size_t most;			/* bytes a call takes */
	size_t limit;			/* then it is -EAGAIN */
	int calls;
} out;

static ssize_t
out_writev(void *opaque, const struct iovec *iov, int n)
{
	size_t left = out.most, part;
	int k;

	(void)opaque;
	if (left > out.limit - out.size)
		left = out.limit - out.size;
	if (left == 0)
		return -EAGAIN;
	out.calls++;
	part = left;
	for (k = 0; k < n && left > 0; k++) {
		size_t size = iov[k].iov_len < left ? iov[k].iov_len : left;

		ck_assert_uint_le(out.size + size, ROOM);
		memcpy(out.bytes + out.size, iov[k].iov_base, size);
		out.size += size;
		left -= size;
	}
	return (ssize_t)(part - left);
}

static struct vfiomig *
source_filled(struct vfiomig_device **dev, struct vfiomig_channel **ch)
{
	const struct vfiomig_config config = {
		.size = sizeof config, .channels = 1
	};
	const struct vfiomig_device_config dc = {
		.size = sizeof dc, .backend = "tape", .params = "0",
		.idstr = "0"
	};
	const struct vfiomig_channel_config cc = {
		.size = sizeof cc, .fd = -1, .writev = out_writev,
		.flags = VFIOMIG_CHANNEL_NONBLOCK
	};
	struct vfiomig *mig;
	size_t k;

	for (k = 0; k < SIZE; k++)
		data[k] = (uint8_t)(k * 7 + k / 251);
	for (k = 0; k < PIECES; k++)
		piece[k] = PIECE;
	memset(&tape, 0, sizeof tape);
	tape.data = data;
	tape.size = SIZE;
	tape.piece = piece;
	tape.pieces = PIECES;
	memset(&out, 0, sizeof out);
	out.most = out.limit = ROOM;
	tape_register(&tape, 1);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_OUTGOING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, dev), 0);
	ck_assert_int_eq(vfiomig_channel_open(mig, &cc, ch), 0);
	ck_assert_int_eq(vfiomig_quiesce(mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(*dev), 0);
	return mig;
}

/* All of it is there: packets in rising order with the device's bytes. */
static void
out_is_whole(void)
{
	struct wire_device device;
	struct wire_state state;
	size_t at = WIRE_HELLO;
	const char *why;
	uint32_t k;

	for (k = 0; k <= PIECES; k++) {
		ck_assert_uint_le(at + WIRE_FULL, out.size);
		ck_assert_int_eq(wire_device_decode(out.bytes + at, &device,
		    &why), 0);
		ck_assert_int_eq(wire_state_decode(out.bytes + at +
		    WIRE_DEVICE, &state, &why), 0);
		ck_assert_uint_eq(state.idx, k);
		at += WIRE_FULL;
		if (k == PIECES)
			break;
		ck_assert_uint_eq(state.flags, 0);
		ck_assert_uint_eq(device.size, WIRE_STATE + PIECE);
		ck_assert_mem_eq(out.bytes + at, data + k * PIECE, PIECE);
		at += PIECE;
	}
	ck_assert_uint_eq(state.flags, WIRE_STATE_CONFIG);
	ck_assert_uint_eq(at + device.size - WIRE_STATE, out.size);
}

START_TEST(few_calls_carry_many_packets)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	struct vfiomig_device *dev;
	struct vfiomig_channel *ch;
	struct vfiomig *mig = source_filled(&dev, &ch);

	ck_assert_int_eq(vfiomig_channel_run(ch), 0);
	out_is_whole();
	ck_assert_int_le(out.calls, 1 + 3);	/* hello, and 16 at a time */
	ck_assert_int_eq(vfiomig_device_stats(dev, &stats), 0);
	ck_assert_uint_eq(stats.packets_done, PIECES + 1);
	ck_assert_uint_eq(stats.queued_bytes, 0);
	vfiomig_free(mig);
}
END_TEST

START_TEST(short_calls_lose_nothing)
{
	static const size_t most[] = { 1, 287, 288, 289, 4097, 70001 };
	struct vfiomig_device *dev;
	struct vfiomig_channel *ch;
	struct vfiomig *mig = source_filled(&dev, &ch);
	int r;

	out.most = most[_i];
	out.limit = 50000;
	do {
		r = vfiomig_channel_run(ch);
		if (r == -EAGAIN)	/* in the middle of a call's packets */
			out.limit = ROOM;
	} while (r == -EAGAIN);
	ck_assert_int_eq(r, 0);
	out_is_whole();
	vfiomig_free(mig);
}
END_TEST

START_TEST(packets_not_sent_are_given_back)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	struct vfiomig_device *dev;
	struct vfiomig_channel *ch;
	struct vfiomig *mig = source_filled(&dev, &ch);

	out.limit = 30000;
	ck_assert_int_eq(vfiomig_channel_run(ch), -EAGAIN);
	ck_assert_int_eq(vfiomig_channel_close(ch), -EPIPE);
	ck_assert_int_eq(vfiomig_device_stats(dev, &stats), 0);
	ck_assert_uint_eq(stats.packets_done, 0);
	ck_assert_uint_eq(stats.queued_bytes, SIZE - 15 * PIECE);
	vfiomig_free(mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("small packets");

	tcase_add_test(tests, few_calls_carry_many_packets);
	tcase_add_loop_test(tests, short_calls_lose_nothing, 0, 6);
	tcase_add_test(tests, packets_not_sent_are_given_back);
	return suite_run("small_packets_go_together", tests);
}

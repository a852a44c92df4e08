/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fills_share_channels.c - several devices on few channels: each has its turn
 * and its share of the memory, and a channel that stalls holds one packet up
 *
 * One thread, nonblocking forms; so what happens does not depend on time.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <vfiomig/vfiomig.h>

#include "suite.h"
#include "tape.h"

enum { DEVICES = 4, CHANNELS = 3, SIZE = 4000000, SPAN = 128 << 10 };

static uint8_t data[SIZE];
static struct tape tape[DEVICES];
static struct vfiomig *mig;
static struct vfiomig_device *device[DEVICES];
static struct vfiomig_channel *channel[CHANNELS];

static void
source_open(uint32_t spans, uint32_t packet_max)
{
	static const char *const number[] = { "0", "1", "2", "3" };
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = CHANNELS, .budget = (uint64_t)spans * SPAN,
	    .packet_max = packet_max };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .backend = "tape", .flags = VFIOMIG_DEVICE_NONBLOCK };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };
	int k;

	tape_register(tape, DEVICES);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_OUTGOING, &config), 0);
	for (k = 0; k < DEVICES; k++) {
		tape[k] = (struct tape){ .data = data, .size = SIZE };
		dc.idstr = dc.params = number[k];
		ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device[k]), 0);
	}
	for (k = 0; k < CHANNELS; k++)
		ck_assert_int_eq(vfiomig_channel_open(mig, &cc, &channel[k]),
		    0);
	ck_assert_int_eq(vfiomig_quiesce(mig), 0);
}

/* Take a packet; its device, or -1 when there is none, -2 at the end. */
static int
take(int k)
{
	struct vfiomig_packet packet = { .size = sizeof packet };
	int r = vfiomig_packet_take(channel[k], &packet), at;

	if (r == -EAGAIN || r == -ENODATA)
		return r == -EAGAIN ? -1 : -2;
	ck_assert_int_eq(r, 0);
	for (at = 0; packet.device != device[at]; at++)
		;
	return at;
}

static void
release(int k)
{
	ck_assert_int_eq(vfiomig_packet_release(channel[k]), 0);
}

static uint64_t
queued(int k)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };

	ck_assert_int_eq(vfiomig_device_stats(device[k], &stats), 0);
	return stats.queued_bytes;
}

static uint64_t
memory_max(void)
{
	struct vfiomig_stats stats = { .size = sizeof stats };

	ck_assert_int_eq(vfiomig_stats(mig, &stats), 0);
	ck_assert_uint_le(stats.memory, stats.budget);
	return stats.memory_max;
}

START_TEST(devices_take_turns_on_a_channel)
{
	int round, k, seen;

	source_open(64, 10000);
	for (k = 0; k < DEVICES; k++)
		ck_assert_int_eq(vfiomig_buffer_fill(device[k]), -EAGAIN);
	for (round = 0; round < 20; round++) {
		seen = 0;
		for (k = 0; k < DEVICES; k++) {
			seen |= 1 << take(0);
			release(0);
		}
		ck_assert_int_eq(seen, (1 << DEVICES) - 1);
	}
	vfiomig_free(mig);
}
END_TEST

/* The first to come does not read the others out of their memory. */
START_TEST(memory_is_shared_and_bounded)
{
	static const uint32_t packet_max[] = { 4096, 100000, SPAN };
	uint64_t share = 64 / DEVICES * SPAN;
	int k;

	source_open(64, packet_max[_i]);
	for (k = 0; k < DEVICES; k++) {
		ck_assert_int_eq(vfiomig_buffer_fill(device[k]), -EAGAIN);
		ck_assert_uint_le(queued(k), share + SPAN);
		/* 256 packets are in line at most */
		ck_assert_uint_ge(queued(k), share / 2 < 255 * 4096 ?
		    share / 2 : 255 * 4096);
	}
	ck_assert_uint_le(memory_max(), 64 * SPAN);
	vfiomig_free(mig);
}
END_TEST

/* As little memory as there can be: a packet a device. */
START_TEST(the_smallest_budget_is_enough)
{
	int k, r, done = 0, ended, rounds;
	bool whole[DEVICES] = { false };

	source_open(DEVICES, SPAN);
	for (rounds = 0, ended = 0; !ended; rounds++) {
		ck_assert_int_lt(rounds, 10000);
		for (k = 0; k < DEVICES; k++) {
			r = whole[k] ? 0 : vfiomig_buffer_fill(device[k]);
			ck_assert(r == 0 || r == -EAGAIN);
			done += r == 0 && !whole[k];
			whole[k] |= r == 0;
		}
		while ((r = take(0)) >= 0)
			release(0);
		ended = r == -2;
	}
	ck_assert_int_eq(done, DEVICES);
	ck_assert_uint_le(memory_max(), DEVICES * SPAN);
	vfiomig_free(mig);
}
END_TEST

/* One channel takes a packet and is not heard of again. */
START_TEST(a_stalled_channel_holds_one_packet)
{
	struct vfiomig_channel_stats stats = { .size = sizeof stats };
	int k, r, rounds, whole;

	source_open(_i ? DEVICES : 64, SPAN);
	for (k = 0; k < DEVICES; k++)
		vfiomig_buffer_fill(device[k]);
	ck_assert_int_ge(take(2), 0);
	for (rounds = 0, r = 0; r != -2 && rounds < 10000; rounds++) {
		whole = 0;
		for (k = 0; k < DEVICES; k++)
			whole += vfiomig_buffer_fill(device[k]) == 0;
		while ((r = take(rounds % 2)) >= 0)
			release(rounds % 2);
		if (_i && whole == DEVICES - 1)
			break;
	}
	/* with a packet of memory only, its own device waits for it */
	ck_assert_int_eq(whole, _i ? DEVICES - 1 : DEVICES);
	ck_assert_int_eq(vfiomig_channel_stats(channel[2], &stats), 0);
	ck_assert_uint_eq(stats.packets, 0);
	release(2);
	for (; r != -2; rounds++) {
		ck_assert_int_lt(rounds, 20000);
		for (k = 0; k < DEVICES; k++)
			vfiomig_buffer_fill(device[k]);
		while ((r = take(0)) >= 0)
			release(0);
	}
	vfiomig_free(mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("share");

	tcase_add_test(tests, devices_take_turns_on_a_channel);
	tcase_add_loop_test(tests, memory_is_shared_and_bounded, 0, 3);
	tcase_add_test(tests, the_smallest_budget_is_enough);
	tcase_add_loop_test(tests, a_stalled_channel_holds_one_packet, 0, 2);
	return suite_run("share", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics are what happened, at the end and at every moment before; traces
 * come in pairs and in order; and the log says what comes, goes and fails. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 3000, PACKETS = 8 };

START_TEST(at_the_end)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	struct vfiomig_device_stats d;
	struct vfiomig_channel_stats c;
	struct vfiomig_stats s;
	struct dest dest;
	uint32_t k;

	record_start();
	dest_open(&dest, 2, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	ck_assert_uint_eq(device_stats(dest.device[0]).state,
	    VFIOMIG_STATE_RUNNING);
	dest_channel(&dest, 0, -1, 0);
	dest_channel(&dest, 1, -1, 0);
	ck_assert_int_eq(channel_stats(dest.channel[0]).id, -1);
	for (k = PACKETS; k-- > 0; )
		ck_assert_int_eq(dest_submit(&dest, k % 2, 0, k, SIZE), 0);
	d = device_stats(dest.device[0]);
	ck_assert_uint_eq(d.packets, PACKETS);
	ck_assert_uint_eq(d.bytes, PACKETS * SIZE);
	ck_assert_uint_eq(d.queued_bytes, PACKETS * SIZE);
	ck_assert_uint_eq(d.packets_done + d.bytes_done, 0);
	ck_assert_uint_eq(d.next_idx, 0);
	ck_assert_uint_eq(d.reorder_depth_max, PACKETS - 1);
	s = dest_stats(&dest);
	ck_assert_uint_eq(s.memory, PACKETS * 4096);
	ck_assert_uint_eq(s.budget, 4 << 20);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, PACKETS), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);

	d = device_stats(dest.device[0]);
	ck_assert_uint_eq(d.packets, PACKETS + 1);
	ck_assert_uint_eq(d.packets_done, PACKETS + 1);
	ck_assert_uint_eq(d.bytes, PACKETS * SIZE + DEST_CONFIG);
	ck_assert_uint_eq(d.bytes_done, PACKETS * SIZE + DEST_CONFIG);
	ck_assert_uint_eq(d.config_bytes, DEST_CONFIG);
	ck_assert_uint_eq(d.state_bytes, 0);
	ck_assert_uint_eq(d.queued_bytes, 0);
	ck_assert_uint_eq(d.queued_bytes_max, PACKETS * SIZE);
	ck_assert_uint_eq(d.next_idx, PACKETS + 1);
	ck_assert_uint_eq(d.starved, 1);
	ck_assert_uint_eq(d.state, VFIOMIG_STATE_STOP);
	ck_assert_uint_eq(d.complete, 1);
	ck_assert_uint_eq(d.was_reset, 0);
	c = channel_stats(dest.channel[0]);
	ck_assert_uint_eq(c.packets, PACKETS / 2 + 1);
	ck_assert_uint_eq(c.bytes, PACKETS / 2 * SIZE + DEST_CONFIG);
	ck_assert_uint_eq(c.wire_bytes + c.system_calls, 0);
	ck_assert_uint_eq(c.parked + c.parked_ns + c.skipped_packets, 0);
	ck_assert_uint_eq(c.ended, 1);
	s = dest_stats(&dest);
	ck_assert_uint_eq(s.devices, 2);
	ck_assert_uint_eq(s.devices_complete, 1);
	ck_assert_uint_eq(s.channels, 2);
	ck_assert_uint_eq(s.channels_ended, 1);
	ck_assert_uint_eq(s.channels_parked, 0);
	ck_assert_uint_eq(s.memory, 0);
	ck_assert_uint_eq(s.memory_max, PACKETS * 4096);
	ck_assert_uint_eq(s.bytes, PACKETS * SIZE + DEST_CONFIG);
	ck_assert_uint_eq(s.bytes_done, s.bytes);
	dest_close(&dest);
}
END_TEST

/* Looked at from inside each of the device's writes, which are short: bytes
 * that came do not grow as they are loaded. */
static struct dest *looked_at;
static uint64_t looks;

static ssize_t
look(struct record *r, size_t size)
{
	struct vfiomig_device_stats d =
	    device_stats(looked_at->device[r->number]);
	struct vfiomig_stats s = dest_stats(looked_at);

	ck_assert_uint_eq(d.bytes, PACKETS * SIZE);
	ck_assert_uint_eq(d.packets, PACKETS);
	ck_assert_uint_eq(d.bytes_done, r->loaded);
	ck_assert_uint_le(d.queued_bytes, PACKETS * SIZE);
	ck_assert_uint_le(d.packets_done, PACKETS);
	ck_assert_uint_eq(s.bytes, PACKETS * SIZE);
	ck_assert_uint_eq(s.memory, PACKETS * 4096);
	looks++;
	return size < 1000 ? (ssize_t)size : 1000;
}

START_TEST(at_every_moment)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;
	uint32_t k;

	record_start();
	record[0].write = look;
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	looked_at = &dest;
	dest_channel(&dest, 0, -1, 0);
	for (k = 0; k < PACKETS; k++)
		ck_assert_int_eq(dest_submit(&dest, 0, 0, k, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_uint_eq(looks, PACKETS * SIZE / 1000);
	dest_close(&dest);
}
END_TEST

/* Many channels raise the high-water marks at once: what is queued in the end
 * is the most there ever was, so no raise may be lost. */
enum { BRINGERS = 8, ROUNDS = 400 };

static struct dest raised;
static pthread_barrier_t begin;

static int
bring(void *arg)
{
	int k = (int)(intptr_t)arg;

	pthread_barrier_wait(&begin);
	return dest_submit(&raised, k, 0, (uint32_t)k + 1, 500);
}

START_TEST(high_water_marks_lose_no_raise)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = BRINGERS,
	    .budget = 4 * PACKET_ROOM);
	struct thread thread[BRINGERS];
	struct vfiomig_device_stats d;
	int round, k;

	pthread_barrier_init(&begin, NULL, BRINGERS);
	for (round = 0; round < ROUNDS; round++) {
		record_start();
		dest_open(&raised, 1, &config, 0, "record");
		for (k = 0; k < BRINGERS; k++) {
			dest_channel(&raised, k, -1, 0);
			thread_start(&thread[k], bring,
			    (void *)(intptr_t)k);
		}
		for (k = 0; k < BRINGERS; k++)
			ck_assert_int_eq(thread_join(&thread[k]), 0);
		d = device_stats(raised.device[0]);
		ck_assert_uint_eq(d.queued_bytes, BRINGERS * 500);
		ck_assert_uint_eq(d.queued_bytes_max, BRINGERS * 500);
		ck_assert_uint_eq(d.reorder_depth_max, BRINGERS);
		dest_close(&raised);
	}
}
END_TEST

/* An older caller's struct is filled as far as it goes, and no further. */
START_TEST(shorter_structs_are_filled_that_far)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_stats s;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	memset(&s, 0x5a, sizeof s);
	s.size = offsetof(struct vfiomig_stats, memory_max);
	ck_assert_int_eq(vfiomig_stats(dest.mig, &s), 0);
	ck_assert_uint_eq(s.budget, 4 << 20);
	ck_assert_uint_eq(s.memory, 0);
	ck_assert_uint_eq(s.memory_max, 0x5a5a5a5a5a5a5a5a);
	ck_assert_uint_eq(s.size, offsetof(struct vfiomig_stats, memory_max));
	s.size = 0;
	ck_assert_int_eq(vfiomig_stats(dest.mig, &s), -EINVAL);
	dest_close(&dest);
}
END_TEST

/* ---- traces ---- */

/* The event that is next of @type and @device (or channel), from @at. */
static int
find(struct dest *dest, int at, enum vfiomig_trace_type type, int device,
    uint32_t idx)
{
	for (; at < dest->events; at++)
		if (dest->event[at].type == type &&
		    dest->event[at].device == device &&
		    dest->event[at].idx == idx)
			return at;
	ck_abort_msg("no event %d of device %d, idx %u", (int)type, device,
	    idx);
	return -1;
}

START_TEST(traces_come_in_pairs)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2,
	    .window = 4);
	struct dest dest;
	int in, start, end, k;

	record_start();
	dest_open(&dest, 2, &config, VFIOMIG_DEVICE_NONBLOCK, "plain");
	dest_channel(&dest, 0, -1, VFIOMIG_CHANNEL_NONBLOCK);
	dest_channel(&dest, 1, -1, 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, 4, SIZE), -EAGAIN);
	for (k = 3; k >= 0; k--)
		ck_assert_int_eq(dest_submit(&dest, 1, 1, (uint32_t)k, SIZE),
		    0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, 4, SIZE), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 1, 1, 5), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), 0);

	for (k = 1; k < dest.events; k++)
		ck_assert_uint_ge(dest.event[k].nanoseconds,
		    dest.event[k - 1].nanoseconds);
	for (k = 0; k < 5; k++) {
		in = find(&dest, 0, VFIOMIG_TRACE_PACKET_IN, 1, (uint32_t)k);
		start = find(&dest, in, VFIOMIG_TRACE_LOAD_START, 1,
		    (uint32_t)k);
		end = find(&dest, start, VFIOMIG_TRACE_LOAD_END, 1,
		    (uint32_t)k);
		ck_assert_int_eq(end, start + 1);
		ck_assert_int_eq(dest.event[in].channel, k == 4 ? 0 : 1);
		ck_assert_uint_eq(dest.event[in].value, SIZE);
		ck_assert_uint_eq(dest.event[start].value, SIZE);
		ck_assert_uint_eq(dest.event[end].value, SIZE);
	}
	start = find(&dest, 0, VFIOMIG_TRACE_STARVED, 1, 0);
	ck_assert_int_eq(start, 0);
	start = find(&dest, 0, VFIOMIG_TRACE_PARKED, 1, 4);
	ck_assert_int_eq(dest.event[start].channel, 0);
	ck_assert_uint_eq(dest.event[start].value, SIZE);
	for (k = start; dest.event[k].type != VFIOMIG_TRACE_UNPARKED; k++)
		ck_assert_int_lt(k, dest.events - 1);
	ck_assert_int_eq(dest.event[k].channel, 0);
	in = find(&dest, 0, VFIOMIG_TRACE_PACKET_IN, 1, 5);
	start = find(&dest, in, VFIOMIG_TRACE_CONFIG_START, 1, 5);
	end = find(&dest, start, VFIOMIG_TRACE_CONFIG_END, 1, 5);
	ck_assert_uint_eq(dest.event[start].value, DEST_CONFIG);
	ck_assert_uint_eq(dest.event[end].value, DEST_CONFIG);
	for (k = end; dest.event[k].type != VFIOMIG_TRACE_DONE; k++)
		ck_assert_int_lt(k, dest.events - 1);
	ck_assert_int_eq(dest.event[k].device, 1);
	vfiomig_cancel(dest.mig);
	k = dest.events - 1;
	ck_assert_int_eq(dest.event[k].type, VFIOMIG_TRACE_FAILED);
	ck_assert_uint_eq(dest.event[k].value, ECANCELED);
	dest_close(&dest);
}
END_TEST

START_TEST(the_log_says_who_comes_and_goes)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct script script = { 0 };
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&script, 0, NULL);
	script_packet(&script, 0, 0, 0, SIZE);
	script_config(&script, 0, 1);
	ck_assert_int_eq(dest_run(&dest, 0, &script, SOCKET), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	words_are_in(dest.log, "3 device added: device=\"dev0\", instance=0, "
	    "backend=record|3 channel ended: channel=0, id=0, packets=2|"
	    "3 device complete: device=\"dev0\", packets=2, bytes=3300");
	ck_assert_ptr_null(strstr(dest.log, "\n1 "));
	vfiomig_cancel(dest.mig);
	vfiomig_cancel(dest.mig);
	ck_assert_ptr_nonnull(strstr(dest.log, "\n1 migration cancelled"));
	ck_assert_ptr_null(strstr(strstr(dest.log, "\n1 ") + 1, "\n1 "));
	script_free(&script);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, at_the_end);
	tcase_add_test(tests, at_every_moment);
	tcase_add_test(tests, high_water_marks_lose_no_raise);
	tcase_add_test(tests, shorter_structs_are_filled_that_far);
	tcase_add_test(tests, traces_come_in_pairs);
	tcase_add_test(tests, the_log_says_who_comes_and_goes);
}
SUITE(figures, cases)

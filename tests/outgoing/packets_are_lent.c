/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * packets_are_lent.c - vfiomig_packet_take and _release, for transports of
 * the caller's: what is lent is whole, one at a time, and the other side's
 * vfiomig_packet_submit takes it
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <vfiomig/vfiomig.h>

#include "suite.h"
#include "tape.h"

enum { DEVICES = 2, CHANNELS = 3, SIZE = 700001, CONFIG = 333 };

static uint8_t data[DEVICES][SIZE], room[DEVICES][SIZE];
static uint8_t config_state[CONFIG];
static struct tape tape[2 * DEVICES];

/* Tapes 0 and 1 play, 2 and 3 record. */
static void
tapes_make(void)
{
	int k, i;

	for (k = 0; k < DEVICES; k++) {
		for (i = 0; i < SIZE; i++)
			data[k][i] = (uint8_t)(i * 13 + i / 253 + k);
		tape[k] = (struct tape){ .data = data[k], .size = SIZE,
		    .config = config_state, .config_size = CONFIG };
		tape[DEVICES + k] = (struct tape){ .room = room[k],
		    .room_size = SIZE };
	}
	memset(config_state, 0x5a, CONFIG);
	tape_register(tape, 2 * DEVICES);
}

struct end {
	struct vfiomig *mig;
	struct vfiomig_device *device[DEVICES];
	struct vfiomig_channel *channel[CHANNELS];
};

static void
end_open(struct end *end, enum vfiomig_direction direction, uint32_t flags)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = CHANNELS, .budget = 4 << 17,
	    .packet_max = 100000 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .backend = "tape", .instance_id = 7,
	    .flags = flags ? VFIOMIG_DEVICE_NONBLOCK : 0 };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .flags = flags };
	static const char *const number[] = { "0", "1", "2", "3" };
	int k;

	ck_assert_int_eq(vfiomig_new(&end->mig, direction, &config), 0);
	for (k = 0; k < DEVICES; k++) {
		dc.idstr = number[k];
		dc.params = number[direction == VFIOMIG_INCOMING ?
		    DEVICES + k : k];
		ck_assert_int_eq(vfiomig_device_add(end->mig, &dc,
		    &end->device[k]), 0);
	}
	for (k = 0; k < CHANNELS; k++)
		ck_assert_int_eq(vfiomig_channel_open(end->mig, &cc,
		    &end->channel[k]), 0);
}

/* Send one taken packet to the other side: 0, or -EAGAIN. */
static int
carry(const struct vfiomig_packet *packet, struct end *to, int k)
{
	static _Thread_local uint8_t flat[12 + 100000];
	struct vfiomig_device *device;
	const char *idstr = (const char *)packet->iov[0].iov_base + 12;

	ck_assert_uint_eq(packet->iov[0].iov_len, 276);
	ck_assert_uint_eq(packet->iov[1].iov_len, 12);
	device = vfiomig_device_find(to->mig, idstr, 7);
	ck_assert_ptr_nonnull(device);
	memcpy(flat, packet->iov[1].iov_base, 12);
	memcpy(flat + 12, packet->iov[2].iov_base, packet->iov[2].iov_len);
	return vfiomig_packet_submit(to->channel[k], device, flat,
	    12 + packet->iov[2].iov_len);
}

static void
expect_whole(struct end *to)
{
	int k;

	ck_assert_int_eq(vfiomig_resume(to->mig), 0);
	for (k = 0; k < DEVICES; k++) {
		ck_assert_uint_eq(tape[DEVICES + k].recorded, SIZE);
		ck_assert_mem_eq(room[k], data[k], SIZE);
		ck_assert_uint_eq(tape[DEVICES + k].config_got_size, CONFIG);
		ck_assert_mem_eq(tape[DEVICES + k].config_got, config_state,
		    CONFIG);
		ck_assert_uint_eq(tape[DEVICES + k].state,
		    VFIOMIG_STATE_RUNNING);
	}
}

/* ---- nonblocking, all in one thread ---- */

/* One channel's step; true: it has ended. */
static bool
channel_step(struct end *from, struct end *to, int k,
    struct vfiomig_packet *held)
{
	int r;

	if (held->device == NULL) {
		held->size = sizeof *held;
		r = vfiomig_packet_take(from->channel[k], held);
		if (r == -ENODATA)
			return true;
		if (r == -EAGAIN)
			return false;
		ck_assert_int_eq(r, 0);
	}
	r = carry(held, to, k);
	if (r == -EAGAIN)
		return false;
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(vfiomig_packet_release(from->channel[k]), 0);
	held->device = NULL;
	return false;
}

START_TEST(nonblocking_calls_carry_all)
{
	struct vfiomig_packet held[CHANNELS] = { 0 };
	bool ended[CHANNELS] = { false };
	int left = CHANNELS, k, rounds, whole = 0;
	struct end from, to;

	tapes_make();
	end_open(&from, VFIOMIG_OUTGOING, VFIOMIG_CHANNEL_NONBLOCK);
	end_open(&to, VFIOMIG_INCOMING, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(vfiomig_quiesce(from.mig), 0);
	for (rounds = 0; left > 0 || whole < DEVICES; rounds++) {
		ck_assert_int_lt(rounds, 100000);
		whole = 0;
		for (k = 0; k < DEVICES; k++) {
			ck_assert_int_le(vfiomig_buffer_fill(from.device[k]),
			    0);
			whole += vfiomig_buffer_drain(to.device[k]) == 0;
		}
		for (k = 0; k < CHANNELS; k++) {
			if (ended[k] || !channel_step(&from, &to, k,
			    &held[k]))
				continue;
			ended[k] = true;
			left--;
			ck_assert_int_eq(vfiomig_channel_close(
			    from.channel[k]), 0);
			ck_assert_int_eq(vfiomig_channel_close(
			    to.channel[k]), 0);
		}
	}
	expect_whole(&to);
	vfiomig_free(from.mig);
	vfiomig_free(to.mig);
}
END_TEST

/* ---- blocking, a thread for each channel and device ---- */

struct job {
	struct end *from, *to;
	int k, result;
};

static void *
channel_run(void *arg)
{
	struct vfiomig_packet packet = { .size = sizeof packet };
	struct job *job = arg;
	struct vfiomig_channel *channel = job->from->channel[job->k];
	int r;

	while ((r = vfiomig_packet_take(channel, &packet)) == 0) {
		r = carry(&packet, job->to, job->k);
		if (r < 0 || (r = vfiomig_packet_release(channel)) < 0)
			break;
	}
	job->result = r == -ENODATA ? 0 : r;
	vfiomig_channel_close(channel);
	vfiomig_channel_close(job->to->channel[job->k]);
	return NULL;
}

static void *
fill_run(void *arg)
{
	struct job *job = arg;

	job->result = vfiomig_buffer_fill(job->from->device[job->k]);
	return NULL;
}

static void *
drain_run(void *arg)
{
	struct job *job = arg;

	job->result = vfiomig_buffer_drain(job->to->device[job->k]);
	return NULL;
}

START_TEST(blocking_calls_carry_all)
{
	enum { JOBS = CHANNELS + 2 * DEVICES };
	pthread_t thread[JOBS];
	struct job job[JOBS];
	struct end from, to;
	int k;

	tapes_make();
	end_open(&from, VFIOMIG_OUTGOING, 0);
	end_open(&to, VFIOMIG_INCOMING, 0);
	ck_assert_int_eq(vfiomig_quiesce(from.mig), 0);
	for (k = 0; k < JOBS; k++) {
		job[k] = (struct job){ &from, &to, k < CHANNELS ? k :
		    (k - CHANNELS) % DEVICES, 1 };
		ck_assert_int_eq(pthread_create(&thread[k], NULL,
		    k < CHANNELS ? channel_run : k < CHANNELS + DEVICES ?
		    fill_run : drain_run, &job[k]), 0);
	}
	for (k = 0; k < JOBS; k++) {
		pthread_join(thread[k], NULL);
		ck_assert_int_eq(job[k].result, 0);
	}
	expect_whole(&to);
	vfiomig_free(from.mig);
	vfiomig_free(to.mig);
}
END_TEST

/* What a packet says of itself is what its headers say. */
START_TEST(a_packet_says_what_it_is)
{
	struct vfiomig_packet p = { .size = sizeof p }, q = p;
	struct end from;
	const uint8_t *b;

	tapes_make();
	tape[0].size = 10;
	end_open(&from, VFIOMIG_OUTGOING, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(vfiomig_quiesce(from.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(from.device[0]), 0);
	ck_assert_int_eq(vfiomig_packet_take(from.channel[0], &p), 0);
	ck_assert_int_eq(vfiomig_packet_take(from.channel[1], &q), 0);
	ck_assert_ptr_eq(p.device, from.device[0]);
	ck_assert_ptr_eq(q.device, from.device[0]);
	ck_assert_uint_eq(p.idx, 0);
	ck_assert_uint_eq(q.idx, 1);
	ck_assert_uint_eq(p.flags, 0);
	ck_assert_uint_eq(q.flags, 1);
	ck_assert_uint_eq(p.iov[2].iov_len, 10);
	ck_assert_mem_eq(p.iov[2].iov_base, data[0], 10);
	ck_assert_mem_eq(q.iov[2].iov_base, config_state, CONFIG);
	b = p.iov[0].iov_base;
	ck_assert_mem_eq(b, "\x11\x22\x33\x44\0\0\0\1\0\0\0\x40" "0\0", 14);
	ck_assert_mem_eq(b + 268, "\0\0\0\7\0\0\0\x16", 8);
	ck_assert_mem_eq(q.iov[1].iov_base, "\0\0\0\0\0\0\0\1\0\0\0\1", 12);
	vfiomig_free(from.mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("lent");

	tcase_add_test(tests, nonblocking_calls_carry_all);
	tcase_add_test(tests, blocking_calls_carry_all);
	tcase_add_test(tests, a_packet_says_what_it_is);
	return suite_run("lent", tests);
}

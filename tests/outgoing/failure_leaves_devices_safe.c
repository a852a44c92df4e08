/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * failure_leaves_devices_safe.c - whatever breaks on the way, and whenever:
 * nothing hangs, the source's devices run on with their state, no device of
 * the destination runs, and nothing is left behind
 */
#include <errno.h>
#include <malloc.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "pair.h"
#include "plugins/sim/sim.h"
#include "seed.h"
#include "suite.h"

enum { MOMENTS = 200, DEVICES = 2, CHANNELS = 3, SIZE = 150000 };

/* ---- the oracle ---- */

/* A call ended well, or with the failure. */
static void
expect_code(int r, int code)
{
	ck_assert_msg(r == 0 || r == code, "%d, not %d", r, code);
}

static void
expect_end(const struct pair *pair, struct pair_end *end, int code)
{
	int k;

	for (k = 0; k < pair->channels; k++)
		expect_code(end->channel_result[k], code);
	for (k = 0; k < pair->devices; k++)
		expect_code(end->device_result[k], code);
	ck_assert_int_eq(vfiomig_recover(end->mig), code ? 0 : -EBUSY);
}

static void
device_view(struct vfiomig_device *device, char end, int k,
    struct sim_view *view)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	char tag[8];

	snprintf(tag, sizeof tag, "%c%d", end, k);
	ck_assert_int_eq(sim_find(tag, view), 0);
	ck_assert_uint_eq(view->violations, 0);
	ck_assert_int_eq(vfiomig_device_stats(device, &stats), 0);
	ck_assert_uint_eq(stats.state, view->state);
	ck_assert_uint_eq(stats.was_reset, view->resets != 0);
}

/* Recover what failed; both ends' codes, for the case's own expectations. */
static void
expect_safe(struct pair *pair, int *source, int *target)
{
	struct sim_view view;
	int k;

	*source = vfiomig_failure(pair->source.mig, NULL, 0);
	*target = vfiomig_failure(pair->target.mig, NULL, 0);
	expect_end(pair, &pair->source, *source);
	expect_end(pair, &pair->target, *target);
	for (k = 0; k < pair->devices; k++) {
		device_view(pair->source.device[k], 's', k, &view);
		if (*source != 0) {
			ck_assert_uint_eq(view.state, VFIOMIG_STATE_RUNNING);
			ck_assert_uint_eq(view.resets, 0);
			ck_assert_int_eq(view.blank, 0);
		}
		device_view(pair->target.device[k], 't', k, &view);
		ck_assert_uint_eq(view.state, VFIOMIG_STATE_STOP);
		ck_assert_int_eq(view.loaded || view.resets || !view.bytes,
		    1);
	}
}

/*
 * What is open and allocated, compared after each round but the first few;
 * the C library's threads keep some bytes for the next ones.
 */
struct belongings {
	int rounds;
	int fds;
	size_t memory;
};

static void
belongings_compare(struct belongings *b)
{
	size_t memory = mallinfo2().uordblks;
	int fds = count_fds();

	if (b->rounds++ < 4) {
		b->fds = fds;
		b->memory = memory;
	}
	ck_assert_int_eq(fds, b->fds);
	ck_assert_uint_le(memory, b->memory + 16384);
}

/* ---- cancel from another thread ---- */

static _Atomic int events;
static int moment;
static bool at_target;
static sem_t now;

/* A migration's moments are its trace events, not time. */
static void
moment_count(void *opaque, const struct vfiomig_trace *event)
{
	bool target = event->type < VFIOMIG_TRACE_SAVE_START;

	(void)opaque;
	if (event->type != VFIOMIG_TRACE_FAILED && target == at_target &&
	    atomic_fetch_add(&events, 1) == moment)
		sem_post(&now);
}

static void *
cancel_run(void *mig)
{
	while (sem_wait(&now) != 0)
		;
	vfiomig_cancel(mig);
	return NULL;
}

static void
cancel_once(uint64_t *seed, bool small)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .budget = small ? DEVICES << 17 : 1 << 20, .packet_max = 4096,
	    .trace = moment_count };
	int source, target;
	struct pair pair;
	pthread_t thread;

	atomic_store(&events, 0);
	moment = (int)seed_below(seed, 300);
	sem_init(&now, 0, 0);
	pair_open(&pair, DEVICES, CHANNELS, "size=150000,seed=1",
	    "size=150000,seed=1", &config);
	pthread_create(&thread, NULL, cancel_run, at_target ?
	    pair.target.mig : pair.source.mig);
	pair_run(&pair);
	sem_post(&now);
	pthread_join(thread, NULL);
	expect_safe(&pair, &source, &target);
	ck_assert_int_ne(at_target ? target : source, 0);
	pair_close(&pair);
	sem_destroy(&now);
}

START_TEST(cancelled_at_any_moment)
{
	struct belongings belongings = { 0 };
	uint64_t seed = (uint64_t)_i;
	int round;

	at_target = _i;
	for (round = 0; round < MOMENTS; round++) {
		cancel_once(&seed, round % 2);
		belongings_compare(&belongings);
	}
}
END_TEST

/* ---- devices and callbacks that fail ---- */

/* Run one pair with these parameters; the codes. */
static void
run_once(const char *source_params, const char *target_params, int *source,
    int *target)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .budget = 1 << 20, .packet_max = 1000 };
	struct pair pair;

	pair_open(&pair, DEVICES, CHANNELS, source_params, target_params,
	    &config);
	pair_run(&pair);
	expect_safe(&pair, source, target);
	pair_close(&pair);
}

/* Offsets 0 to 3000 about every edge of a packet and of the stream. */
static int
offset_of(int round)
{
	return round / 3 * 500 + round % 3 - 1;
}

START_TEST(a_device_fails_at_any_byte)
{
	static const char *const form[] = { "size=3000,seed=5,"
	    "fail_after=%d:EIO", "size=3000,seed=5,counted=1,"
	    "fail_after=%d:ENXIO" };
	struct belongings belongings = { 0 };
	char params[100];
	int round, source, target, at;

	for (round = 0; round < 2 * 3 * 6; round++) {
		at = offset_of(round / 2);
		if (at < 1)
			continue;
		snprintf(params, sizeof params, form[round % 2], at);
		if (_i == 0) {
			run_once(params, "size=3000,seed=5", &source,
			    &target);
			ck_assert_int_eq(source, round % 2 ? -ENXIO : -EIO);
			ck_assert_int_ne(target, 0);
		} else {
			run_once("size=3000,seed=5", params, &source,
			    &target);
			ck_assert_int_eq(target, round % 2 ? -ENXIO : -EIO);
		}
		belongings_compare(&belongings);
	}
}
END_TEST

static const struct {
	const char *source, *target;
	int source_code, target_code;	/* 0: any */
} step[] = {
	{ "size=3000,seed=1,fail_state=stop_copy:EIO", "seed=1", -EIO, 0 },
	{ "size=3000,seed=1,fail_state=stop:EIO", "seed=1", -EIO, 0 },
	{ "size=3000,seed=1,fail_after=0:ENODEV", "seed=1", -ENODEV, 0 },
	{ "size=3000,seed=1,fail_config=ENOSPC", "seed=1", -ENOSPC, 0 },
	{ "size=3000,seed=1", "seed=1,fail_after=0:EFAULT", 0, -EFAULT },
	{ "size=3000,seed=1", "seed=1,write_zero_after=5", 0, -EIO },
	{ "size=3000,seed=1", "seed=1,size=3001", 0, -EINVAL },
	{ "size=3000,seed=1", "seed=1,size=2999", 0, -ENOMEM },
	{ "size=3000,seed=1", "seed=2", 0, -EILSEQ },
	{ "size=3000,seed=1", "seed=1,refuse_stop=EIO", 0, -EIO },
	{ "size=3000,seed=1", "seed=1,fail_config=EPERM", 0, -EPERM },
	{ "size=3000,seed=1", "seed=1,fail_state=resuming:EIO", 0, -EIO },
};

START_TEST(a_step_fails)
{
	int source, target;

	run_once(step[_i].source, step[_i].target, &source, &target);
	if (step[_i].source_code != 0) {
		ck_assert_int_eq(source, step[_i].source_code);
		ck_assert_int_ne(target, 0);
	}
	if (step[_i].target_code != 0)
		ck_assert_int_eq(target, step[_i].target_code);
}
END_TEST

/* ---- connections that break or stall ---- */

/*
 * One connection is cut, or, so that not all can go by the others and leave
 * the destination with nothing to wait for, all of them stall.  The bytes
 * that the first would still have carried.
 */
static uint64_t
wire_once(int channel, uint64_t bytes, bool cut, uint32_t stall_timeout,
    int *source, int *target)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .budget = 4 << 20, .stall_timeout = stall_timeout };
	struct pair pair;
	uint64_t left;
	int k;

	pair_open(&pair, DEVICES, CHANNELS, "size=4M,seed=1",
	    "size=4M,seed=1", &config);
	for (k = 0; k < CHANNELS; k++)
		if (k == channel || !cut)
			pair_wire(&pair, k, bytes, cut);
	pair_run(&pair);
	expect_safe(&pair, source, target);
	left = pair.wire[0].bytes;
	pair_close(&pair);
	return left;
}

enum { BOUNDARY = 64 + 288 + (1 << 20) };

/* In the hello, between it and a packet, in a header, in a payload. */
static const int cut_at[] = { 1, 30, 63, 64, 65, 75, 100, 339, 351, 352, 353,
	5000, BOUNDARY - 1, BOUNDARY, BOUNDARY + 12 };

START_TEST(a_connection_is_cut)
{
	struct belongings belongings = { 0 };
	int source, target, round;
	uint64_t left;

	for (round = 0; round < (int)(sizeof cut_at / sizeof cut_at[0]);
	    round++) {
		left = wire_once(round % CHANNELS, (uint64_t)cut_at[round],
		    true, 0, &source, &target);
		/* unless it was never to carry that much */
		if (left == 0 && cut_at[round] != BOUNDARY)
			ck_assert_int_ne(target, 0);
		belongings_compare(&belongings);
	}
}
END_TEST

START_TEST(a_connection_stalls)
{
	int source, target;

	wire_once(0, (uint64_t)cut_at[_i], false, 500, &source, &target);
	ck_assert_int_ne(target, 0);
	if (source != 0)
		ck_assert_msg(source == -ETIMEDOUT || source == -EPIPE ||
		    source == -ECONNRESET, "%d", source);
	ck_assert_msg(source == -ETIMEDOUT || target == -ETIMEDOUT,
	    "%d %d", source, target);
}
END_TEST

static void *
cancel_both_run(void *arg)
{
	struct pair *pair = arg;
	struct vfiomig_stats stats = { .size = sizeof stats };
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t bytes = UINT64_MAX;

	/* when the stream has come to a rest */
	do {
		bytes = stats.bytes_done;
		nanosleep(&pause, NULL);
		vfiomig_stats(pair->source.mig, &stats);
	} while (bytes != stats.bytes_done || bytes == 0);
	vfiomig_cancel(pair->source.mig);
	vfiomig_cancel(pair->target.mig);
	return NULL;
}

START_TEST(cancel_ends_a_stall)
{
	struct pair pair;
	pthread_t thread;
	int source, target;

	pair_open(&pair, DEVICES, 1, "size=4M,seed=1", "size=4M,seed=1",
	    NULL);
	pair_wire(&pair, 0, 2000000, false);
	pthread_create(&thread, NULL, cancel_both_run, &pair);
	pair_run(&pair);
	pthread_join(thread, NULL);
	expect_safe(&pair, &source, &target);
	ck_assert_int_eq(source, -ECANCELED);
	ck_assert_int_eq(target, -ECANCELED);
	pair_close(&pair);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("failure");

	mallopt(M_ARENA_MAX, 1);	/* so that mallinfo2 sees all of it */
	tcase_add_loop_test(tests, cancelled_at_any_moment, 0, 2);
	tcase_add_loop_test(tests, a_device_fails_at_any_byte, 0, 2);
	tcase_add_loop_test(tests, a_step_fails, 0,
	    sizeof step / sizeof step[0]);
	tcase_add_test(tests, a_connection_is_cut);
	tcase_add_loop_test(tests, a_connection_stalls, 3, 9);
	tcase_add_test(tests, cancel_ends_a_stall);
	return suite_run("failure", tests);
}

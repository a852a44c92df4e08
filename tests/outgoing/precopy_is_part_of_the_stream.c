/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * precopy_is_part_of_the_stream.c - what was read before the guest stopped,
 * by whichever way it went, and what was read after it, are the device's
 * stream; and the destination says when the initial part is in the device
 *
 * That the two are the stream the sim at the destination knows: it compares
 * every byte.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pair.h"
#include "plugins/sim/sim.h"
#include "suite.h"

enum { SIZE = 400000, INITIAL = 50000, REINIT = 10000, DIRTY = 60000 };

/* The sim's flag sets: STOP_COPY 1, P2P 2, PRE_COPY 4. */
static const int flags[] = { 1, 3, 5, 7 };

static void
pair_make(struct pair *pair, int flag, int enomsg)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .budget = 4 << 20, .packet_max = 20000 };
	char params[200];

	snprintf(params, sizeof params, "size=%d,seed=9,flags=%d,initial=%d,"
	    "dirty=%d,dirty_rate=100G,reinit=%d,enomsg=%d,config_size=77",
	    SIZE, flag, INITIAL, DIRTY, REINIT, enomsg);
	pair_open(pair, 1, 2, params, "size=400000,seed=9,config_size=77",
	    &config);
}

static struct vfiomig_pending
pending_of(struct pair *pair)
{
	struct vfiomig_pending pending = { .size = sizeof pending };

	ck_assert_int_eq(vfiomig_pending(pair->source.device[0], &pending),
	    0);
	return pending;
}

static struct vfiomig_device_stats
stats_of(struct vfiomig_device *device)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };

	ck_assert_int_eq(vfiomig_device_stats(device, &stats), 0);
	return stats;
}

static void
expect_whole(struct pair *pair)
{
	struct sim_view view;
	int k;

	ck_assert_str_eq(pair->log, "");
	for (k = 0; k < pair->channels; k++) {
		ck_assert_int_eq(pair->source.channel_result[k], 0);
		ck_assert_int_eq(pair->target.channel_result[k], 0);
	}
	ck_assert_int_eq(pair->source.device_result[0], 0);
	ck_assert_int_eq(pair->target.device_result[0], 0);
	ck_assert_int_eq(sim_find("t0", &view), 0);
	ck_assert_uint_eq(view.verified, SIZE);
	ck_assert_uint_eq(view.config_bytes, 77);
	ck_assert_int_eq(sim_find("s0", &view), 0);
	ck_assert_uint_eq(view.bytes, SIZE);
	ck_assert_uint_eq(view.violations, 0);
}

/* Move at most @limit bytes by the VMM's main stream. */
static ssize_t
by_main(struct pair *pair, size_t limit)
{
	static char data[SIZE];
	ssize_t n;

	n = vfiomig_state_save(pair->source.device[0], data, limit);
	if (n > 0)
		ck_assert_int_eq(vfiomig_state_load(pair->target.device[0],
		    data, (size_t)n), 0);
	return n;
}

/* All pre-copy data, in pieces of @limit, by either way; how much. */
static uint64_t
precopy_all(struct pair *pair, bool main, size_t limit)
{
	uint64_t sum = 0;
	ssize_t n;

	do {
		n = main ? by_main(pair, limit) : vfiomig_buffer_prefill(
		    pair->source.device[0], limit);
		ck_assert_int_ge(n, 0);
		ck_assert_uint_le((size_t)n, limit);
		sum += (uint64_t)n;
	} while (n > 0);
	return sum;
}

START_TEST(both_parts_are_the_stream)
{
	int flag = flags[_i / 8];
	bool main = _i & 1, can = flag & 4;
	size_t limit = _i & 2 ? 7777 : SIZE;
	struct pair pair;
	uint64_t n;

	pair_make(&pair, flag, _i >> 2 & 1);
	ck_assert_uint_eq(pending_of(&pair).stop_copy, SIZE);
	ck_assert_int_eq(vfiomig_precopy(pair.source.mig), 0);
	n = precopy_all(&pair, main, limit);
	if (can) {
		ck_assert_uint_ge(n, INITIAL);
		ck_assert_uint_le(n, INITIAL + DIRTY);
		ck_assert_uint_eq(pending_of(&pair).stop_copy, SIZE - n);
		/* more comes in line once, and is read */
		n += precopy_all(&pair, main, limit);
		ck_assert_uint_ge(n, INITIAL + REINIT);
	} else {
		ck_assert_uint_eq(n, 0);
	}
	ck_assert_uint_eq(stats_of(pair.source.device[0]).state_bytes,
	    main ? n : 0);
	pair_run(&pair);
	expect_whole(&pair);
	ck_assert_uint_eq(stats_of(pair.target.device[0]).state_bytes,
	    main ? n : 0);
	pair_close(&pair);
}
END_TEST

/* A stream that began on the main stream may go on in packets. */
START_TEST(the_two_ways_follow_each_other)
{
	struct pair pair;

	pair_make(&pair, 7, 0);
	ck_assert_int_eq(vfiomig_precopy(pair.source.mig), 0);
	ck_assert_int_eq(by_main(&pair, 1000), 1000);
	ck_assert_int_eq(vfiomig_buffer_prefill(pair.source.device[0], 1000),
	    1000);
	ck_assert_int_eq(by_main(&pair, 1000), -EBUSY);
	pair_run(&pair);
	expect_whole(&pair);
	pair_close(&pair);
}
END_TEST

START_TEST(pending_tells_of_new_initial_data)
{
	struct vfiomig_pending pending;
	struct pair pair;

	pair_make(&pair, 7, 0);
	ck_assert_int_eq(vfiomig_precopy(pair.source.mig), 0);
	pending = pending_of(&pair);
	ck_assert_uint_eq(pending.initial, INITIAL);
	ck_assert_uint_eq(pending.reinit, 0);
	ck_assert_int_eq(vfiomig_buffer_prefill(pair.source.device[0],
	    20000), 20000);
	ck_assert_uint_eq(pending_of(&pair).initial, INITIAL - 20000);
	ck_assert_int_eq(vfiomig_buffer_prefill(pair.source.device[0],
	    INITIAL - 20000), INITIAL - 20000);
	pending = pending_of(&pair);
	ck_assert_uint_eq(pending.reinit, 1);
	ck_assert_uint_eq(pending.initial, REINIT);
	ck_assert_uint_eq(pending_of(&pair).reinit, 0);
	ck_assert_uint_eq(pending_of(&pair).stop_copy, SIZE - INITIAL);
	pair_run(&pair);
	expect_whole(&pair);
	pair_close(&pair);
}
END_TEST

static void
wait_for_initial(struct vfiomig_device *device)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	while (!stats_of(device).initial_loaded)
		nanosleep(&pause, NULL);
}

/* The source runs, its first packets are loaded, and the VMM can be told. */
START_TEST(initial_is_loaded_before_the_switchover)
{
	struct vfiomig_device *to;
	struct pair pair;

	pair_make(&pair, 7, 0);
	to = pair.target.device[0];
	ck_assert_uint_eq(stats_of(to).initial_loaded, 0);
	ck_assert_int_eq(vfiomig_initial_set(to, INITIAL), 0);
	ck_assert_uint_eq(stats_of(to).initial_loaded, 0);
	ck_assert_int_eq(vfiomig_precopy(pair.source.mig), 0);
	if (_i == 0) {
		pair_start_target(&pair);
		pair_start_channels(&pair);
		ck_assert_int_eq(vfiomig_buffer_prefill(
		    pair.source.device[0], INITIAL - 1), INITIAL - 1);
		ck_assert_uint_eq(stats_of(to).initial_loaded, 0);
		ck_assert_int_eq(vfiomig_buffer_prefill(
		    pair.source.device[0], 1), 1);
		wait_for_initial(to);
		ck_assert_uint_eq(stats_of(pair.source.device[0]).state,
		    VFIOMIG_STATE_PRE_COPY);
		ck_assert_int_eq(vfiomig_quiesce(pair.source.mig), 0);
		pair_start_fills(&pair);
		pair_join(&pair);
	} else {
		ck_assert_int_eq(by_main(&pair, INITIAL - 1), INITIAL - 1);
		ck_assert_uint_eq(stats_of(to).initial_loaded, 0);
		ck_assert_int_eq(by_main(&pair, 1), 1);
		ck_assert_uint_eq(stats_of(to).initial_loaded, 1);
		pair_run(&pair);
	}
	expect_whole(&pair);
	pair_close(&pair);
}
END_TEST

START_TEST(no_initial_data_is_loaded_at_once)
{
	struct vfiomig_device *to;
	struct pair pair;

	pair_make(&pair, 3, 0);
	to = pair.target.device[0];
	ck_assert_int_eq(vfiomig_initial_set(NULL, 0), -EINVAL);
	ck_assert_uint_eq(stats_of(to).initial_loaded, 0);
	ck_assert_int_eq(vfiomig_initial_set(to, UINT64_MAX), 0);
	ck_assert_uint_eq(stats_of(to).initial_loaded, 0);
	ck_assert_int_eq(vfiomig_initial_set(to, 0), 0);
	ck_assert_uint_eq(stats_of(to).initial_loaded, 1);
	pair_close(&pair);
}
END_TEST

/* A nonblocking prefill stops where the memory ends, and says how much. */
START_TEST(prefill_stops_at_the_budget)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1, .budget = 1 << 17, .packet_max = 1 << 17 };
	struct vfiomig_device_config dc = { .size = sizeof dc, .idstr = "dev",
	    .backend = "sim", .params = "size=400000,initial=300000",
	    .flags = VFIOMIG_DEVICE_NONBLOCK };
	struct vfiomig_device *device;
	struct vfiomig *mig;
	struct pair pair;

	pair_make(&pair, 7, 0);		/* registers the sim */
	pair_close(&pair);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_OUTGOING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
	ck_assert_int_eq(vfiomig_precopy(mig), 0);
	ck_assert_int_eq(vfiomig_buffer_prefill(device, 300000), 1 << 17);
	ck_assert_int_eq(vfiomig_buffer_prefill(device, 300000), -EAGAIN);
	vfiomig_cancel(mig);
	ck_assert_int_eq(vfiomig_buffer_prefill(device, 300000), -ECANCELED);
	vfiomig_free(mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("precopy");

	tcase_add_loop_test(tests, both_parts_are_the_stream, 0, 32);
	tcase_add_test(tests, the_two_ways_follow_each_other);
	tcase_add_test(tests, pending_tells_of_new_initial_data);
	tcase_add_loop_test(tests, initial_is_loaded_before_the_switchover, 0,
	    2);
	tcase_add_test(tests, no_initial_data_is_loaded_at_once);
	tcase_add_test(tests, prefill_stops_at_the_budget);
	return suite_run("precopy", tests);
}

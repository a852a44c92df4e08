/* SPDX-License-Identifier: BSD-3-Clause */
/* source_sends_all.c - what a source sends is what its destination has */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"
#include "plugins/builtin.h"
#include "plugins/sim/sim.h"
#include "../suite.h"

/* Every device whole, checked by the sim byte by byte, and running. */
static void
pair_expect_whole(struct pair *pair, uint64_t size)
{
	struct sim_view view;
	char tag[8];
	int k;

	ck_assert_str_eq(pair->log, "");
	for (k = 0; k < pair->channels; k++) {
		ck_assert_int_eq(pair->source.channel_result[k], 0);
		ck_assert_int_eq(pair->target.channel_result[k], 0);
	}
	ck_assert_int_eq(vfiomig_resume(pair->target.mig), 0);
	for (k = 0; k < pair->devices; k++) {
		ck_assert_int_eq(pair->source.device_result[k], 0);
		ck_assert_int_eq(pair->target.device_result[k], 0);
		snprintf(tag, sizeof tag, "t%d", k);
		ck_assert_int_eq(sim_find(tag, &view), 0);
		ck_assert_uint_eq(view.verified, size);
		ck_assert_uint_eq(view.state, VFIOMIG_STATE_RUNNING);
		ck_assert_uint_eq(view.violations, 0);
	}
}

static const struct {
	int devices, channels;
	const char *params;
	uint64_t size;
	uint64_t budget;
	uint32_t packet_max;
} shape[] = {
	{ 1, 1, "size=0,seed=1", 0, 0, 0 },
	{ 1, 1, "size=1,seed=2", 1, 0, 0 },
	{ 1, 4, "size=96,seed=3,config_size=4132", 96, 0, 0 },
	{ 3, 4, "size=5M,seed=4,config_size=4132", 5 << 20, 0, 0 },
	{ 8, 16, "size=1M,seed=5", 1 << 20, 8 << 20, 0 },
	{ 2, 64, "size=3000036,seed=6,chunk=39999", 3000036, 0, 40000 },
	{ 2, 3, "size=200000,seed=7,chunk=7777,eintr_every=3", 200000,
	    1 << 20, 4096 },
	{ 16, 6, "size=70000,seed=8", 70000, 2 << 20, 1000 },
};

START_TEST(every_shape_arrives_whole)
{
	struct vfiomig_config config = {
		.size = sizeof config,
		.budget = shape[_i].budget,
		.packet_max = shape[_i].packet_max
	};
	struct pair pair;

	pair_open(&pair, shape[_i].devices, shape[_i].channels,
	    shape[_i].params, shape[_i].params, &config);
	pair_run(&pair);
	pair_expect_whole(&pair, shape[_i].size);
	pair_close(&pair);
}
END_TEST

/* Flag sets of the sim, and the two ways for pre-copy data. */
static const int flags[] = { 1, 3, 5, 7 };

/* Pre-copy by the VMM's main stream: state_save there, state_load here. */
static uint64_t
precopy_by_main(struct pair *pair, struct vfiomig_device *from,
    struct vfiomig_device *to)
{
	uint64_t sum = 0;
	char data[3000];
	ssize_t r;

	(void)pair;
	while ((r = vfiomig_state_save(from, data, sizeof data)) > 0) {
		ck_assert_int_eq(vfiomig_state_load(to, data, (size_t)r), 0);
		sum += (uint64_t)r;
	}
	ck_assert_int_eq(r, 0);
	return sum;
}

START_TEST(precopy_and_stop_copy_are_the_stream)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	struct vfiomig_device *from, *to;
	bool by_main = _i % 2, enomsg = _i / 2 % 2;
	int flag = flags[_i / 4];
	struct pair pair;
	char params[200];
	ssize_t n;

	snprintf(params, sizeof params, "size=300000,seed=9,flags=%d,"
	    "initial=50000,dirty=60000,dirty_rate=100M,enomsg=%d", flag,
	    enomsg);
	pair_open(&pair, 1, 3, params, "size=300000,seed=9,flags=7", NULL);
	from = pair.source.device[0];
	to = pair.target.device[0];
	ck_assert_int_eq(vfiomig_precopy(pair.source.mig), 0);
	ck_assert_int_eq(vfiomig_pending(from, &pending), 0);
	ck_assert_uint_eq(pending.initial, flag & 4 ? 50000 : 0);
	vfiomig_initial_set(to, 50000);
	if (by_main) {
		n = (ssize_t)precopy_by_main(&pair, from, to);
		vfiomig_device_stats(to, &stats);
		ck_assert_uint_eq(stats.initial_loaded, (flag & 4) != 0);
	} else {
		n = vfiomig_buffer_prefill(from, 70000);
	}
	if (flag & 4)
		ck_assert_int_ge(n, 50000);
	else
		ck_assert_int_eq(n, 0);
	pair_run(&pair);
	pair_expect_whole(&pair, 300000);
	vfiomig_device_stats(to, &stats);
	ck_assert_uint_eq(stats.initial_loaded, 1);
	pair_close(&pair);
}
END_TEST

START_TEST(prefill_stops_at_its_limit)
{
	struct pair pair;

	pair_open(&pair, 1, 1, "size=300000,seed=9,initial=200000",
	    "size=300000,seed=9", NULL);
	ck_assert_int_eq(vfiomig_precopy(pair.source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_prefill(pair.source.device[0],
	    12345), 12345);
	ck_assert_int_eq(vfiomig_buffer_prefill(pair.source.device[0], 0), 0);
	pair_run(&pair);
	pair_expect_whole(&pair, 300000);
	pair_close(&pair);
}
END_TEST

/* The place of @state in the tagged device's log, or -1. */
static int
step_of(const char *tag, uint32_t state)
{
	struct sim_view view;
	uint64_t k;

	ck_assert_int_eq(sim_find(tag, &view), 0);
	for (k = 0; k < view.steps && k < SIM_LOG_MAX; k++)
		if (view.log[k] == state)
			return (int)k;
	return -1;
}

START_TEST(all_devices_are_quiet_before_one_stops)
{
	struct sim_view view;
	struct pair pair;

	pair_open(&pair, 2, 2, "size=1000,seed=1", "size=1000,seed=1", NULL);
	ck_assert_int_eq(vfiomig_buffer_fill(pair.source.device[0]), -EBUSY);
	ck_assert_int_eq(vfiomig_quiesce(pair.source.mig), 0);
	ck_assert_int_eq(step_of("s0", VFIOMIG_STATE_STOP), -1);
	ck_assert_int_eq(sim_find("s1", &view), 0);
	ck_assert_uint_eq(view.state, VFIOMIG_STATE_RUNNING_P2P);
	pair_start_target(&pair);
	pair_start_source(&pair);
	pair_join(&pair);
	pair_expect_whole(&pair, 1000);
	ck_assert_int_ge(step_of("t0", VFIOMIG_STATE_RUNNING_P2P), 0);
	pair_close(&pair);
}
END_TEST

START_TEST(two_devices_without_p2p_are_refused)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1 };
	struct vfiomig_device_config dc = { .size = sizeof dc, .idstr = "a",
	    .backend = "sim", .params = "flags=1" };
	struct vfiomig_device *device;
	struct vfiomig *mig;

	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	ck_assert_int_eq(vfiomig_new(&mig, _i ? VFIOMIG_OUTGOING :
	    VFIOMIG_INCOMING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
	dc.idstr = "b";
	dc.params = "flags=7";
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), -EOPNOTSUPP);
	vfiomig_free(mig);
}
END_TEST

int
main(void)
{
	TCase *tcase = tcase_create("whole");

	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, every_shape_arrives_whole, 0,
	    sizeof shape / sizeof shape[0]);
	tcase_add_loop_test(tcase, precopy_and_stop_copy_are_the_stream, 0,
	    16);
	tcase_add_test(tcase, prefill_stops_at_its_limit);
	tcase_add_test(tcase, all_devices_are_quiet_before_one_stops);
	tcase_add_loop_test(tcase, two_devices_without_p2p_are_refused, 0, 2);
	return suite_main("outgoing", tcase, 0);
}

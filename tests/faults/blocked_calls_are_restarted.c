/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * blocked_calls_are_restarted.c - the calls that wait are interrupted, each
 * once in turn, in a migration with a thread for each channel and device: it
 * goes on; and what cannot go on ends all the others
 */
#include <errno.h>
#include <stdio.h>

#include "inject.h"
#include "plugins/sim/sim.h"
#include "tests/outgoing/pair.h"
#include "tests/outgoing/suite.h"

enum { DEVICES = 2, CHANNELS = 3, SIZE = 200000, NTH = 40 };

static const struct {
	enum inject_call call;
	int error;
	bool fatal;
} fault[] = {
	{ INJECT_FUTEX, EINTR, false },
	{ INJECT_FUTEX, EAGAIN, false },
	{ INJECT_POLL, EINTR, false },
	{ INJECT_POLL, ENOMEM, true },
	{ INJECT_RECVMSG, EINTR, false },
	{ INJECT_RECVMSG, EAGAIN, false },
	{ INJECT_RECVMSG, ECONNRESET, true },
	{ INJECT_SENDMSG, EINTR, false },
	{ INJECT_SENDMSG, EAGAIN, false },
	{ INJECT_SENDMSG, EPIPE, true },
};

static void
expect_whole(struct pair *pair)
{
	struct sim_view view;
	char tag[8];
	int k;

	ck_assert_str_eq(pair->log, "");
	for (k = 0; k < DEVICES; k++) {
		snprintf(tag, sizeof tag, "t%d", k);
		ck_assert_int_eq(sim_find(tag, &view), 0);
		ck_assert_uint_eq(view.verified, SIZE);
		ck_assert_int_eq(view.loaded, 1);
	}
}

START_TEST(an_interrupted_wait_goes_on)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .budget = 1 << 20, .packet_max = 20000 };
	int nth, hit, hits = 0, source, target;
	struct pair pair;

	for (nth = 1; nth <= NTH; nth++) {
		pair_open(&pair, DEVICES, CHANNELS, "size=200000,seed=3",
		    "size=200000,seed=3", &config);
		inject_arm(fault[_i].call, nth, fault[_i].error);
		pair_run(&pair);
		hit = inject_disarm();
		hits += hit;
		source = vfiomig_failure(pair.source.mig, NULL, 0);
		target = vfiomig_failure(pair.target.mig, NULL, 0);
		if (hit && fault[_i].fatal)
			ck_assert_msg(source == -fault[_i].error ||
			    target == -fault[_i].error, "%d %d", source,
			    target);
		else
			expect_whole(&pair);
		pair_close(&pair);
	}
	ck_assert_int_gt(hits, 0);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("restarted");

	if (!inject_reaches()) {
		puts("SKIP: this build has no static library");
		return 77;
	}
	tcase_add_loop_test(tests, an_interrupted_wait_goes_on, 0,
	    sizeof fault / sizeof fault[0]);
	return suite_run("restarted", tests);
}

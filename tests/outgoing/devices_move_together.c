/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * devices_move_together.c - no device stops before each starts no more DMA,
 * and none runs before each answers again: on the way out, back after a
 * failure, and at the destination
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spool.h"
#include "suite.h"

enum { DEVICES = 3, CHANNELS = 2, SIZE = 5000, STEPS = 200 };

static uint8_t data[SIZE], room[DEVICES][SIZE];
static struct tape tape[DEVICES];

/* All steps of all devices, in their order. */
static struct step {
	int device;
	uint32_t state;
} step[STEPS];
static int steps;

static ssize_t
note_step(struct tape *t, enum tape_call call)
{
	if (call == TAPE_SET_STATE) {
		ck_assert_int_lt(steps, STEPS);
		step[steps++] = (struct step){ (int)(t - tape), t->asked };
	}
	return 0;
}

static int
step_first(uint32_t state)
{
	int k;

	for (k = 0; k < steps && step[k].state != state; k++)
		;
	return k;
}

/* Each device was asked for @state, all before the first for @next. */
static void
expect_before(uint32_t state, uint32_t next)
{
	int k, seen = 0;

	for (k = 0; k < step_first(next); k++)
		if (step[k].state == state)
			seen |= 1 << step[k].device;
	ck_assert_int_eq(seen, (1 << DEVICES) - 1);
	for (; k < steps; k++)
		ck_assert_uint_ne(step[k].state, state);
	ck_assert_int_lt(step_first(next), steps);
}

static void
tapes_make(uint32_t can)
{
	int k;

	steps = 0;
	for (k = 0; k < DEVICES; k++)
		tape[k] = (struct tape){ .data = data, .size = SIZE,
		    .initial = 100, .can = can, .room = room[k],
		    .room_size = SIZE, .hook = note_step };
	tape_register(tape, DEVICES);
}

static void
precopy(struct vfiomig *mig, struct vfiomig_device **device)
{
	ck_assert_int_eq(vfiomig_precopy(mig), 0);
	ck_assert_int_eq(vfiomig_buffer_prefill(device[1], 1000), 100);
}

static const struct vfiomig_config config = { .size = sizeof config,
	.budget = 1 << 20, .packet_max = 4096 };

START_TEST(all_stop_dma_before_one_stops)
{
	struct spool spool[CHANNELS] = { 0 };
	struct spool_end source = { .config = &config, .tape = tape,
	    .devices = DEVICES, .channels = CHANNELS, .spool = spool };

	tapes_make(_i == 2 ? 3 : 7);
	if (_i)
		source.precopy = _i == 1 ? precopy : NULL;
	spool_record(&source);
	expect_before(_i == 1 ? VFIOMIG_STATE_PRE_COPY_P2P :
	    VFIOMIG_STATE_RUNNING_P2P, VFIOMIG_STATE_STOP_COPY);
	spools_free(spool, CHANNELS);
}
END_TEST

START_TEST(all_answer_before_one_runs)
{
	struct spool spool[CHANNELS] = { 0 };
	const struct spool_end end = { .config = &config, .tape = tape,
	    .devices = DEVICES, .channels = CHANNELS, .spool = spool };
	struct spool_outcome outcome;

	tapes_make(7);
	spool_record(&end);
	steps = 0;
	spool_replay(&end, &outcome);
	ck_assert_msg(outcome.code == 0 && !outcome.hung, "%s", outcome.text);
	ck_assert_int_eq(outcome.resumed, 0);
	expect_before(VFIOMIG_STATE_RUNNING_P2P, VFIOMIG_STATE_RUNNING);
	spools_free(spool, CHANNELS);
}
END_TEST

/* Some are in STOP, one in STOP_COPY, one in its P2P state. */
START_TEST(all_answer_before_one_runs_on)
{
	struct vfiomig_config c = config;
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .backend = "tape" };
	static const char *const number[] = { "0", "1", "2" };
	struct vfiomig_device *device[DEVICES];
	struct vfiomig *mig;
	int k;

	tapes_make(7);
	c.channels = 1;
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_OUTGOING, &c), 0);
	for (k = 0; k < DEVICES; k++) {
		dc.idstr = dc.params = number[k];
		ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device[k]), 0);
	}
	if (_i)
		ck_assert_int_eq(vfiomig_precopy(mig), 0);
	ck_assert_int_eq(vfiomig_quiesce(mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(device[0]), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(device[1]), 0);
	vfiomig_cancel(mig);
	steps = 0;
	ck_assert_int_eq(vfiomig_recover(mig), 0);
	for (k = 0; k < DEVICES; k++) {
		ck_assert_uint_eq(tape[k].state, VFIOMIG_STATE_RUNNING);
		ck_assert_int_eq(tape[k].blank, 0);
	}
	ck_assert_int_gt(step_first(VFIOMIG_STATE_RUNNING), DEVICES - 2);
	for (k = 0; k < step_first(VFIOMIG_STATE_RUNNING); k++)
		ck_assert_uint_eq(step[k].state, VFIOMIG_STATE_RUNNING_P2P);
	for (; k < steps; k++)
		ck_assert_uint_eq(step[k].state, VFIOMIG_STATE_RUNNING);
	vfiomig_free(mig);
	for (k = 0; k < DEVICES; k++)
		ck_assert_int_eq(tape[k].is_open, 0);
}
END_TEST

static char said[400];

static void
keep_line(void *opaque, enum vfiomig_log_level level, const char *line)
{
	(void)opaque;
	if (level == VFIOMIG_LOG_ERROR)
		snprintf(said, sizeof said, "%s", line);
}

/* Which of the two lacks P2P does not matter; alone it does not. */
START_TEST(a_second_device_without_p2p_is_refused_in_words)
{
	struct vfiomig_config c = config;
	struct vfiomig_device_config dc = { .size = sizeof dc, .idstr = "one",
	    .backend = "tape", .params = "0" };
	struct vfiomig_device *device, *none = NULL;
	struct vfiomig *mig;

	tapes_make(7);
	tape[_i % 2].can = _i / 2 % 2 ? 5 : 1;
	c.channels = 1;
	c.log = keep_line;
	ck_assert_int_eq(vfiomig_new(&mig, _i / 4 ? VFIOMIG_OUTGOING :
	    VFIOMIG_INCOMING, &c), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
	dc.idstr = "two";
	dc.params = "1";
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &none), -EOPNOTSUPP);
	ck_assert_ptr_null(none);
	ck_assert_ptr_nonnull(strstr(said, "\"two\""));
	ck_assert_ptr_nonnull(strstr(said, _i % 2 ? "\"two\" has no P2P" :
	    "\"one\" has no P2P"));
	ck_assert_int_eq(tape[1].is_open, 0);
	vfiomig_free(mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("together");

	tcase_add_loop_test(tests, all_stop_dma_before_one_stops, 0, 3);
	tcase_add_test(tests, all_answer_before_one_runs);
	tcase_add_loop_test(tests, all_answer_before_one_runs_on, 0, 2);
	tcase_add_loop_test(tests,
	    a_second_device_without_p2p_is_refused_in_words, 0, 8);
	return suite_run("together", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recovery_climbs_its_ladder.c - what becomes of a device that does not obey
 * after a failure: the next step of the ladder, the caller is told, and the
 * other devices are brought to safety nevertheless
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <vfiomig/vfiomig.h>

#include "suite.h"
#include "tape.h"

enum { SIZE = 1000, DEVICES = 2 };

static uint8_t data[SIZE], room[SIZE];
static struct tape tape[DEVICES];
static char said[1000];

static void
keep_line(void *opaque, enum vfiomig_log_level level, const char *line)
{
	size_t at = strlen(said);

	(void)opaque;
	if (level == VFIOMIG_LOG_ERROR)
		snprintf(said + at, sizeof said - at, "%s\n", line);
}

/* What device 0 refuses from now on; the second obeys. */
static struct refusal {
	int get_state, set_state, reset;	/* errors, or 0 */
	uint32_t only;				/* the state refused; 0: all */
} refusal;

static ssize_t
refuse(struct tape *t, enum tape_call call)
{
	if (t != &tape[0])
		return 0;
	if (call == TAPE_GET_STATE)
		return refusal.get_state;
	if (call == TAPE_RESET)
		return refusal.reset;
	if (call == TAPE_SET_STATE && (refusal.only == 0 ||
	    refusal.only == t->asked))
		return refusal.set_state;
	return 0;
}

static struct vfiomig_device *device[DEVICES];

static struct vfiomig *
migration_open(enum vfiomig_direction direction)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1, .budget = 1 << 20, .packet_max = 4096,
	    .log = keep_line };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .backend = "tape" };
	static const char *const number[] = { "0", "1" };
	struct vfiomig *mig;
	int k;

	tape_register(tape, DEVICES);
	ck_assert_int_eq(vfiomig_new(&mig, direction, &config), 0);
	for (k = 0; k < DEVICES; k++) {
		tape[k] = (struct tape){ .data = data, .size = SIZE,
		    .room = room, .room_size = SIZE, .hook = refuse };
		dc.idstr = dc.params = number[k];
		ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device[k]), 0);
	}
	return mig;
}

static struct vfiomig_device_stats
stats_of(int k)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };

	ck_assert_int_eq(vfiomig_device_stats(device[k], &stats), 0);
	return stats;
}

/* What device 0 refuses, what recover returns, and what is left. */
static const struct {
	struct refusal refusal;
	int result;
	int resets;
	uint32_t state;			/* of device 0 */
} source[] = {
	{ { 0, 0, 0, 0 }, 0, 0, VFIOMIG_STATE_RUNNING },
	{ { 0, -EIO, 0, 0 }, 0, 1, VFIOMIG_STATE_RUNNING },
	{ { 0, -EIO, 0, VFIOMIG_STATE_RUNNING }, 0, 1,
	    VFIOMIG_STATE_RUNNING },
	{ { -EIO, 0, 0, 0 }, -EIO, 2, VFIOMIG_STATE_RUNNING },
	{ { 0, -EIO, -ENODEV, 0 }, -ENODEV, 0, VFIOMIG_STATE_STOP },
	{ { 0, -EIO, -EOPNOTSUPP, 0 }, -EOPNOTSUPP, 0, VFIOMIG_STATE_STOP },
};

START_TEST(a_source_runs_on_or_is_reset)
{
	struct vfiomig *mig = migration_open(VFIOMIG_OUTGOING);
	int k;

	ck_assert_int_eq(vfiomig_quiesce(mig), 0);
	for (k = 0; k < DEVICES; k++)
		ck_assert_int_eq(vfiomig_buffer_fill(device[k]), 0);
	vfiomig_cancel(mig);
	refusal = source[_i].refusal;
	said[0] = '\0';
	ck_assert_int_eq(vfiomig_recover(mig), source[_i].result);
	ck_assert_int_eq(tape[0].resets, source[_i].resets);
	ck_assert_uint_eq(tape[0].state, source[_i].state);
	ck_assert_uint_eq(stats_of(0).was_reset, source[_i].resets != 0);
	ck_assert_int_eq(said[0] == '\0', _i == 0);
	ck_assert_int_eq(strstr(said, "device=\"0\"") == NULL, _i == 0);
	/* the other one was not touched by that */
	ck_assert_uint_eq(tape[1].state, VFIOMIG_STATE_RUNNING);
	ck_assert_uint_eq(stats_of(1).state, VFIOMIG_STATE_RUNNING);
	ck_assert_uint_eq(stats_of(1).was_reset, 0);
	vfiomig_free(mig);
}
END_TEST

static const struct {
	struct refusal refusal;
	int loaded;			/* some of it, first */
	int result;
	int resets;
	uint32_t state;
} target[] = {
	{ { 0, 0, 0, 0 }, 0, 0, 0, VFIOMIG_STATE_STOP },
	{ { 0, 0, 0, 0 }, 1, 0, 1, VFIOMIG_STATE_STOP },
	{ { 0, -EIO, 0, VFIOMIG_STATE_STOP }, 0, -EIO, 1,
	    VFIOMIG_STATE_RUNNING },
	{ { -EIO, 0, 0, 0 }, 0, -EIO, 1, VFIOMIG_STATE_STOP },
	{ { 0, 0, -ENODEV, 0 }, 1, -ENODEV, 0, VFIOMIG_STATE_STOP },
	{ { 0, 0, -EOPNOTSUPP, 0 }, 1, -EOPNOTSUPP, 0, VFIOMIG_STATE_STOP },
};

START_TEST(a_destination_stops_by_way_of_a_reset)
{
	struct vfiomig *mig = migration_open(VFIOMIG_INCOMING);

	if (target[_i].loaded)
		ck_assert_int_eq(vfiomig_state_load(device[0], data, 100), 0);
	vfiomig_cancel(mig);
	refusal = target[_i].refusal;
	ck_assert_int_eq(vfiomig_recover(mig), target[_i].result);
	ck_assert_int_eq(tape[0].resets, target[_i].resets);
	ck_assert_uint_eq(tape[0].state, target[_i].state);
	ck_assert_uint_eq(stats_of(0).was_reset, target[_i].resets != 0);
	ck_assert_uint_eq(tape[1].state, VFIOMIG_STATE_STOP);
	ck_assert_uint_eq(stats_of(1).was_reset, 0);
	vfiomig_free(mig);
}
END_TEST

/* Once is enough: free does it, if nobody has. */
START_TEST(free_recovers_what_was_not)
{
	struct vfiomig *mig = migration_open(VFIOMIG_OUTGOING);

	ck_assert_int_eq(vfiomig_quiesce(mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(device[0]), 0);
	vfiomig_cancel(mig);
	if (_i)
		ck_assert_int_eq(vfiomig_recover(mig), 0);
	vfiomig_free(mig);
	ck_assert_uint_eq(tape[0].state, VFIOMIG_STATE_RUNNING);
	ck_assert_uint_eq(tape[1].state, VFIOMIG_STATE_RUNNING);
	ck_assert_int_eq(tape[0].is_open + tape[1].is_open, 0);
}
END_TEST

/* What succeeded is left as it is: the source's in STOP. */
START_TEST(success_is_not_recovered)
{
	struct vfiomig *mig = migration_open(VFIOMIG_OUTGOING);

	ck_assert_int_eq(vfiomig_quiesce(mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(device[0]), 0);
	ck_assert_int_eq(vfiomig_recover(mig), -EBUSY);
	vfiomig_free(mig);
	ck_assert_uint_eq(tape[0].state, VFIOMIG_STATE_STOP);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("ladder");

	tcase_add_loop_test(tests, a_source_runs_on_or_is_reset, 0,
	    sizeof source / sizeof source[0]);
	tcase_add_loop_test(tests, a_destination_stops_by_way_of_a_reset, 0,
	    sizeof target / sizeof target[0]);
	tcase_add_loop_test(tests, free_recovers_what_was_not, 0, 2);
	tcase_add_test(tests, success_is_not_recovered);
	return suite_run("ladder", tests);
}

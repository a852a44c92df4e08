/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sim device moves between states by the ways the kernel's table gives,
 * for every set of flags, and refuses what the kernel refuses.
 *
 * The oracle is the table below: what Linux does, written down by hand and not
 * taken from the code.
 */
#include "../../plugins/sim/sim.h"
#include "bench.h"

static const struct path {
	uint32_t flags;
	const char *from, *to, *way;
} paths[] = {
	/* flags 1: to S, R, SC, RS */
	{ 1, "S", "S", "=" }, { 1, "S", "R", "R" },
	{ 1, "S", "SC", "SC" }, { 1, "S", "RS", "RS" },
	{ 1, "R", "S", "S" }, { 1, "R", "R", "=" },
	{ 1, "R", "SC", "S,SC" }, { 1, "R", "RS", "S,RS" },
	{ 1, "SC", "S", "S" }, { 1, "SC", "R", "S,R" },
	{ 1, "SC", "SC", "=" }, { 1, "SC", "RS", "S,RS" },
	{ 1, "RS", "S", "S" }, { 1, "RS", "R", "S,R" },
	{ 1, "RS", "SC", "S,SC" }, { 1, "RS", "RS", "=" },

	/* flags 3: to S, R, SC, RS, RP */
	{ 3, "S", "S", "=" }, { 3, "S", "R", "RP,R" },
	{ 3, "S", "SC", "SC" }, { 3, "S", "RS", "RS" },
	{ 3, "S", "RP", "RP" },
	{ 3, "R", "S", "RP,S" }, { 3, "R", "R", "=" },
	{ 3, "R", "SC", "RP,S,SC" }, { 3, "R", "RS", "RP,S,RS" },
	{ 3, "R", "RP", "RP" },
	{ 3, "SC", "S", "S" }, { 3, "SC", "R", "S,RP,R" },
	{ 3, "SC", "SC", "=" }, { 3, "SC", "RS", "S,RS" },
	{ 3, "SC", "RP", "S,RP" },
	{ 3, "RS", "S", "S" }, { 3, "RS", "R", "S,RP,R" },
	{ 3, "RS", "SC", "S,SC" }, { 3, "RS", "RS", "=" },
	{ 3, "RS", "RP", "S,RP" },
	{ 3, "RP", "S", "S" }, { 3, "RP", "R", "R" },
	{ 3, "RP", "SC", "S,SC" }, { 3, "RP", "RS", "S,RS" },
	{ 3, "RP", "RP", "=" },

	/* flags 5: to S, R, P, SC, RS */
	{ 5, "S", "S", "=" }, { 5, "S", "R", "R" },
	{ 5, "S", "P", "R,P" }, { 5, "S", "SC", "SC" },
	{ 5, "S", "RS", "RS" },
	{ 5, "R", "S", "S" }, { 5, "R", "R", "=" },
	{ 5, "R", "P", "P" }, { 5, "R", "SC", "S,SC" },
	{ 5, "R", "RS", "S,RS" },
	{ 5, "P", "S", "R,S" }, { 5, "P", "R", "R" },
	{ 5, "P", "P", "=" }, { 5, "P", "SC", "SC" },
	{ 5, "P", "RS", "R,S,RS" },
	{ 5, "SC", "S", "S" }, { 5, "SC", "R", "S,R" },
	{ 5, "SC", "P", "EINVAL" }, { 5, "SC", "SC", "=" },
	{ 5, "SC", "RS", "S,RS" },
	{ 5, "RS", "S", "S" }, { 5, "RS", "R", "S,R" },
	{ 5, "RS", "P", "S,R,P" }, { 5, "RS", "SC", "S,SC" },
	{ 5, "RS", "RS", "=" },

	/* flags 7: to S, R, P, PP, SC, RS, RP */
	{ 7, "S", "S", "=" }, { 7, "S", "R", "RP,R" },
	{ 7, "S", "P", "RP,R,P" }, { 7, "S", "PP", "RP,PP" },
	{ 7, "S", "SC", "SC" }, { 7, "S", "RS", "RS" },
	{ 7, "S", "RP", "RP" },
	{ 7, "R", "S", "RP,S" }, { 7, "R", "R", "=" },
	{ 7, "R", "P", "P" }, { 7, "R", "PP", "RP,PP" },
	{ 7, "R", "SC", "RP,S,SC" }, { 7, "R", "RS", "RP,S,RS" },
	{ 7, "R", "RP", "RP" },
	{ 7, "P", "S", "R,RP,S" }, { 7, "P", "R", "R" },
	{ 7, "P", "P", "=" }, { 7, "P", "PP", "PP" },
	{ 7, "P", "SC", "PP,SC" }, { 7, "P", "RS", "R,RP,S,RS" },
	{ 7, "P", "RP", "R,RP" },
	{ 7, "PP", "S", "RP,S" }, { 7, "PP", "R", "RP,R" },
	{ 7, "PP", "P", "P" }, { 7, "PP", "PP", "=" },
	{ 7, "PP", "SC", "SC" }, { 7, "PP", "RS", "RP,S,RS" },
	{ 7, "PP", "RP", "RP" },
	{ 7, "SC", "S", "S" }, { 7, "SC", "R", "S,RP,R" },
	{ 7, "SC", "P", "EINVAL" }, { 7, "SC", "PP", "EINVAL" },
	{ 7, "SC", "SC", "=" }, { 7, "SC", "RS", "S,RS" },
	{ 7, "SC", "RP", "S,RP" },
	{ 7, "RS", "S", "S" }, { 7, "RS", "R", "S,RP,R" },
	{ 7, "RS", "P", "S,RP,R,P" }, { 7, "RS", "PP", "S,RP,PP" },
	{ 7, "RS", "SC", "S,SC" }, { 7, "RS", "RS", "=" },
	{ 7, "RS", "RP", "S,RP" },
	{ 7, "RP", "S", "S" }, { 7, "RP", "R", "R" },
	{ 7, "RP", "P", "R,P" }, { 7, "RP", "PP", "PP" },
	{ 7, "RP", "SC", "S,SC" }, { 7, "RP", "RS", "S,RS" },
	{ 7, "RP", "RP", "=" },
};

#define PATHS (sizeof paths / sizeof *paths)

/* Short names, by number. */
static const char *const shorts[8] = {
	"ERROR", "S", "R", "SC", "RS", "RP", "P", "PP"
};

static const uint32_t flag_sets[4] = { 1, 3, 5, 7 };

static uint32_t
state_of(const char *name)
{
	uint32_t i;

	for (i = 0; i < 8; i++)
		if (strcmp(shorts[i], name) == 0)
			return i;
	ck_abort_msg("no state %s", name);
	return 0;
}

static const struct path *
path_find(uint32_t flags, uint32_t from, uint32_t to)
{
	size_t i;

	for (i = 0; i < PATHS; i++)
		if (paths[i].flags == flags &&
		    state_of(paths[i].from) == from &&
		    state_of(paths[i].to) == to)
			return &paths[i];
	return NULL;
}

/* The steps after the first @skip, as "S,SC"; "=" when there is none. */
static void
way_of(const struct sim_view *view, uint64_t skip, char *way)
{
	uint64_t i;

	strcpy(way, view->steps == skip ? "=" : "");
	for (i = skip; i < view->steps; i++) {
		if (i > skip)
			strcat(way, ",");
		strcat(way, shorts[view->log[i]]);
	}
}

static const struct vfiomig_backend *sim;

static void *
sim_in_state(uint32_t flags, uint32_t state)
{
	char params[64];
	void *device;

	snprintf(params, sizeof params, "flags=%u,tag=walker", flags);
	device = bench_open(sim, params, 0);
	ck_assert_uint_eq(bench_state(sim, device), VFIOMIG_STATE_RUNNING);
	ck_assert_int_eq(sim->set_state(device, state), 0);
	ck_assert_uint_eq(bench_state(sim, device), state);
	return device;
}

static void
walk(uint32_t flags, uint32_t from, uint32_t to, const struct path *path)
{
	struct sim_view before, after;
	char way[64];
	void *device;
	int error;

	device = sim_in_state(flags, from);
	ck_assert_int_eq(sim_find("walker", &before), 0);
	error = sim->set_state(device, to);
	ck_assert_int_eq(sim_find("walker", &after), 0);
	way_of(&after, before.steps, way);
	if (path == NULL || strcmp(path->way, "EINVAL") == 0) {
		ck_assert_msg(error == -EINVAL, "flags %u, %s to %s: %d",
		    flags, shorts[from], to < 8 ? shorts[to] : "?", error);
		ck_assert_str_eq(way, "=");
		ck_assert_uint_eq(bench_state(sim, device), from);
	} else {
		ck_assert_msg(error == 0 && strcmp(way, path->way) == 0,
		    "flags %u, %s to %s: %d, %s", flags, shorts[from],
		    shorts[to], error, way);
		ck_assert_uint_eq(bench_state(sim, device), to);
	}
	sim->close(device);
}

START_TEST(every_way_of_every_set_of_flags)
{
	uint32_t flags = flag_sets[_i], from, to;
	int walked = 0;

	for (from = 1; from < 8; from++) {
		if (path_find(flags, from, from) == NULL)
			continue;	/* a state it does not have */
		for (to = 0; to < 10; to++, walked++)
			walk(flags, from, to, path_find(flags, from, to));
		walk(flags, from, UINT32_MAX, NULL);
	}
	ck_assert_int_eq(walked, 10 * (4 + (flags & 2 ? 1 : 0) +
	    (flags & 4 ? 1 : 0) + (flags == 7 ? 1 : 0)));
}
END_TEST

START_TEST(the_table_is_whole)
{
	ck_assert_uint_eq(PATHS, 4 * 4 + 5 * 5 + 5 * 5 + 7 * 7);
}
END_TEST

START_TEST(error_has_no_way_out_but_reset)
{
	struct sim_view view;
	void *device;
	uint32_t to;

	device = bench_open(sim, "fail_state=stop:EIO:error,tag=walker", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), -EIO);
	ck_assert_uint_eq(bench_state(sim, device), VFIOMIG_STATE_ERROR);
	for (to = 0; to < 10; to++)
		ck_assert_int_eq(sim->set_state(device, to), -EINVAL);
	ck_assert_int_eq(sim->reset(device), 0);
	ck_assert_uint_eq(bench_state(sim, device), VFIOMIG_STATE_RUNNING);
	ck_assert_int_eq(sim_find("walker", &view), 0);
	ck_assert_int_eq(view.blank, 1);
	sim->close(device);
}
END_TEST

START_TEST(query_says_the_flags)
{
	uint32_t can = 0, flags = flag_sets[_i];
	char params[64];
	void *device;

	snprintf(params, sizeof params, "flags=%u", flags);
	device = bench_open(sim, params, 0);
	ck_assert_int_eq(sim->query(device, &can), 0);
	ck_assert_uint_eq(can, flags | VFIOMIG_CAN_DIRTY);
	sim->close(device);
	strcat(params, ",logging=0");
	device = bench_open(sim, params, 0);
	ck_assert_int_eq(sim->query(device, &can), 0);
	ck_assert_uint_eq(can, flags);
	sim->close(device);
}
END_TEST

START_TEST(flags_no_device_has_are_refused)
{
	static const char *const bad[] = {
		"flags=0", "flags=2", "flags=4", "flags=6", "flags=8", "flags=9",
		"flags=65537", "flags=0x100000001",
	};
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		bench_refused(sim, bad[i], 0, -EINVAL, "1, 3, 5 or 7");
}
END_TEST

START_TEST(a_failing_step_leaves_it_on_the_way)
{
	void *device;

	device = bench_open(sim, "fail_state=stop:EIO", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY),
	    -EIO);
	ck_assert_uint_eq(bench_state(sim, device),
	    VFIOMIG_STATE_RUNNING_P2P);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RUNNING), 0);
	sim->close(device);

	device = bench_open(sim, "fail_state=stop_copy:ENOMEM:stop", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY),
	    -ENOMEM);
	ck_assert_uint_eq(bench_state(sim, device), VFIOMIG_STATE_STOP);
	sim->close(device);
}
END_TEST

START_TEST(fail_state_is_read_or_refused)
{
	static const char *const bad[] = {
		"fail_state=stop", "fail_state=stop:5", "fail_state=halt:EIO",
		"fail_state=stop:EIO:halt", "fail_state=", "fail_state=:EIO",
		("fail_state=stopstopstopstopstopstopstopstopstopstopstopstopsto"
		    "pstop:EIO"),
	};
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		bench_refused(sim, bad[i], 0, -EINVAL, "STATE:ERROR");
}
END_TEST

START_TEST(a_failing_reset_leaves_it_where_it_is)
{
	void *device = bench_open(sim, "fail_reset=EINVAL", 0);

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(sim->reset(device), -EINVAL);
	ck_assert_uint_eq(bench_state(sim, device), VFIOMIG_STATE_STOP);
	sim->close(device);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("walk");

	sim = vfiomig_backend_v1_sim_backend();
	tcase_add_loop_test(t, every_way_of_every_set_of_flags, 0, 4);
	tcase_add_test(t, the_table_is_whole);
	tcase_add_test(t, error_has_no_way_out_but_reset);
	tcase_add_loop_test(t, query_says_the_flags, 0, 4);
	tcase_add_test(t, flags_no_device_has_are_refused);
	tcase_add_test(t, a_failing_step_leaves_it_on_the_way);
	tcase_add_test(t, fail_state_is_read_or_refused);
	tcase_add_test(t, a_failing_reset_leaves_it_where_it_is);
	return bench_run(t);
}

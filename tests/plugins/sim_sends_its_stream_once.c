/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the sim device gives before and after it is stopped is its stream, once,
 * for every set of flags; and it says what is pending.
 */
#include "../../plugins/sim/sim.h"
#include "bench.h"

#define SIZE 100000

static const struct vfiomig_backend *sim;
static uint8_t got[SIZE + 1], expected[SIZE];

/* Read until 0 or -ENOMSG; bytes had, @*last what ended it. */
static size_t
read_all(void *device, size_t have, size_t piece, ssize_t *last)
{
	ssize_t n;

	for (;;) {
		n = sim->read(device, got + have,
		    piece < sizeof got - have ? piece : sizeof got - have);
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	*last = n;
	return have;
}

START_TEST(stopped_at_once)
{
	void *device = bench_open(sim, "size=100000,seed=4,flags=1", 0);
	ssize_t last;

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_uint_eq(read_all(device, 0, 777, &last), SIZE);
	ck_assert_int_eq(last, 0);
	ck_assert_int_eq(sim->read(device, got, 1), 0);
	ck_assert_mem_eq(got, expected, SIZE);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(sim->read(device, got, 1), -ENODEV);
	sim->close(device);
}
END_TEST

START_TEST(before_and_after_are_the_stream)
{
	static const uint32_t flag_sets[4] = { 1, 3, 5, 7 };
	static const char *const said[2] = { "0", "1" };
	uint32_t flags = flag_sets[_i / 2];
	size_t have = 0;
	char params[160];
	ssize_t last;
	void *device;

	snprintf(params, sizeof params, "size=100000,seed=4,flags=%u,"
	    "initial=5000,dirty=20000,dirty_rate=1T,enomsg=%s", flags,
	    said[_i % 2]);
	device = bench_open(sim, params, 0);
	if (flags & VFIOMIG_CAN_PRE_COPY) {
		ck_assert_int_eq(sim->set_state(device,
		    VFIOMIG_STATE_PRE_COPY), 0);
		usleep(1000);
		have = read_all(device, 0, 333, &last);
		ck_assert_uint_eq(have, 25000);
		ck_assert_int_eq(last, _i % 2 ? -ENOMSG : 0);
	}
	if (flags == 7) {
		ck_assert_int_eq(sim->set_state(device,
		    VFIOMIG_STATE_PRE_COPY_P2P), 0);
		have = read_all(device, have, 333, &last);
		ck_assert_uint_eq(have, 25000);
	}
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_uint_eq(read_all(device, have, 333, &last), SIZE);
	ck_assert_int_eq(last, 0);
	ck_assert_mem_eq(got, expected, SIZE);
	sim->close(device);
}
END_TEST

START_TEST(initial_data_never_passes_the_size)
{
	void *device = bench_open(sim, "size=100,initial=200,dirty=1M", 0);
	struct vfiomig_pending pending = { sizeof pending, 0, 0, 0, 0 };
	ssize_t last;

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial, 100);
	ck_assert_uint_eq(pending.dirty, 0);
	ck_assert_uint_eq(read_all(device, 0, 64, &last), 100);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(sim->read(device, got, 1), 0);
	sim->close(device);
}
END_TEST

START_TEST(dirty_data_comes_with_time)
{
	void *device;
	size_t have;
	ssize_t last;

	device = bench_open(sim, "size=1M,dirty=50000,dirty_rate=200K", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	have = read_all(device, 0, 4096, &last);
	ck_assert_uint_lt(have, 50000);
	usleep(300000);
	have = read_all(device, have, 4096, &last);
	ck_assert_uint_eq(have, 50000);
	sim->close(device);
}
END_TEST

START_TEST(a_cancelled_session_begins_anew)
{
	void *device = bench_open(sim, "size=100000,seed=4,initial=500", 0);
	ssize_t last;

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_uint_eq(read_all(device, 0, 64, &last), 500);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RUNNING), 0);
	ck_assert_int_eq(sim->read(device, got, 1), -ENODEV);
	memset(got, 0, sizeof got);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_uint_eq(read_all(device, 0, 64, &last), 500);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_uint_eq(read_all(device, 500, 4096, &last), SIZE);
	ck_assert_mem_eq(got, expected, SIZE);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_uint_eq(read_all(device, 0, 4096, &last), SIZE);
	sim->close(device);
}
END_TEST

START_TEST(pending_is_what_is_left)
{
	struct vfiomig_pending pending = { sizeof pending, 0, 0, 0, 0 };
	void *device;

	device = bench_open(sim, "size=1000,initial=100,dirty=200,"
	    "dirty_rate=1T", 0);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial + pending.dirty, 0);
	ck_assert_uint_eq(pending.stop_copy, 1000);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	usleep(1000);
	ck_assert_int_eq(sim->read(device, got, 40), 40);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial, 60);
	ck_assert_uint_eq(pending.dirty, 200);
	ck_assert_uint_eq(pending.stop_copy, 960);
	ck_assert_int_eq(sim->read(device, got, 160), 160);
	memset(&pending, 0, sizeof pending);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial, 0);
	ck_assert_uint_eq(pending.dirty, 100);
	ck_assert_uint_eq(pending.stop_copy, 800);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	memset(&pending, 0, sizeof pending);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial + pending.dirty, 0);
	ck_assert_uint_eq(pending.stop_copy, 800);
	sim->close(device);

	device = bench_open(sim, "fail_pending=ENOTTY", 0);
	ck_assert_int_eq(sim->pending(device, &pending), -ENOTTY);
	sim->close(device);
}
END_TEST

START_TEST(new_initial_data_is_announced_once)
{
	struct vfiomig_pending pending;
	void *device;
	ssize_t last;

	device = bench_open(sim, "size=100000,seed=4,initial=100,reinit=50", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	memset(&pending, 0, sizeof pending);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.reinit, 0);
	ck_assert_uint_eq(read_all(device, 0, 64, &last), 100);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.reinit, 1);
	ck_assert_uint_eq(pending.initial, 50);
	memset(&pending, 0, sizeof pending);
	ck_assert_int_eq(sim->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.reinit, 0);
	ck_assert_uint_eq(pending.initial, 50);
	ck_assert_uint_eq(read_all(device, 100, 64, &last), 150);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_uint_eq(read_all(device, 150, 4096, &last), SIZE);
	ck_assert_mem_eq(got, expected, SIZE);
	sim->close(device);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("stream");

	sim = vfiomig_backend_v1_sim_backend();
	sim_stream(4, 0, expected, SIZE);
	tcase_add_test(t, stopped_at_once);
	tcase_add_loop_test(t, before_and_after_are_the_stream, 0, 8);
	tcase_add_test(t, initial_data_never_passes_the_size);
	tcase_add_test(t, dirty_data_comes_with_time);
	tcase_add_test(t, a_cancelled_session_begins_anew);
	tcase_add_test(t, pending_is_what_is_left);
	tcase_add_test(t, new_initial_data_is_announced_once);
	return bench_run(t);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sim device takes the time it is told to take, and no call of it outlives
 * a cancel by much.  Upper bounds are generous: the machine may be busy.  So
 * are lower ones, where what an earlier call overslept is taken off: CREDIT.
 */
#include <pthread.h>

#include "../../plugins/sim/sim.h"
#include "bench.h"

static const struct vfiomig_backend *sim;
static uint8_t data[1 << 20];

#define CREDIT 0.020

static void *
sim_loading(const char *params)
{
	void *device = bench_open(sim, params, 1);

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	return device;
}

#define TAKES(least, most, statement) do {				\
	double began_ = bench_seconds(), took_;				\
	statement;							\
	took_ = bench_seconds() - began_;				\
	ck_assert_double_ge(took_, least);				\
	ck_assert_double_le(took_, most);				\
} while (0)

static void
write_pieces(void *device, size_t piece, int count)
{
	while (count-- > 0)
		ck_assert_int_eq(sim->write(device, data, piece),
		    (ssize_t)piece);
}

START_TEST(bandwidth_of_writes_is_exact_on_the_whole)
{
	void *device = sim_loading("verify=0,bandwidth=100M");

	/* 20 MiB in 640 calls of 32 KiB: 0.2 s, of 312 us each */
	TAKES(0.195, 1.0, write_pieces(device, 32 << 10, 640));
	sim->close(device);
}
END_TEST

START_TEST(bandwidth_of_reads)
{
	void *device = bench_open(sim, "size=10M,bandwidth=100M", 0);
	int i;

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	TAKES(0.095 - CREDIT, 1.0, for (i = 0; i < 10; i++)
		ck_assert_int_eq(sim->read(device, data, 1 << 20), 1 << 20));
	sim->close(device);
}
END_TEST

START_TEST(a_late_caller_is_not_given_the_time_back)
{
	void *device = sim_loading("verify=0,bandwidth=10M");

	write_pieces(device, 1 << 10, 1);
	usleep(100000);
	TAKES(0.095 - CREDIT, 1.0, write_pieces(device, 1 << 20, 1));
	sim->close(device);
}
END_TEST

START_TEST(every_latency)
{
	void *device;

	device = bench_open(sim, "flags=7,latency=20000,write_latency=50000,"
	    "read_latency=60000,config_latency=70,size=10", 0);
	/* RUNNING_P2P, STOP, STOP_COPY */
	TAKES(0.059, 1.0, ck_assert_int_eq(sim->set_state(device,
	    VFIOMIG_STATE_STOP_COPY), 0));
	TAKES(0.059 - CREDIT, 1.0, ck_assert_int_eq(sim->read(device, data,
	    10), 10));
	TAKES(0.069 - CREDIT, 1.0, ck_assert_int_eq(sim->config_load(device,
	    data, 1), 0));
	TAKES(0.039, 1.0, ck_assert_int_eq(sim->set_state(device,
	    VFIOMIG_STATE_RESUMING), 0));
	TAKES(0.049 - CREDIT, 1.0, ck_assert_int_eq(sim->write(device, data,
	    10), 10));
	sim->close(device);
}
END_TEST

struct cancel {
	void *device;
};

static void *
cancel_run(void *opaque)
{
	struct cancel *cancel = opaque;

	usleep(30000);
	sim->cancel(cancel->device);
	return NULL;
}

/* What a call that would last for minutes returns when it is cancelled. */
#define CANCELLED(device, call) do {					\
	struct cancel cancel_ = { device };				\
	pthread_t thread_;						\
	pthread_create(&thread_, NULL, cancel_run, &cancel_);		\
	TAKES(0.029, 2.0, ck_assert_int_eq(call, -ECANCELED));		\
	pthread_join(thread_, NULL);					\
	sim->close(device);						\
} while (0)

START_TEST(every_long_call_ends_by_cancel)
{
	void *device;

	device = sim_loading("bandwidth=1");
	CANCELLED(device, sim->write(device, data, 1000));
	device = sim_loading("write_latency=100000000");
	CANCELLED(device, sim->write(device, data, 1000));
	device = sim_loading("config_latency=100000");
	CANCELLED(device, sim->config_load(device, data, 1000));
	device = bench_open(sim, "read_latency=100000000,size=10", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	CANCELLED(device, sim->read(device, data, 1000));
	device = bench_open(sim, "bandwidth=1,size=100", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	CANCELLED(device, sim->read(device, data, 1000));
	device = bench_open(sim, "block_after=0,size=100", 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	CANCELLED(device, sim->read(device, data, 1000));
}
END_TEST

START_TEST(after_cancel_it_can_still_be_moved)
{
	void *device = sim_loading("bandwidth=1,latency=1000");

	sim->cancel(device);
	ck_assert_int_eq(sim->write(device, data, 1000), -ECANCELED);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(sim->reset(device), 0);
	sim->close(device);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("time");

	sim = vfiomig_backend_v1_sim_backend();
	sim_stream(0, 0, data, sizeof data);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, bandwidth_of_writes_is_exact_on_the_whole);
	tcase_add_test(t, bandwidth_of_reads);
	tcase_add_test(t, a_late_caller_is_not_given_the_time_back);
	tcase_add_test(t, every_latency);
	tcase_add_test(t, every_long_call_ends_by_cancel);
	tcase_add_test(t, after_cancel_it_can_still_be_moved);
	return bench_run(t);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each fault of the sim device comes where its parameter says, and nowhere
 * else.
 */
#include <sys/eventfd.h>

#include <pthread.h>

#include "../../plugins/sim/sim.h"
#include "bench.h"

static const struct vfiomig_backend *sim;
static uint8_t data[1000];

static void *
sim_loading(const char *params)
{
	void *device = bench_open(sim, params, 1);

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	return device;
}

static void *
sim_saving(const char *params)
{
	void *device = bench_open(sim, params, 0);

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	return device;
}

START_TEST(open_fails)
{
	bench_refused(sim, "fail_open=EACCES", 1, -EACCES, "fail_open");
	bench_refused(sim, "colour=red", 1, -EINVAL, "sim: parameter is not "
	    "known: key=colour");
}
END_TEST

START_TEST(query_and_get_state_fail)
{
	void *device = bench_open(sim, "fail_query=EOPNOTSUPP,fail_get=EIO",
	    1);
	uint32_t word = 42;

	ck_assert_int_eq(sim->get_state(device, &word), -EIO);
	ck_assert_uint_eq(word, 42);
	ck_assert_int_eq(sim->query(device, &word), -EOPNOTSUPP);
	sim->close(device);
}
END_TEST

START_TEST(writes_and_reads_are_short)
{
	void *device = sim_loading("chunk=300");
	struct iovec iov[2] = { { data, 200 }, { data + 200, 200 } };

	ck_assert_int_eq(sim->writev(device, iov, 2), 300);
	ck_assert_int_eq(sim->write(device, data + 300, 700), 300);
	ck_assert_int_eq(sim->write(device, data + 600, 10), 10);
	sim->close(device);
	device = sim_saving("chunk=300,size=350");
	ck_assert_int_eq(sim->read(device, data, 1000), 300);
	ck_assert_int_eq(sim->read(device, data, 1000), 50);
	sim->close(device);
}
END_TEST

START_TEST(every_third_call_is_interrupted)
{
	void *device = sim_loading("eintr_every=3,size=60");
	int i;

	for (i = 0; i < 6; i++) {
		ck_assert_int_eq(sim->write(device, data + i / 3 * 20 +
		    i % 3 * 10, 10), i % 3 == 2 ? -EINTR : 10);
	}
	sim->close(device);
	device = sim_saving("eintr_every=1,size=60");
	ck_assert_int_eq(sim->read(device, data, 10), -EINTR);
	ck_assert_int_eq(sim->read(device, data, 10), -EINTR);
	sim->close(device);
}
END_TEST

START_TEST(fails_after_bytes)
{
	void *device = sim_loading("fail_after=250:EIO");

	ck_assert_int_eq(sim->write(device, data, 200), 200);
	ck_assert_int_eq(sim->write(device, data + 200, 200), 50);
	ck_assert_int_eq(sim->write(device, data + 250, 150), -EIO);
	ck_assert_int_eq(sim->write(device, data + 250, 150), -EIO);
	sim->close(device);
	device = sim_saving("fail_after=250:EFAULT,size=1000");
	ck_assert_int_eq(sim->read(device, data, 1000), 250);
	ck_assert_int_eq(sim->read(device, data, 1000), -EFAULT);
	sim->close(device);
	device = sim_saving("fail_after=0:ENODEV,size=1000");
	ck_assert_int_eq(sim->read(device, data, 1000), -ENODEV);
	sim->close(device);
}
END_TEST

START_TEST(fails_with_the_bytes_counted)
{
	struct sim_view view;
	void *device;

	device = sim_loading("fail_after=24:EFAULT,counted=1,size=96,tag=m");
	ck_assert_int_eq(sim->write(device, data, 20), 20);
	ck_assert_int_eq(sim->write(device, data + 20, 40), -EFAULT);
	ck_assert_int_eq(sim_find("m", &view), 0);
	ck_assert_uint_eq(view.bytes, 60);
	ck_assert_int_eq(sim->write(device, data + 60, 36), 36);
	/* the trap: who overlooks the error gets a device that stops well */
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	sim->close(device);
}
END_TEST

START_TEST(a_call_returns_nothing)
{
	void *device = sim_loading("write_zero_after=100");

	ck_assert_int_eq(sim->write(device, data, 1000), 100);
	ck_assert_int_eq(sim->write(device, data + 100, 900), 0);
	ck_assert_int_eq(sim->write(device, data + 100, 900), 0);
	sim->close(device);
	device = sim_saving("read_zero_after=100,size=1000");
	ck_assert_int_eq(sim->read(device, data, 1000), 100);
	ck_assert_int_eq(sim->read(device, data, 1000), 0);
	sim->close(device);
}
END_TEST

START_TEST(stop_is_refused)
{
	void *device = sim_loading("refuse_stop=EBUSY,size=10");

	ck_assert_int_eq(sim->write(device, data, 10), 10);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), -EBUSY);
	ck_assert_uint_eq(bench_state(sim, device), VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RUNNING),
	    -EBUSY);
	ck_assert_int_eq(sim->write(device, data, 1), -ENODEV);
	ck_assert_int_eq(sim->reset(device), 0);
	sim->close(device);
}
END_TEST

START_TEST(config_state_fails)
{
	void *device = bench_open(sim, "fail_config=EPERM,config_size=8", 1);

	ck_assert_int_eq(sim->config_load(device, data, 8), -EPERM);
	ck_assert_int_eq(sim->config_save(device, data, 8), -EPERM);
	sim->close(device);
}
END_TEST

struct call {
	void *device;
	ssize_t result;
};

static void *
write_run(void *opaque)
{
	struct call *call = opaque;

	call->result = sim->write(call->device, data, 1000);
	return NULL;
}

static void
blocked_wait(const char *tag)
{
	struct sim_view view;

	do {
		usleep(1000);
		ck_assert_int_eq(sim_find(tag, &view), 0);
	} while (!view.blocked);
}

START_TEST(a_blocked_call_ends_by_cancel)
{
	struct call call = { sim_loading("block_after=0,tag=b"), 0 };
	struct sim_view view;
	pthread_t thread;
	double began;

	pthread_create(&thread, NULL, write_run, &call);
	blocked_wait("b");
	began = bench_seconds();
	sim->cancel(call.device);
	pthread_join(thread, NULL);
	ck_assert_int_eq(call.result, -ECANCELED);
	ck_assert_double_lt(bench_seconds() - began, 1.0);
	ck_assert_int_eq(sim_find("b", &view), 0);
	ck_assert_uint_eq(view.cancels, 1);
	ck_assert_int_eq(view.blocked, 0);
	ck_assert_int_eq(sim->reset(call.device), 0);
	sim->close(call.device);
}
END_TEST

START_TEST(a_blocked_call_ends_by_release)
{
	struct call call = { sim_loading("block_after=100,tag=b"), 0 };
	pthread_t thread;

	ck_assert_int_eq(sim->write(call.device, data, 1000), 100);
	sim_stream(0, 100, data, 900);
	pthread_create(&thread, NULL, write_run, &call);
	blocked_wait("b");
	ck_assert_int_eq(sim_release("b"), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(call.result, -EILSEQ);	/* 100 beyond the 900 */
	sim->close(call.device);
}
END_TEST

START_TEST(a_blocked_call_ends_by_descriptor)
{
	struct call call;
	pthread_t thread;
	char params[64];
	int fd = eventfd(0, EFD_CLOEXEC);

	snprintf(params, sizeof params, "block_after=0,tag=b,release=%d", fd);
	call.device = sim_loading(params);
	pthread_create(&thread, NULL, write_run, &call);
	blocked_wait("b");
	ck_assert_int_eq(eventfd_write(fd, 1), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(call.result, 1000);
	sim->close(call.device);
	close(fd);
}
END_TEST

START_TEST(two_calls_at_once_are_seen)
{
	struct call call = { sim_loading("block_after=0,tag=b"), 0 };
	struct sim_view view;
	pthread_t thread;
	uint32_t state;

	pthread_create(&thread, NULL, write_run, &call);
	blocked_wait("b");
	ck_assert_int_eq(sim->get_state(call.device, &state), -EBUSY);
	ck_assert_int_eq(sim->write(call.device, data, 1), -EBUSY);
	ck_assert_int_eq(sim_release("b"), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(call.result, 1000);
	ck_assert_int_eq(sim_find("b", &view), 0);
	ck_assert_uint_eq(view.violations, 2);
	ck_assert_uint_eq(view.bytes, 1000);
	sim->close(call.device);
}
END_TEST

START_TEST(a_closed_device_is_remembered)
{
	struct sim_view view;
	void *device;

	ck_assert_int_eq(sim_find("none", &view), -ENOENT);
	ck_assert_int_eq(sim_release("none"), -ENOENT);
	ck_assert_int_eq(sim_forget("none"), -ENOENT);
	device = sim_loading("tag=kept");
	bench_refused(sim, "tag=kept", 1, -EEXIST, "tag is taken");
	ck_assert_int_eq(sim_forget("kept"), -EBUSY);
	ck_assert_int_eq(sim->write(device, data, 10), 10);
	sim->close(device);
	ck_assert_int_eq(sim_find("kept", &view), 0);
	ck_assert_int_eq(view.open, 0);
	ck_assert_uint_eq(view.bytes, 10);
	ck_assert_int_eq(sim_release("kept"), -ENOENT);
	device = sim_loading("tag=kept");
	ck_assert_int_eq(sim_find("kept", &view), 0);
	ck_assert_int_eq(view.open, 1);
	ck_assert_uint_eq(view.bytes, 0);
	sim->close(device);
	ck_assert_int_eq(sim_forget("kept"), 0);
	ck_assert_int_eq(sim_find("kept", &view), -ENOENT);
}
END_TEST

static void
data_make(void)
{
	sim_stream(0, 0, data, sizeof data);
}

int
main(void)
{
	TCase *t = tcase_create("faults");

	sim = vfiomig_backend_v1_sim_backend();
	tcase_add_checked_fixture(t, data_make, NULL);
	tcase_add_test(t, open_fails);
	tcase_add_test(t, query_and_get_state_fail);
	tcase_add_test(t, writes_and_reads_are_short);
	tcase_add_test(t, every_third_call_is_interrupted);
	tcase_add_test(t, fails_after_bytes);
	tcase_add_test(t, fails_with_the_bytes_counted);
	tcase_add_test(t, a_call_returns_nothing);
	tcase_add_test(t, stop_is_refused);
	tcase_add_test(t, config_state_fails);
	tcase_add_test(t, a_blocked_call_ends_by_cancel);
	tcase_add_test(t, a_blocked_call_ends_by_release);
	tcase_add_test(t, a_blocked_call_ends_by_descriptor);
	tcase_add_test(t, two_calls_at_once_are_seen);
	tcase_add_test(t, a_closed_device_is_remembered);
	return bench_run(t);
}

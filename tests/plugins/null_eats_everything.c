/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The null device takes whatever it is given, has nothing to give, and keeps
 * the order of the states.
 */
#include "bench.h"

static const struct vfiomig_backend *null;

START_TEST(it_takes_no_parameters)
{
	bench_refused(null, "size=1", 1, -EINVAL, "null: parameter is not "
	    "known: key=size");
}
END_TEST

START_TEST(it_loads)
{
	struct iovec iov[2] = { { NULL, 10 }, { NULL, 1 << 20 } };
	void *device = bench_open(null, "", 1);
	uint32_t can = 0;

	ck_assert_int_eq(null->threads, VFIOMIG_THREADS_ANY);
	ck_assert_int_eq(null->query(device, &can), 0);
	ck_assert_uint_eq(can, VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P |
	    VFIOMIG_CAN_PRE_COPY);
	ck_assert_uint_eq(bench_state(null, device), VFIOMIG_STATE_RUNNING);
	ck_assert_int_eq(null->write(device, "x", 1), -ENODEV);
	ck_assert_int_eq(null->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	ck_assert_int_eq(null->write(device, "x", 1), 1);
	ck_assert_int_eq(null->writev(device, iov, 2), (1 << 20) + 10);
	ck_assert_int_eq(null->config_load(device, "x", 1), 0);
	ck_assert_int_eq(null->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_uint_eq(bench_state(null, device), VFIOMIG_STATE_STOP);
	ck_assert_int_eq(null->writev(device, iov, 2), -ENODEV);
	null->cancel(device);
	ck_assert_int_eq(null->reset(device), 0);
	ck_assert_uint_eq(bench_state(null, device), VFIOMIG_STATE_RUNNING);
	null->close(device);
}
END_TEST

START_TEST(it_saves)
{
	struct vfiomig_pending pending = { sizeof pending, 0, 0, 0, 0 };
	void *device = bench_open(null, "", 0);
	char byte;

	ck_assert_int_eq(null->read(device, &byte, 1), -ENODEV);
	ck_assert_int_eq(null->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_int_eq(null->read(device, &byte, 1), 0);
	ck_assert_int_eq(null->pending(device, &pending), 0);
	ck_assert_int_eq(null->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(null->read(device, &byte, 1), 0);
	ck_assert_int_eq(null->set_state(device, VFIOMIG_STATE_PRE_COPY),
	    -EINVAL);
	ck_assert_int_eq(null->set_state(device, 99), -EINVAL);
	ck_assert_int_eq(null->config_save(device, &byte, 1), 0);
	null->close(device);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("null");

	null = vfiomig_backend_v1_null_backend();
	tcase_add_test(t, it_takes_no_parameters);
	tcase_add_test(t, it_loads);
	tcase_add_test(t, it_saves);
	return bench_run(t);
}

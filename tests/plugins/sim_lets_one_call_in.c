/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sim_lets_one_call_in.c - each call that is made while another one runs is
 * refused, counted, and does nothing
 */
#include <pthread.h>

#include "bench.h"
#include "../../plugins/sim/sim.h"

static const struct vfiomig_backend *
sim(void)
{
	return vfiomig_backend_v1_sim_backend();
}

static void *
read_run(void *device)
{
	char c;

	return (void *)(intptr_t)sim()->read(device, &c, 1);
}

static struct sim_view
view_of(void)
{
	struct sim_view view;

	ck_assert_int_eq(sim_find("one", &view), 0);
	return view;
}

START_TEST(the_second_is_refused)
{
	struct vfiomig_range range = { 0, 4096 };
	struct vfiomig_pending pending = { .size = sizeof pending };
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t page = 4096, bitmap = 0;
	pthread_t thread;
	void *device, *result;
	struct iovec iov;
	uint32_t n = 77;
	char c = 0;

	device = bench_open(sim(), "tag=one,size=10,block_after=0", 0);
	ck_assert_int_eq(sim()->set_state(device, VFIOMIG_STATE_STOP_COPY),
	    0);
	pthread_create(&thread, NULL, read_run, device);
	while (!view_of().blocked)
		nanosleep(&pause, NULL);
	iov = (struct iovec){ &c, 1 };
	ck_assert_int_eq(sim()->query(device, &n), -EBUSY);
	ck_assert_int_eq(sim()->get_state(device, &n), -EBUSY);
	ck_assert_uint_eq(n, 77);
	ck_assert_int_eq(sim()->set_state(device, VFIOMIG_STATE_STOP),
	    -EBUSY);
	ck_assert_int_eq(sim()->read(device, &c, 1), -EBUSY);
	ck_assert_int_eq(sim()->write(device, &c, 1), -EBUSY);
	ck_assert_int_eq(sim()->writev(device, &iov, 1), -EBUSY);
	ck_assert_int_eq(sim()->reset(device), -EBUSY);
	ck_assert_int_eq(sim()->config_load(device, &c, 1), -EBUSY);
	ck_assert_int_eq(sim()->config_save(device, &c, 1), -EBUSY);
	ck_assert_int_eq(sim()->pending(device, &pending), -EBUSY);
	ck_assert_int_eq(sim()->dirty_start(device, &range, 1, &page),
	    -EBUSY);
	ck_assert_int_eq(sim()->dirty_report(device, 0, 4096, page, &bitmap),
	    -EBUSY);
	ck_assert_int_eq(sim()->dirty_stop(device), -EBUSY);
	ck_assert_uint_eq(view_of().violations, 13);
	ck_assert_uint_eq(view_of().state, VFIOMIG_STATE_STOP_COPY);
	ck_assert_uint_eq(view_of().resets, 0);
	sim()->cancel(device);		/* may come beside anything */
	pthread_join(thread, &result);
	ck_assert_int_eq((int)(intptr_t)result, -ECANCELED);
	ck_assert_uint_eq(view_of().violations, 13);
	sim()->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("one");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, the_second_is_refused);
	return bench_run(tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The vfio backend asks the kernel for no way between states that the kernel
 * lacks, keeps a session's fd for as long as the session lives, and closes it
 * after that and never before.
 *
 * The fake kernel is the oracle: it fails the test when it is asked for a way
 * that is not there.
 */
#include "../plugins/bench.h"
#include "kernel.h"

static const struct vfiomig_backend *vfio;

static void
setup(void)
{
	vfio = vfiomig_backend_v1_vfio_backend();
}

static int
saving(uint32_t state)
{
	return state == VFIOMIG_STATE_STOP_COPY ||
	    state == VFIOMIG_STATE_PRE_COPY ||
	    state == VFIOMIG_STATE_PRE_COPY_P2P;
}

START_TEST(every_pair_of_states_is_moved_or_refused)
{
	static const uint64_t sets[] = { 1, 3, 5, 7 };
	uint32_t from, to, state;
	void *device;
	int moved;

	for (from = 0; from < 10; from++) {
		for (to = 0; to < 10; to++) {
			kernel_boot(sets[_i], 100, 20);
			device = bench_open(vfio, "fd=50", 0);
			if (vfio->set_state(device, from) < 0) {
				vfio->close(device);
				continue;
			}
			kernel.sets = 0;
			moved = vfio->set_state(device, to);
			ck_assert(moved == 0 || moved == -EINVAL);
			ck_assert_int_eq(vfio->get_state(device, &state), 0);
			ck_assert_uint_eq(state, moved == 0 ? to : from);
			ck_assert_int_eq(kernel.sets, moved == 0 && to != from);
			ck_assert_int_eq(kernel.data_fd >= 0,
			    saving(state) || state == VFIOMIG_STATE_RESUMING);
			ck_assert_int_eq(kernel.old_fd, -1);
			vfio->close(device);
			ck_assert_int_eq(kernel.data_fd, -1);
		}
	}
}
END_TEST

START_TEST(one_fd_serves_the_whole_save)
{
	unsigned char data[200];
	void *device;
	int fd;

	kernel_boot(7, 100, 20);
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	fd = kernel.data_fd;
	ck_assert_int_eq(vfio->read(device, data, sizeof data), 20);
	ck_assert_int_eq(vfio->read(device, data + 20, 180), 0);
	ck_assert_int_eq(vfio->set_state(device,
	    VFIOMIG_STATE_PRE_COPY_P2P), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(kernel.data_fd, fd);
	ck_assert_int_eq(vfio->read(device, data + 20, 180), 80);
	ck_assert_int_eq(vfio->read(device, data + 100, 100), 0);
	ck_assert_mem_eq(data, kernel.save, 100);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(kernel.data_fd, -1);
	ck_assert_int_eq(vfio->read(device, data, 1), -ENODEV);
	vfio->close(device);
}
END_TEST

START_TEST(left_out_states_are_not_asked_for)
{
	uint32_t can;
	void *device;

	kernel_boot(7, 100, 20);
	device = bench_open(vfio, "fd=50,precopy=0,p2p=0", 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert_uint_eq(can & 7, VFIOMIG_CAN_STOP_COPY);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY),
	    -EINVAL);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING_P2P),
	    -EINVAL);
	ck_assert_int_eq(kernel.sets, 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	vfio->close(device);
}
END_TEST

START_TEST(states_of_the_future_are_reported_and_left_alone)
{
	uint32_t state;
	void *device;

	kernel_boot(7, 100, 20);
	device = bench_open(vfio, "fd=50", 0);
	kernel.state = 11;
	ck_assert_int_eq(vfio->get_state(device, &state), 0);
	ck_assert_uint_eq(state, 11);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EINVAL);
	ck_assert_int_eq(kernel.sets, 0);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_uint_eq(bench_state(vfio, device), VFIOMIG_STATE_RUNNING);
	vfio->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("vfio_asks_only_for_ways_that_exist");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_loop_test(tests, every_pair_of_states_is_moved_or_refused,
	    0, 4);
	tcase_add_test(tests, one_fd_serves_the_whole_save);
	tcase_add_test(tests, left_out_states_are_not_asked_for);
	tcase_add_test(tests,
	    states_of_the_future_are_reported_and_left_alone);
	return bench_run(tests);
}

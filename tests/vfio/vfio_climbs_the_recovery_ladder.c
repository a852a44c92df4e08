/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When the kernel fails the vfio backend, the backend knows where the device
 * stands, lets nobody run it on half a load, and has a reset that works where
 * anything does.
 */
#include "../plugins/bench.h"
#include "kernel.h"

static const struct vfiomig_backend *vfio;

static void
setup(void)
{
	vfio = vfiomig_backend_v1_vfio_backend();
}

static void *
loading(const char *params, uint64_t flags)
{
	void *device;

	kernel_boot(flags, 100, 0);
	device = bench_open(vfio, params, 1);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	return device;
}

START_TEST(failed_move_leaves_the_device_where_the_kernel_says)
{
	void *device;

	kernel_boot(3, 100, 0);
	device = bench_open(vfio, "fd=50", 0);
	kernel.move_error = -EIO;
	kernel.move_until = VFIOMIG_STATE_STOP;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY),
	    -EIO);
	ck_assert_ptr_nonnull(strstr(bench_line, "now=stop"));
	ck_assert_uint_eq(bench_state(vfio, device), VFIOMIG_STATE_STOP);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING), 0);
	vfio->close(device);
}
END_TEST

START_TEST(failed_move_out_of_a_session_ends_it)
{
	void *device;

	kernel_boot(7, 100, 10);
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	kernel.move_error = -EBUSY;
	kernel.move_until = VFIOMIG_STATE_RUNNING_P2P;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EBUSY);
	ck_assert_int_eq(kernel.data_fd, -1);
	ck_assert_uint_eq(bench_state(vfio, device), VFIOMIG_STATE_RUNNING_P2P);
	vfio->close(device);
}
END_TEST

START_TEST(failed_move_inside_a_session_keeps_its_fd)
{
	void *device;

	kernel_boot(7, 100, 10);
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	kernel.move_error = -EBUSY;
	kernel.move_until = VFIOMIG_STATE_PRE_COPY_P2P;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY),
	    -EBUSY);
	ck_assert_int_ge(kernel.data_fd, KERNEL_DATA);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	vfio->close(device);
}
END_TEST

/* The kernel goes by way of states that the parameters leave out; a source
 * that failed there must come back without a reset. */
START_TEST(device_left_in_a_state_left_out_comes_back)
{
	static const uint32_t targets[] = {
		VFIOMIG_STATE_RUNNING, VFIOMIG_STATE_STOP
	};
	void *device;

	kernel_boot(7, 100, 10);
	device = bench_open(vfio, "fd=50,p2p=0,precopy=0", 0);
	kernel.move_error = -EBUSY;
	kernel.move_until = VFIOMIG_STATE_RUNNING_P2P;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY),
	    -EBUSY);
	ck_assert_uint_eq(kernel.state, VFIOMIG_STATE_RUNNING_P2P);
	ck_assert_int_eq(vfio->set_state(device, targets[_i]), 0);
	ck_assert_uint_eq(kernel.state, targets[_i]);
	ck_assert_int_eq(kernel.resets, 0);
	vfio->close(device);
}
END_TEST

START_TEST(lost_reply_calls_for_a_reset)
{
	void *device;

	kernel_boot(3, 100, 0);
	device = bench_open(vfio, "fd=50", 0);
	kernel.move_error = -EFAULT;
	kernel.lose_fd = 1;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY),
	    -EFAULT);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EIO);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	vfio->close(device);
}
END_TEST

START_TEST(session_without_its_fd_is_refused)
{
	void *device;

	kernel_boot(3, 100, 0);
	kernel.no_fd = 1;
	device = bench_open(vfio, "fd=50", 1);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING),
	    -EIO);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING), -EIO);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(kernel.data_fd, -1);
	vfio->close(device);
}
END_TEST

static const int write_errors[] = {
	-EFAULT, -EINVAL, -ENOMEM, -EIO, -ENODEV, -EOPNOTSUPP, -EINTR, -ENODATA
};

START_TEST(no_way_to_running_after_a_failed_write)
{
	int error = write_errors[_i];
	unsigned char data[100] = { 0 };
	void *device = loading("fd=50,hold=0", 7);

	kernel.write_error = error;
	kernel.write_after = 50;
	ck_assert_int_eq(vfio->write(device, data, 60), 60);
	ck_assert_int_eq(vfio->write(device, data, 40),
	    error == -EINTR || error == -ENODATA ? -EIO : error);
	kernel.write_error = 0;
	ck_assert_int_eq(vfio->write(device, data, 40), -EIO);
	kernel.sets = 0;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EIO);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING), -EIO);
	ck_assert_int_eq(kernel.sets, 0);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING), 0);
	vfio->close(device);
}
END_TEST

START_TEST(load_that_the_device_refuses_at_its_end_is_over)
{
	unsigned char data[100] = { 0 };
	void *device = loading("fd=50", 7);

	ck_assert_int_eq(vfio->write(device, data, 100), 100);
	kernel.move_error = -EINVAL;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EINVAL);
	ck_assert_uint_eq(bench_state(vfio, device), VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING), -EIO);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	vfio->close(device);
}
END_TEST

START_TEST(held_bytes_that_fail_keep_the_device_from_stopping)
{
	unsigned char data[100] = { 0 };
	void *device = loading("fd=50", 7);

	kernel.write_error = -EFAULT;
	ck_assert_int_eq(vfio->write(device, data, 100), 100);
	kernel.sets = 0;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EFAULT);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EIO);
	ck_assert_int_eq(kernel.sets, 0);
	vfio->close(device);
}
END_TEST

/* The kernel's word, and two of a sandbox. */
static const int reset_errors[] = { -EINVAL, -EPERM, -ENOSYS };

START_TEST(handed_over_device_without_reset_can_only_be_stopped)
{
	unsigned char data[100] = { 0 };
	void *device = loading("fd=50,hold=0", 7);

	kernel.write_error = -EIO;
	ck_assert_int_eq(vfio->write(device, data, 100), -EIO);
	kernel.reset_error = reset_errors[_i];
	ck_assert_int_eq(vfio->reset(device), reset_errors[_i]);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING), -EIO);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING), -EIO);
	vfio->close(device);
}
END_TEST

START_TEST(device_of_our_own_without_reset_is_opened_anew)
{
	unsigned char data[100] = { 0 };
	void *device = loading("group=/dev/vfio/7,device=x,hold=0", 7);

	kernel.write_error = -EIO;
	ck_assert_int_eq(vfio->write(device, data, 100), -EIO);
	kernel.reset_error = -EINVAL;
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(kernel.opens, 2);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	vfio->close(device);
	ck_assert_int_eq(kernel.device_open, 0);
}
END_TEST

START_TEST(leftover_session_is_refused_or_reset_but_not_moved)
{
	void *device;

	kernel_boot(7, 100, 0);
	kernel.state = VFIOMIG_STATE_RESUMING;
	bench_refused(vfio, "fd=50", 1, -EBUSY, "resuming");
	ck_assert_int_eq(kernel.sets, 0);
	device = bench_open(vfio, "fd=50,reset=1", 1);
	ck_assert_int_eq(kernel.resets, 1);
	ck_assert_int_eq(kernel.sets, 0);
	vfio->close(device);
}
END_TEST

START_TEST(device_of_our_own_is_not_closed_in_a_session)
{
	void *device = loading("group=/dev/vfio/7,device=x", 7);

	vfio->close(device);
	ck_assert_int_eq(kernel.resets, 1);
	ck_assert_int_eq(kernel.device_open, 0);
	ck_assert_int_eq(kernel.data_fd, -1);
}
END_TEST

START_TEST(device_of_our_own_is_not_closed_in_a_session_without_its_fd)
{
	void *device;

	kernel_boot(7, 100, 0);
	kernel.no_fd = 1;
	device = bench_open(vfio, "group=/dev/vfio/7,device=x", 1);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING),
	    -EIO);
	vfio->close(device);
	ck_assert_int_eq(kernel.resets, 1);
	ck_assert_uint_eq(kernel.state, VFIOMIG_STATE_RUNNING);
	ck_assert_int_eq(kernel.device_open, 0);
}
END_TEST

START_TEST(new_info_is_not_believed_of_a_device_opened_anew)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	void *device;

	kernel_boot(7, 100, 20);
	kernel.info_flags = 1;
	kernel.reset_error = -EINVAL;
	device = bench_open(vfio, "group=/dev/vfio/7,device=x", 0);
	ck_assert_int_eq(kernel.infov2, 1);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.reinit, 0);
	kernel.reset_error = 0;
	vfio->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("vfio_climbs_the_recovery_ladder");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests,
	    failed_move_leaves_the_device_where_the_kernel_says);
	tcase_add_test(tests, failed_move_out_of_a_session_ends_it);
	tcase_add_test(tests, failed_move_inside_a_session_keeps_its_fd);
	tcase_add_loop_test(tests,
	    device_left_in_a_state_left_out_comes_back, 0, 2);
	tcase_add_test(tests, lost_reply_calls_for_a_reset);
	tcase_add_test(tests, session_without_its_fd_is_refused);
	tcase_add_loop_test(tests, no_way_to_running_after_a_failed_write, 0,
	    (int)(sizeof write_errors / sizeof *write_errors));
	tcase_add_test(tests,
	    load_that_the_device_refuses_at_its_end_is_over);
	tcase_add_test(tests,
	    held_bytes_that_fail_keep_the_device_from_stopping);
	tcase_add_loop_test(tests,
	    handed_over_device_without_reset_can_only_be_stopped, 0, 3);
	tcase_add_test(tests, device_of_our_own_without_reset_is_opened_anew);
	tcase_add_test(tests,
	    leftover_session_is_refused_or_reset_but_not_moved);
	tcase_add_test(tests, device_of_our_own_is_not_closed_in_a_session);
	tcase_add_test(tests,
	    device_of_our_own_is_not_closed_in_a_session_without_its_fd);
	tcase_add_test(tests,
	    new_info_is_not_believed_of_a_device_opened_anew);
	return bench_run(tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The vfio backend takes a kernel, a driver and a sandbox as they are: what is
 * optional and absent is done without, what it needs is named when missing,
 * and what it does not know is let be.
 */
#include "../plugins/bench.h"
#include "kernel.h"
#include "../../plugins/vfio/uapi.h"

static const struct vfiomig_backend *vfio;

static void
setup(void)
{
	vfio = vfiomig_backend_v1_vfio_backend();
	kernel_boot(7, 100, 20);
}

static const int absences[] = { -ENOTTY, -EINVAL, -EPERM, -ENOSYS,
	-EOPNOTSUPP };
#define ABSENCES ((int)(sizeof absences / sizeof *absences))

START_TEST(optional_calls_may_all_be_refused)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	uint32_t can;
	void *device;
	int i;

	for (i = UAPI_FEATURE_DMA_LOGGING_START; i < KERNEL_FEATURES; i++)
		kernel.absent[i] = absences[_i];
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert_uint_eq(can, 7);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 0);
	ck_assert_int_eq(vfio->dirty_stop(device), -EOPNOTSUPP);
	kernel.info_error = absences[_i];
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial + pending.dirty + pending.reinit, 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	vfio->close(device);
}
END_TEST

/* A sandbox that kills lets through the two calls that everything needs. */
START_TEST(stop_copy_mode_makes_two_kinds_of_call)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	unsigned char data[100];
	uint32_t can;
	void *device;

	device = bench_open(vfio, "fd=50,stopcopy=1", 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert_uint_eq(can & 7, VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY),
	    -EINVAL);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RUNNING_P2P),
	    0);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 100);
	ck_assert_int_eq(vfio->read(device, data, 100), 100);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(kernel.extras, 0);
	ck_assert_int_eq(kernel.infov2, 0);
	vfio->close(device);
}
END_TEST

START_TEST(device_that_cannot_migrate_is_named_so)
{
	kernel.absent[UAPI_FEATURE_MIGRATION] = -ENOTTY;
	bench_refused(vfio, "fd=50", 0, -EOPNOTSUPP, "cannot migrate");
	kernel.absent[UAPI_FEATURE_MIGRATION] = -EPERM;
	bench_refused(vfio, "fd=50", 0, -EPERM, "cannot be asked");
}
END_TEST

START_TEST(flags_that_make_no_sense_are_refused)
{
	static const uint64_t flags[] = { 0, 2, 4, 6, 8 };

	kernel.flags = flags[_i];
	bench_refused(vfio, "fd=50", 0, -EOPNOTSUPP, "make no sense");
}
END_TEST

START_TEST(unknown_flags_are_let_be)
{
	uint32_t can;
	void *device;

	kernel.flags = 7 | UINT64_C(1) << 40 | 8;
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert_uint_eq(can & 0xffff, 7);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	vfio->close(device);
}
END_TEST

START_TEST(pending_says_what_the_device_says)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	void *device;

	kernel.initial = 20;
	kernel.dirty = 7;
	kernel.info_flags = UAPI_PRECOPY_INFO_REINIT;
	kernel.absent[UAPI_FEATURE_PRECOPY_INFO_V2] = _i ? 0 : -EINVAL;
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(kernel.infov2, _i);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial, 0);
	ck_assert_uint_eq(pending.stop_copy, 100);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial, 20);
	ck_assert_uint_eq(pending.dirty, 7);
	ck_assert_uint_eq(pending.reinit, (uint32_t)_i);
	vfio->close(device);
}
END_TEST

START_TEST(parameters_leave_calls_out)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	uint32_t can;
	void *device;

	device = bench_open(vfio, "fd=50,info2=0,datasize=0,dirty=off", 0);
	ck_assert_int_eq(kernel.infov2, 0);
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert_uint_eq(can, 7);
	vfio->close(device);
}
END_TEST

START_TEST(temporary_end_of_a_precopy_read_is_no_end)
{
	unsigned char data[100];
	void *device;

	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	kernel.read_error = -ENOMSG;
	ck_assert_int_eq(vfio->read(device, data, 100), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(vfio->read(device, data, 100), -ENOMSG);
	kernel.read_error = -EINTR;
	ck_assert_int_eq(vfio->read(device, data, 100), -EIO);
	vfio->close(device);
}
END_TEST

START_TEST(parameters_that_do_not_go_together_are_refused)
{
	static const char *const params[] = {
		"", "fd=50,cdev=/x", "group=/x", "fd=50,device=x",
		"fd=50,iommufd=3", "fd=50,hwpt=3", "fd=50,dirty=iommu",
		"fd=50,hold=4097", "fd=50,check=pds", "fd=50,what=1",
		"fd=50,iommufd=3,hwpt=4G", "fd=50,dirty=never",
		"fd=50,stopcopy=1,iommufd=3,hwpt=3", "fd=50,stopcopy=2",
	};
	size_t i;

	for (i = 0; i < sizeof params / sizeof *params; i++)
		bench_refused(vfio, params[i], 0, -EINVAL, "parameter");
}
END_TEST

START_TEST(nodes_open_in_order_and_close)
{
	static const char *const params[] = {
		"group=/dev/vfio/7,device=0000:01:00.0",
		"cdev=/dev/vfio/devices/vfio0",
	};
	void *device;

	device = bench_open(vfio, params[_i], 0);
	ck_assert_int_eq(kernel.device_open, 1);
	vfio->close(device);
	ck_assert_int_eq(kernel.device_open, 0);
	kernel.open_error = -EACCES;
	bench_refused(vfio, params[_i], 0, -EACCES, "cannot be opened");
	kernel.open_error = 0;
	if (_i == 0) {
		kernel.group_error = 1;
		bench_refused(vfio, params[_i], 0, -EPERM, "viable");
	} else {
		kernel.bind_error = -EBUSY;
		bench_refused(vfio, params[_i], 0, -EBUSY, "bind");
	}
	ck_assert_int_eq(kernel.device_open, 0);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("vfio_does_without_what_is_absent");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_loop_test(tests, optional_calls_may_all_be_refused, 0,
	    ABSENCES);
	tcase_add_test(tests, stop_copy_mode_makes_two_kinds_of_call);
	tcase_add_test(tests, device_that_cannot_migrate_is_named_so);
	tcase_add_loop_test(tests, flags_that_make_no_sense_are_refused, 0, 5);
	tcase_add_test(tests, unknown_flags_are_let_be);
	tcase_add_loop_test(tests, pending_says_what_the_device_says, 0, 2);
	tcase_add_test(tests, parameters_leave_calls_out);
	tcase_add_test(tests, temporary_end_of_a_precopy_read_is_no_end);
	tcase_add_test(tests, parameters_that_do_not_go_together_are_refused);
	tcase_add_loop_test(tests, nodes_open_in_order_and_close, 0, 2);
	return bench_run(tests);
}

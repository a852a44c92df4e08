/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dirty pages come from the device's log where it has one, else from the
 * IOMMU's page table object that the VMM names; a lost record is an error.
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

START_TEST(device_log_is_started_read_and_stopped)
{
	struct vfiomig_range ranges[2] = { { 0, 1 << 20 }, { 1 << 21, 4096 } };
	uint64_t page_size = 4096, bitmap[4] = { 2 };
	uint32_t can;
	void *device;

	device = bench_open(vfio, "fd=50,iommufd=53,hwpt=9", 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert(can & VFIOMIG_CAN_DIRTY);
	ck_assert_int_eq(vfio->dirty_start(device, ranges, 0, &page_size),
	    -EINVAL);
	ck_assert_int_eq(vfio->dirty_start(device, ranges, 2, &page_size), 0);
	ck_assert_uint_eq(page_size, 8192);
	ck_assert_uint_eq(kernel.ranges, 2);
	ck_assert_int_eq(vfio->dirty_report(device, 1 << 21, 4096, page_size,
	    bitmap), 0);
	ck_assert_uint_eq(kernel.reported, 1 << 21);
	ck_assert_uint_eq(bitmap[0], 7);
	kernel.dirty_error = -EOPNOTSUPP;
	ck_assert_int_eq(vfio->dirty_report(device, 0, 4096, page_size,
	    bitmap), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(bench_line, "take all as dirty"));
	ck_assert_int_eq(vfio->dirty_stop(device), 0);
	ck_assert_uint_eq(kernel.page_size, 0);
	kernel.dirty_error = -E2BIG;
	ck_assert_int_eq(vfio->dirty_start(device, ranges, 2, &page_size),
	    -E2BIG);
	vfio->close(device);
}
END_TEST

START_TEST(page_tables_are_asked_when_the_device_has_no_log)
{
	struct vfiomig_range range = { 0, 1 << 20 };
	uint64_t page_size = 4096, bitmap[4] = { 0 };
	uint32_t can;
	void *device;

	if (_i == 0)
		kernel.absent[UAPI_FEATURE_DMA_LOGGING_START] = -ENOTTY;
	device = bench_open(vfio, _i == 0 ? "fd=50,iommufd=53,hwpt=9" :
	    "fd=50,iommufd=53,hwpt=9,dirty=iommu", 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert(can & VFIOMIG_CAN_DIRTY);
	ck_assert_int_eq(vfio->dirty_start(device, &range, 1, &page_size), 0);
	ck_assert_uint_eq(kernel.hwpt, 9);
	ck_assert_uint_eq(kernel.hwpt_flags, 1);
	ck_assert_int_eq(vfio->dirty_report(device, 8192, 4096, page_size,
	    bitmap), 0);
	ck_assert_uint_eq(kernel.reported, 8192);
	ck_assert_uint_eq(bitmap[0], 9);
	ck_assert_int_eq(vfio->dirty_stop(device), 0);
	ck_assert_uint_eq(kernel.hwpt_flags, 0);
	vfio->close(device);
}
END_TEST

START_TEST(without_either_there_is_no_record)
{
	struct vfiomig_range range = { 0, 1 << 20 };
	uint64_t page_size = 4096;
	uint32_t can;
	void *device;

	kernel.absent[UAPI_FEATURE_DMA_LOGGING_REPORT] = -ENOTTY;
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert(!(can & VFIOMIG_CAN_DIRTY));
	ck_assert_int_eq(vfio->dirty_start(device, &range, 1, &page_size),
	    -EOPNOTSUPP);
	vfio->close(device);
}
END_TEST

static const int refusals[] = { -ENOTTY, -EPERM, -ENOSYS };

START_TEST(refused_page_tables_are_no_record)
{
	struct vfiomig_range range = { 0, 1 << 20 };
	uint64_t page_size = 4096;
	void *device;

	kernel.hwpt_error = refusals[_i];
	device = bench_open(vfio, "fd=50,iommufd=53,hwpt=9,dirty=iommu", 0);
	ck_assert_int_eq(vfio->dirty_start(device, &range, 1, &page_size),
	    -EOPNOTSUPP);
	kernel.hwpt_error = -EINVAL;
	ck_assert_int_eq(vfio->dirty_start(device, &range, 1, &page_size),
	    -EINVAL);
	vfio->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("vfio_keeps_the_record_of_dirty_pages");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, device_log_is_started_read_and_stopped);
	tcase_add_loop_test(tests,
	    page_tables_are_asked_when_the_device_has_no_log, 0, 2);
	tcase_add_loop_test(tests, refused_page_tables_are_no_record, 0, 3);
	tcase_add_test(tests, without_either_there_is_no_record);
	return bench_run(tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An error of the kernel's comes through the vfio backend's call that met it,
 * names the step, and leaves nothing open; calls out of their state and
 * numbers out of their range do not get as far as the kernel.
 */
#include "../plugins/bench.h"
#include "../../plugins/vfio/feature.h"
#include "../../plugins/vfio/header.h"
#include "../../plugins/vfio/uapi.h"
#include "kernel.h"

static const struct vfiomig_backend *vfio;
static unsigned char data[2 << 20];

static void
setup(void)
{
	vfio = vfiomig_backend_v1_vfio_backend();
	kernel_boot(7, sizeof data, 20);
}

static const char group[] = "group=/dev/vfio/7,device=0000:01:00.0";
static const char cdev[] = "cdev=/dev/vfio/devices/vfio0";

static const struct {
	const char *params;
	unsigned long refused;
	int with, result;
	const char *step;
} steps[] = {
	{ group, UAPI_GET_API_VERSION, -EIO, -EIO, "api version" },
	{ group, UAPI_GET_API_VERSION, 1, -EPROTONOSUPPORT, "api version" },
	{ group, UAPI_GROUP_GET_STATUS, -EIO, -EIO, "not viable" },
	{ group, UAPI_GROUP_SET_CONTAINER, -EBUSY, -EBUSY, "join" },
	{ group, UAPI_SET_IOMMU, -ENODEV, -ENODEV, "container's type" },
	{ group, UAPI_GROUP_GET_DEVICE_FD, -ENODEV, -ENODEV, "0000:01:00.0" },
	{ "group=/dev/vfio/8,device=x", 0, 0, -ENOENT, "/dev/vfio/8" },
	{ cdev, UAPI_DEVICE_BIND_IOMMUFD, -EBUSY, -EBUSY, "bind" },
	{ "cdev=/dev/vfio/devices/vfio1", 0, 0, -ENOENT, "vfio1" },
};

START_TEST(step_that_fails_is_named)
{
	kernel.refused = steps[_i].refused;
	kernel.refused_with = steps[_i].with;
	bench_refused(vfio, steps[_i].params, 0, steps[_i].result,
	    steps[_i].step);
	ck_assert_int_eq(kernel.device_open, 0);
}
END_TEST

START_TEST(device_whose_state_cannot_be_had_is_refused)
{
	kernel.absent[UAPI_FEATURE_MIG_DEVICE_STATE] = -EIO;
	bench_refused(vfio, cdev, 0, -EIO, "state cannot be had");
	ck_assert_int_eq(kernel.device_open, 0);
	bench_refused(vfio, "fd=50,reset=1", 0, -EIO, "");
	ck_assert_int_eq(kernel.resets, 1);
}
END_TEST

START_TEST(device_whose_log_fails_is_refused)
{
	kernel.absent[UAPI_FEATURE_DMA_LOGGING_START] = -EIO;
	bench_refused(vfio, "fd=50", 0, -EIO, "");
}
END_TEST

START_TEST(optional_feature_that_fails_is_not_used)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	void *device;

	kernel.absent[UAPI_FEATURE_MIG_DATA_SIZE] = -EIO;
	device = bench_open(vfio, "fd=50", 0);
	ck_assert_ptr_nonnull(strstr(bench_line, "optional"));
	kernel.absent[UAPI_FEATURE_MIG_DATA_SIZE] = 0;
	ck_assert_int_eq(vfio->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 0);
	vfio->close(device);
}
END_TEST

START_TEST(device_that_fails_later_tells_at_each_call)
{
	void *device = bench_open(vfio, "fd=50", 0);
	uint32_t state = 77;

	kernel.absent[UAPI_FEATURE_MIG_DEVICE_STATE] = -EIO;
	ck_assert_int_eq(vfio->get_state(device, &state), -EIO);
	ck_assert_uint_eq(state, 77);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EIO);
	ck_assert_int_eq(kernel.sets, 0);
	ck_assert_int_eq(vfio->reset(device), -EIO);
	vfio->close(device);
}
END_TEST

START_TEST(reset_that_leads_elsewhere_is_an_error)
{
	void *device = bench_open(vfio, "fd=50", 0);

	kernel.reset_lands = VFIOMIG_STATE_STOP;
	ck_assert_int_eq(vfio->reset(device), -EIO);
	ck_assert_ptr_nonnull(strstr(bench_line, "elsewhere: state=stop"));
	vfio->close(device);
}
END_TEST

/* No reset, and it cannot be opened anew either: only STOP is left to it. */
START_TEST(device_that_does_not_come_back_is_told)
{
	void *device = bench_open(vfio, group, 0);

	kernel.reset_error = -ENOTTY;
	kernel.open_error = -EACCES;
	ck_assert_int_eq(vfio->reset(device), -ENOTTY);
	ck_assert_ptr_nonnull(strstr(bench_line, "cannot be opened"));
	vfio->close(device);
	ck_assert_int_eq(kernel.device_open, 0);
}
END_TEST

START_TEST(pending_that_fails_is_told)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	void *device = bench_open(vfio, "fd=50", 0);

	kernel.absent[UAPI_FEATURE_MIG_DATA_SIZE] = -EIO;
	ck_assert_int_eq(vfio->pending(device, &pending), -EIO);
	kernel.absent[UAPI_FEATURE_MIG_DATA_SIZE] = 0;
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	kernel.info_error = -EIO;
	ck_assert_int_eq(vfio->pending(device, &pending), -EIO);
	vfio->close(device);
}
END_TEST

START_TEST(reads_are_cut_to_a_chunk)
{
	void *device = bench_open(vfio, "fd=50", 0);

	ck_assert_int_eq(vfio->read(device, data, 1), -ENODEV);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(vfio->read(device, data, sizeof data), 1 << 20);
	ck_assert_mem_eq(data, kernel.save, 1 << 20);
	vfio->cancel(device);
	ck_assert_int_eq(vfio->read(device, data, 1), -ECANCELED);
	vfio->close(device);
}
END_TEST

START_TEST(writes_out_of_a_load_are_refused)
{
	struct iovec iov = { data, 10 };
	void *device = bench_open(vfio, "fd=50", 1);

	ck_assert_int_eq(vfio->write(device, data, 10), -ENODEV);
	ck_assert_int_eq(vfio->writev(device, &iov, 1), -ENODEV);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	ck_assert_int_eq(vfio->write(device, data, 0), 0);
	vfio->cancel(device);
	ck_assert_int_eq(vfio->writev(device, &iov, 1), -ECANCELED);
	ck_assert_uint_eq(kernel.writes, 0);
	vfio->close(device);
}
END_TEST

/* What was held is written when more than fits comes; that fails. */
START_TEST(held_bytes_that_fail_end_the_load)
{
	struct iovec iov[3] = { { data, 100 }, { data, 0 }, { data, 8192 } };
	void *device = bench_open(vfio, "fd=50", 1);

	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	kernel.write_error = -EFAULT;
	ck_assert_int_eq(vfio->writev(device, iov, 3), -EFAULT);
	ck_assert_ptr_nonnull(strstr(bench_line, "refuses the stream"));
	ck_assert_int_eq(vfio->writev(device, iov, 3), -EIO);
	vfio->close(device);
}
END_TEST

START_TEST(device_log_may_be_asked_for_by_name)
{
	uint64_t page_size = 4096, bitmap = 2;
	struct vfiomig_range range = { 0, 1 << 20 };
	uint32_t can;
	void *device = bench_open(vfio, "fd=50,dirty=device", 0);

	ck_assert_int_eq(vfio->query(device, &can), 0);
	ck_assert(can & VFIOMIG_CAN_DIRTY);
	ck_assert_int_eq(vfio->dirty_start(device, &range, 1, &page_size), 0);
	vfio->close(device);
	device = bench_open(vfio, "fd=50,dirty=off", 0);
	ck_assert_int_eq(vfio->dirty_report(device, 0, 4096, 4096, &bitmap),
	    -EOPNOTSUPP);
	ck_assert_uint_eq(bitmap, 2);
	vfio->close(device);
}
END_TEST

START_TEST(feature_larger_than_any_is_not_asked_for)
{
	unsigned char big[FEATURE_DATA_MAX + 1] = { 0 };

	kernel.gets = 0;
	ck_assert_int_eq(feature_call(KERNEL_DEVICE, UAPI_FEATURE_GET,
	    UAPI_FEATURE_MIG_DEVICE_STATE, big, sizeof big), -EINVAL);
	ck_assert_int_eq(kernel.gets, 0);
	ck_assert_int_eq(feature_call(KERNEL_DEVICE, UAPI_FEATURE_GET,
	    UAPI_FEATURE_MIG_DEVICE_STATE, big, FEATURE_DATA_MAX), 0);
	ck_assert_int_eq(kernel.gets, 1);
}
END_TEST

/* Headers that no driver makes, each with its words. */
static const struct {
	enum header_format format;
	size_t size;
	unsigned char bytes[HEADER_BYTES_MAX];
	const char *why;
} headers[] = {
	{ HEADER_MLX5, 16, { [8] = 2 }, "unknown flags" },
	{ HEADER_MLX5, 16, { [0] = 7, [12] = 1 }, "not eight bytes" },
	{ HEADER_VIRTIO, 16, { [12] = 1 }, "unknown tag" },
	{ HEADER_XE, 24, { 1, 0 }, "unknown type" },
	{ HEADER_XE, 24, { 1, 7 }, "unknown type" },
	{ HEADER_XE, 24, { 1, 2 }, "no descriptor" },
	{ HEADER_XE, 24, { 2, 1 }, "unknown version" },
	{ HEADER_MTTY, 24, { 1 }, "wrong magic" },
	{ HEADER_HISI, 8, { 1 }, "wrong magic" },
};

/* mtty: magic, version, ports and flags, of which one thing is wrong. */
static const struct {
	unsigned char major, minor, ports, flags;
	const char *why;
} mtty[] = {
	{ 1, 0, 1, 0, NULL }, { 1, 0, 2, 0, NULL },
	{ 2, 0, 1, 0, "unknown version" }, { 1, 1, 1, 0, "unknown version" },
	{ 1, 0, 0, 0, "out of range" }, { 1, 0, 3, 0, "out of range" },
	{ 1, 0, 1, 1, "out of range" },
};

START_TEST(header_no_driver_makes_is_refused)
{
	struct header_walk walk;
	const char *why = NULL;

	header_walk_init(&walk, headers[_i].format, 1 << 20);
	ck_assert_int_eq(header_walk_feed(&walk, headers[_i].bytes,
	    headers[_i].size, &why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why, headers[_i].why));
}
END_TEST

START_TEST(mtty_header_is_read_field_by_field)
{
	static const uint64_t magic = UINT64_C(0x7e9d09898c3e2c4e);
	unsigned char bytes[HEADER_BYTES_MAX] = {
		[8] = mtty[_i].major, [12] = mtty[_i].minor,
		[16] = mtty[_i].ports, [20] = mtty[_i].flags
	};
	struct header_walk walk;
	const char *why = NULL;
	int k;

	for (k = 0; k < 8; k++)
		bytes[k] = (unsigned char)(magic >> 8 * k);
	header_walk_init(&walk, HEADER_MTTY, 1 << 20);
	ck_assert_int_eq(header_walk_feed(&walk, bytes, sizeof bytes, &why),
	    mtty[_i].why == NULL ? 0 : -EBADMSG);
	if (mtty[_i].why != NULL)
		ck_assert_ptr_nonnull(strstr(why, mtty[_i].why));
}
END_TEST

/* The 24 bytes by which a format is told are checked as well. */
START_TEST(guessed_header_is_checked_at_once)
{
	unsigned char bytes[HEADER_BYTES_MAX] = { [4] = 1 };
	struct header_walk walk;
	const char *why = NULL;

	header_walk_init(&walk, HEADER_AUTO, 1 << 20);
	ck_assert_int_eq(header_walk_feed(&walk, bytes, 20, &why), 0);
	ck_assert_int_eq(header_walk_feed(&walk, bytes + 20, 4, &why),
	    -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why, "above the cap"));
}
END_TEST

#define COUNT(table) ((int)(sizeof table / sizeof *table))

int
main(void)
{
	TCase *tests = tcase_create("vfio_errors_come_through");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_loop_test(tests, step_that_fails_is_named, 0, COUNT(steps));
	tcase_add_test(tests, device_whose_state_cannot_be_had_is_refused);
	tcase_add_test(tests, device_whose_log_fails_is_refused);
	tcase_add_test(tests, optional_feature_that_fails_is_not_used);
	tcase_add_test(tests, device_that_fails_later_tells_at_each_call);
	tcase_add_test(tests, reset_that_leads_elsewhere_is_an_error);
	tcase_add_test(tests, device_that_does_not_come_back_is_told);
	tcase_add_test(tests, pending_that_fails_is_told);
	tcase_add_test(tests, reads_are_cut_to_a_chunk);
	tcase_add_test(tests, writes_out_of_a_load_are_refused);
	tcase_add_test(tests, held_bytes_that_fail_end_the_load);
	tcase_add_test(tests, device_log_may_be_asked_for_by_name);
	tcase_add_test(tests, feature_larger_than_any_is_not_asked_for);
	tcase_add_loop_test(tests, header_no_driver_makes_is_refused, 0,
	    COUNT(headers));
	tcase_add_loop_test(tests, mtty_header_is_read_field_by_field, 0,
	    COUNT(mtty));
	tcase_add_test(tests, guessed_header_is_checked_at_once);
	return bench_run(tests);
}

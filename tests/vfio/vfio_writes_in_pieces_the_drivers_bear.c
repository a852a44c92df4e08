/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The vfio backend gives a driver pieces of 1 MiB at most, a small state in
 * one piece however it came, and every byte once and in order.
 */
#include "../plugins/bench.h"
#include "kernel.h"

static const struct vfiomig_backend *vfio;

static void
setup(void)
{
	vfio = vfiomig_backend_v1_vfio_backend();
}

/* Load all of kernel.save in writes of @piece bytes, as the library does. */
static void
load(const char *params, size_t size, size_t piece)
{
	size_t at, n;
	ssize_t taken;
	void *device;

	kernel_boot(7, size, 0);
	device = bench_open(vfio, params, 1);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	for (at = 0; at < size; at += (size_t)taken) {
		n = size - at < piece ? size - at : piece;
		taken = vfio->write(device, kernel.save + at, n);
		ck_assert_int_gt(taken, 0);
		ck_assert_uint_le((size_t)taken, n);
	}
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_uint_eq(kernel.loaded, size);
	ck_assert_mem_eq(kernel.load, kernel.save, size);
	vfio->close(device);
}

START_TEST(small_state_is_one_write)
{
	size_t piece;

	for (piece = 1; piece <= 176; piece++) {
		load("fd=50", 176, piece);
		ck_assert_uint_eq(kernel.writes, 1);
	}
}
END_TEST

START_TEST(nothing_is_held_back_when_told_so)
{
	load("fd=50,hold=0", 100, 10);
	ck_assert_uint_eq(kernel.writes, 10);
}
END_TEST

START_TEST(held_start_goes_ahead_of_the_rest)
{
	size_t piece;

	for (piece = 1; piece < 600; piece += 7)
		load("fd=50,hold=256", 1000, piece);
}
END_TEST

START_TEST(no_write_is_longer_than_a_mebibyte)
{
	load("fd=50", 3 << 20, 3 << 20);
	ck_assert_uint_eq(kernel.longest, 1 << 20);
}
END_TEST

START_TEST(vectors_are_taken_in_order)
{
	size_t at, i, n;
	struct iovec iov[64];
	ssize_t taken;
	void *device;

	kernel_boot(7, 100000, 0);
	kernel.write_short = _i ? 77 : 0;
	device = bench_open(vfio, "fd=50,check=auto", 1);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	for (at = 0; at < 100000; at += (size_t)taken) {
		for (i = n = 0; i < 64 && at + n < 100000; i++) {
			iov[i].iov_base = kernel.save + at + n;
			iov[i].iov_len = 1 + i * 3;
			if (iov[i].iov_len > 100000 - at - n)
				iov[i].iov_len = 100000 - at - n;
			n += iov[i].iov_len;
		}
		taken = vfio->writev(device, iov, (int)i);
		ck_assert_int_gt(taken, 0);
		ck_assert_uint_le((size_t)taken, n);
	}
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_uint_eq(kernel.loaded, 100000);
	ck_assert_mem_eq(kernel.load, kernel.save, 100000);
	vfio->close(device);
}
END_TEST

START_TEST(cancelled_device_takes_and_gives_nothing_more)
{
	unsigned char data[10] = { 0 };
	void *device;

	kernel_boot(7, 100, 0);
	device = bench_open(vfio, "fd=50", 1);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	vfio->cancel(device);
	ck_assert_int_eq(vfio->write(device, data, 10), -ECANCELED);
	ck_assert_int_eq(vfio->reset(device), 0);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(vfio->read(device, data, 10), -ECANCELED);
	vfio->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("vfio_writes_in_pieces_the_drivers_bear");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, small_state_is_one_write);
	tcase_add_test(tests, nothing_is_held_back_when_told_so);
	tcase_add_test(tests, held_start_goes_ahead_of_the_rest);
	tcase_add_test(tests, no_write_is_longer_than_a_mebibyte);
	tcase_add_loop_test(tests, vectors_are_taken_in_order, 0, 2);
	tcase_add_test(tests, cancelled_device_takes_and_gives_nothing_more);
	return bench_run(tests);
}

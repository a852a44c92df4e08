/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sim device's record of dirty pages is strict about its arguments, has
 * exactly the bits that its seed gives, and is cleared by being read.
 */
#include "../../plugins/sim/sim.h"
#include "bench.h"

#define PAGE 4096u

static const struct vfiomig_backend *sim;
static const struct vfiomig_range ranges[2] = {
	{ 16 * PAGE, 100 * PAGE }, { 200 * PAGE, 8 * PAGE }
};

static int
start(void *device, uint64_t iova, uint64_t length, uint64_t page)
{
	struct vfiomig_range r = { iova, length };
	int error;

	error = sim->dirty_start(device, &r, 1, &page);
	if (error == 0)
		ck_assert_int_eq(sim->dirty_stop(device), 0);
	return error;
}

START_TEST(start_is_strict)
{
	void *device = bench_open(sim, "", 0);
	struct vfiomig_range many[257];
	uint64_t page = PAGE;
	uint32_t i;

	ck_assert_int_eq(start(device, 0, PAGE, PAGE), 0);
	ck_assert_int_eq(start(device, 0, PAGE, 0), -EINVAL);
	ck_assert_int_eq(start(device, 0, 3 * PAGE, 3 * PAGE), -EINVAL);
	ck_assert_int_eq(start(device, 1, PAGE, PAGE), -EINVAL);
	ck_assert_int_eq(start(device, 0, PAGE + 1, PAGE), -EINVAL);
	ck_assert_int_eq(start(device, 0, 0, PAGE), -EINVAL);
	ck_assert_int_eq(start(device, -(uint64_t)PAGE, 2 * PAGE, PAGE),
	    -EOVERFLOW);
	ck_assert_int_eq(start(device, -(uint64_t)PAGE, PAGE, PAGE),
	    -EOVERFLOW);

	for (i = 0; i < 257; i++)
		many[i] = (struct vfiomig_range){ (uint64_t)i * PAGE, PAGE };
	ck_assert_int_eq(sim->dirty_start(device, many, 0, &page), -EINVAL);
	ck_assert_int_eq(sim->dirty_start(device, many, 257, &page), -E2BIG);
	ck_assert_int_eq(sim->dirty_start(device, many, 256, &page), 0);
	ck_assert_int_eq(sim->dirty_start(device, many, 1, &page), -EINVAL);
	ck_assert_int_eq(sim->dirty_stop(device), 0);
	ck_assert_int_eq(sim->dirty_stop(device), -EINVAL);
	many[1].iova = 0;
	ck_assert_int_eq(sim->dirty_start(device, many, 2, &page), -EINVAL);
	many[1] = (struct vfiomig_range){ 0, 300 * PAGE };
	ck_assert_int_eq(sim->dirty_start(device, many + 1, 2, &page),
	    -EINVAL);
	sim->close(device);
}
END_TEST

START_TEST(page_size_is_clamped)
{
	void *device = bench_open(sim, "", 0);
	struct vfiomig_range r = { 0, UINT64_C(1) << 40 };
	uint64_t page = 1024;

	ck_assert_int_eq(sim->dirty_start(device, &r, 1, &page), 0);
	ck_assert_uint_eq(page, 4096);
	ck_assert_int_eq(sim->dirty_stop(device), 0);
	page = UINT64_C(1) << 40;
	ck_assert_int_eq(sim->dirty_start(device, &r, 1, &page), 0);
	ck_assert_uint_eq(page, UINT64_C(1) << 30);
	sim->close(device);
}
END_TEST

START_TEST(report_is_strict)
{
	void *device = bench_open(sim, "", 0);
	uint64_t page = PAGE, bitmap[4] = { 0 };

	ck_assert_int_eq(sim->dirty_report(device, 0, PAGE, PAGE, bitmap),
	    -EINVAL);
	ck_assert_int_eq(sim->dirty_start(device, ranges, 2, &page), 0);
	ck_assert_int_eq(sim->dirty_report(device, 0, PAGE, 2048, bitmap),
	    -EINVAL);
	ck_assert_int_eq(sim->dirty_report(device, 0, PAGE, 12288, bitmap),
	    -EINVAL);
	ck_assert_int_eq(sim->dirty_report(device, 0, 0, PAGE, bitmap),
	    -EINVAL);
	ck_assert_int_eq(sim->dirty_report(device, -(uint64_t)PAGE, 2 * PAGE,
	    PAGE, bitmap), -EOVERFLOW);
	ck_assert_int_eq(sim->dirty_report(device, 0, PAGE, PAGE, bitmap), 0);
	ck_assert_int_eq(sim->dirty_stop(device), 0);
	sim->close(device);
	device = bench_open(sim, "fail_dirty=EIO", 0);
	ck_assert_int_eq(sim->dirty_start(device, ranges, 2, &page), 0);
	ck_assert_int_eq(sim->dirty_report(device, 0, PAGE, PAGE, bitmap),
	    -EIO);
	sim->close(device);
}
END_TEST

/* The bit by the oracle: is a page of 4 KiB dirty, and in a range? */
static int
page_dirty(uint64_t page, uint64_t report)
{
	int i;

	for (i = 0; i < 2; i++)
		if (page * PAGE >= ranges[i].iova &&
		    page * PAGE < ranges[i].iova + ranges[i].length)
			return sim_page_dirty(11, page, report);
	return 0;
}

static int
bit(const uint64_t *bitmap, uint64_t n)
{
	return bitmap[n / 64] >> n % 64 & 1;
}

START_TEST(every_bit_is_the_seeds)
{
	void *device = bench_open(sim, "seed=11", 0);
	uint64_t page = PAGE, report, n, set = 0;

	ck_assert_int_eq(sim->dirty_start(device, ranges, 2, &page), 0);
	for (report = 0; report < 4; report++) {
		uint64_t bitmap[5] = { 0 };

		/* page 10 to 249; word 4 is canary beyond its 240 bits */
		ck_assert_int_eq(sim->dirty_report(device, 10 * PAGE,
		    240 * PAGE, PAGE, bitmap), 0);
		for (n = 0; n < 240; n++) {
			ck_assert_int_eq(bit(bitmap, n),
			    page_dirty(10 + n, report));
			set += bit(bitmap, n);
		}
		for (n = 240; n < 320; n++)
			ck_assert_int_eq(bit(bitmap, n), 0);
	}
	ck_assert_uint_gt(set, 10);
	ck_assert_uint_lt(set, 200);
	sim->close(device);
}
END_TEST

START_TEST(larger_pages_are_the_or_of_smaller)
{
	void *device = bench_open(sim, "seed=11", 0);
	uint64_t page = PAGE, bitmap[1] = { 0 }, n, i;
	int any;

	ck_assert_int_eq(sim->dirty_start(device, ranges, 2, &page), 0);
	ck_assert_int_eq(sim->dirty_report(device, 0, 256 * PAGE, 4 * PAGE,
	    bitmap), 0);
	for (n = 0; n < 64; n++) {
		for (any = 0, i = 0; i < 4; i++)
			any |= page_dirty(n * 4 + i, 0);
		ck_assert_int_eq(bit(bitmap, n), any);
	}
	sim->close(device);
}
END_TEST

START_TEST(smaller_pages_are_all_of_a_larger)
{
	void *device = bench_open(sim, "seed=11", 0);
	uint64_t page = 4 * PAGE, bitmap[4] = { 0 }, n;
	const struct vfiomig_range r = { 0, 256 * PAGE };

	ck_assert_int_eq(sim->dirty_start(device, &r, 1, &page), 0);
	ck_assert_int_eq(sim->dirty_report(device, 0, 256 * PAGE, PAGE,
	    bitmap), 0);
	for (n = 0; n < 256; n++)
		ck_assert_int_eq(bit(bitmap, n), sim_page_dirty(11, n / 4, 0));
	sim->close(device);
}
END_TEST

START_TEST(a_device_without_it)
{
	void *device = bench_open(sim, "logging=0", 0);
	uint64_t page = PAGE, bitmap = 0;

	ck_assert_int_eq(sim->dirty_start(device, ranges, 2, &page),
	    -EOPNOTSUPP);
	ck_assert_int_eq(sim->dirty_report(device, 0, PAGE, PAGE, &bitmap),
	    -EOPNOTSUPP);
	ck_assert_int_eq(sim->dirty_stop(device), -EOPNOTSUPP);
	sim->close(device);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("dirty");

	sim = vfiomig_backend_v1_sim_backend();
	tcase_add_test(t, start_is_strict);
	tcase_add_test(t, page_size_is_clamped);
	tcase_add_test(t, report_is_strict);
	tcase_add_test(t, every_bit_is_the_seeds);
	tcase_add_test(t, larger_pages_are_the_or_of_smaller);
	tcase_add_test(t, smaller_pages_are_all_of_a_larger);
	tcase_add_test(t, a_device_without_it);
	return bench_run(t);
}

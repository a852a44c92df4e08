/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The server's record of dirty pages comes whole, in as many messages as it
 * takes, only sets bits, and none beyond the last page.
 */
#include "client.h"

static const struct {
	uint64_t pages;
	const char *params;
	uint32_t parts;
} cases[] = {
	{ 1, "", 1 }, { 64, "", 1 }, { 65, "", 1 }, { 40000, "", 1 },
	{ 40000, ",transfer=264", 25 }, { 200, ",transfer=1", 4 },
};

START_TEST(bits_are_the_servers)
{
	const uint64_t page = 4096, iova = 3 * 4096 * 1024;
	struct vfiomig_range range = { 0, UINT64_C(1) << 30 };
	uint64_t pages = cases[_i].pages, size = page, k, *bitmap;
	uint64_t words = (pages + 63) / 64;
	void *device = opened(cases[_i].params, 0);
	uint32_t can;

	ck_assert_int_eq(user->query(device, &can), 0);
	ck_assert(can & VFIOMIG_CAN_DIRTY);
	bitmap = calloc(words, sizeof *bitmap);
	ck_assert_ptr_nonnull(bitmap);
	bitmap[0] = 2;			/* the caller's own bit stays */
	ck_assert_int_eq(user->dirty_start(device, &range, 1, &size), 0);
	ck_assert_uint_eq(size, page);
	ck_assert_int_eq(user->dirty_report(device, iova, pages * page, page,
	    bitmap), 0);
	for (k = 0; k < words * 64; k++)
		ck_assert_int_eq(bitmap[k / 64] >> k % 64 & 1, k == 1 ||
		    (k < pages && (iova / page + k) % 3 == 0));
	ck_assert_int_eq(user->dirty_stop(device), 0);
	free(bitmap);
	user->close(device);
	shutdown(peer, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	ck_assert_uint_eq(server->report_parts, cases[_i].parts);
	ck_assert_uint_eq(server->logging_ranges, 0);
	server_start(server);
}
END_TEST

START_TEST(report_before_start_is_the_servers_error)
{
	void *device = opened("", 0);
	uint64_t bits = 0;

	ck_assert_int_eq(user->dirty_report(device, 0, 4096, 4096, &bits),
	    -EINVAL);
	ck_assert_ptr_nonnull(strstr(bench_line, "take all as dirty"));
	user->close(device);
}
END_TEST

START_TEST(arguments_are_looked_at)
{
	struct vfiomig_range range = { 0, 4096 };
	void *device = opened("", 0);
	uint64_t bits = 0, size = 4096;

	ck_assert_int_eq(user->dirty_start(device, &range, 0, &size), -EINVAL);
	ck_assert_int_eq(user->dirty_start(device, &range, 4097, &size),
	    -E2BIG);
	ck_assert_int_eq(user->dirty_report(device, 0, 4097, 4096, &bits),
	    -EINVAL);
	ck_assert_int_eq(user->dirty_report(device, 0, 0, 4096, &bits),
	    -EINVAL);
	user->close(device);
}
END_TEST

START_TEST(server_without_a_record_says_so)
{
	struct vfiomig_range range = { 0, 4096 };
	uint64_t bits = 0, size = 4096;
	uint32_t can;
	void *device;

	server->no_dirty = _i;
	device = opened(_i ? "" : ",dirty=0", 0);
	ck_assert_int_eq(user->query(device, &can), 0);
	ck_assert(!(can & VFIOMIG_CAN_DIRTY));
	ck_assert_int_eq(user->dirty_start(device, &range, 1, &size),
	    -EOPNOTSUPP);
	ck_assert_int_eq(user->dirty_report(device, 0, 4096, 4096, &bits),
	    -EOPNOTSUPP);
	ck_assert_int_eq(user->dirty_stop(device), -EOPNOTSUPP);
	user->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("dirty");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, bits_are_the_servers, 0,
	    sizeof cases / sizeof *cases);
	tcase_add_test(tests, report_before_start_is_the_servers_error);
	tcase_add_test(tests, arguments_are_looked_at);
	tcase_add_loop_test(tests, server_without_a_record_says_so, 0, 2);
	return bench_run(tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* No number from the peer makes the library allocate, or read what it does
 * not want: neither an idx, nor a length, nor a RAM packet's (R6). */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

/* Bytes that malloc has given out, by its arenas and by mmap. */
static size_t
allocated(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Pages of this process that are in memory. */
static long
resident(void)
{
	long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%ld %ld", &size, &pages), 2);
	fclose(f);
	return pages;
}

static const uint32_t far[] = {
	1025, 65536, 0x7fffffff, 0x80000000, 0xfffffffd, 0xfffffffe
};

/* Weakness 3.  It parks; nothing is allocated and none of the budget used. */
START_TEST(a_large_idx_allocates_nothing)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;
	size_t before;
	long pages;
	int k;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 100), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	before = allocated();
	pages = resident();
	for (k = 0; k < 100; k++) {
		int r = vfiomig_packet_submit(dest.channel[0], dest.device[0],
		    packet_data(0, far[_i], 0, 1000), 1012);

		/* Only this channel could bring idx 1, and it brings none. */
		ck_assert_int_eq(r, -EPIPE);
	}
	ck_assert_uint_lt(allocated() - before, 8192);	/* the test's own */
	ck_assert_int_lt(resident() - pages, 64);
	ck_assert_uint_eq(dest_stats(&dest).memory, 0);
	dest_expect_failure(&dest, -EPIPE, "device=\"dev0\"|missing-idx=1");
	dest_close(&dest);
}
END_TEST

/* The same while another channel could bring what is missing: it waits, and
 * still nothing is allocated. */
START_TEST(a_large_idx_parks_beside_others)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	struct dest dest;
	size_t before;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(&dest, 0, -1, VFIOMIG_CHANNEL_NONBLOCK);
	dest_channel(&dest, 1, -1, VFIOMIG_CHANNEL_NONBLOCK);
	before = allocated();
	ck_assert_int_eq(vfiomig_packet_submit(dest.channel[0],
	    dest.device[0], packet_data(0, far[_i], 0, 1000), 1012), -EAGAIN);
	ck_assert_uint_lt(allocated() - before, 8192);
	ck_assert_uint_eq(dest_stats(&dest).memory, 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 0, 100), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_uint_eq(record[0].loaded, 100);
	dest_close(&dest);
}
END_TEST

static const struct {
	uint32_t size;
	int code;
} length[] = {
	{ UINT32_MAX - 12, -EMSGSIZE }, { 0x80000000, -EMSGSIZE },
	{ 1 << 20, -EMSGSIZE }, { PACKET_ROOM + 1, -EMSGSIZE },
};

/* Weakness 2.  It is refused before a byte of it is read. */
START_TEST(a_long_packet_is_refused_unread)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_channel_stats stats;
	struct script script = { 0 };
	struct dest dest;
	char rest[32];
	size_t before;
	int fd;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&script, 0, NULL);
	script_head(&script, "dev0", 0, 7, 0, length[_i].size);
	script_add(&script, "these are not to be read", 25);
	fd = script_fd(&script, SOCKET);
	dest_channel(&dest, 0, fd, 0);
	before = allocated();
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]),
	    length[_i].code);
	ck_assert_uint_lt(allocated() - before, 128 << 10);	/* a reader */
	stats = channel_stats(dest.channel[0]);
	ck_assert_uint_eq(stats.wire_bytes, 64 + 288);
	ck_assert_int_eq(read(fd, rest, sizeof rest), 25);
	ck_assert_str_eq(rest, "these are not to be read");
	dest_expect_failure(&dest, -EMSGSIZE, "channel=0|device=\"dev0\"|"
	    "idx=7|longer than the largest");
	ck_assert_uint_eq(dest_stats(&dest).memory_max, 0);
	close(fd);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

START_TEST(the_largest_packet_is_let_in)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .budget = 1 << 20);
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, PACKET_ROOM), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, PACKET_ROOM + 1),
	    -EMSGSIZE);
	dest_expect_failure(&dest, -EMSGSIZE, "device=\"dev0\"|idx=1");
	dest_close(&dest);
}
END_TEST

/* A RAM packet that claims 4 GiB is read through a small window. */
START_TEST(a_long_ram_packet_needs_no_memory)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct script script = { 0 };
	uint8_t ram[1344];
	struct dest dest;
	size_t before;
	int fd;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&script, 0, NULL);
	script_ram(&script, 0, 4096, 0);
	memcpy(ram, script.bytes + 64, sizeof ram);
	memset(ram + 20, 0xff, 4);
	script.size = 64;
	script_add(&script, ram, sizeof ram);
	script_add(&script, "xyz", 3);
	fd = script_fd(&script, SOCKET);
	dest_channel(&dest, 0, fd, 0);
	before = allocated();
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), -EPIPE);
	ck_assert_uint_lt(allocated() - before, 128 << 10);
	dest_expect_failure(&dest, -EPIPE, "channel=0|inside a packet");
	close(fd);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, a_large_idx_allocates_nothing, 0,
	    COUNT_OF(far));
	tcase_add_loop_test(tests, a_large_idx_parks_beside_others, 0,
	    COUNT_OF(far));
	tcase_add_loop_test(tests, a_long_packet_is_refused_unread, 0,
	    COUNT_OF(length));
	tcase_add_test(tests, the_largest_packet_is_let_in);
	tcase_add_test(tests, a_long_ram_packet_needs_no_memory);
}
SUITE(memory, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/* RAM and SYNC packets between device packets: of every page size they are
 * skipped, or given to a callback that reads as much as it likes. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 5000 };

static const uint32_t page[] = { 0, 1024, 2048, 4096, 8192, 16384, 32768,
    65536 };
/* Shorter than, as long as, and longer than what is skipped at once. */
static const uint32_t payload[] = { 0, 1, 287, 288, 289, 4096, 65535, 65536,
    65537, 100000 };

static uint32_t
page_of(int i)
{
	return page[i] == 0 ? 4096 : page[i];
}

static void
write_script(struct script *script, uint32_t page_size, uint32_t size)
{
	script_hello(script, 0, NULL);
	script_ram(script, 1, page_size, 0);		/* SYNC */
	script_packet(script, 0, 0, 0, SIZE);
	script_ram(script, 0, page_size, size);
	script_ram(script, 4, page_size, size);		/* zstd */
	script_packet(script, 0, 1, SIZE, SIZE);
	script_ram(script, 0, page_size, size);
	script_config(script, 0, 2);
	script_ram(script, 1, page_size, 0);
}

START_TEST(every_page_size_and_length)
{
	int p = _i / (int)COUNT_OF(payload);
	uint32_t size = payload[_i % (int)COUNT_OF(payload)];
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .page_size = page[p]);
	struct script script = { 0 };
	struct vfiomig_channel_stats stats;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	write_script(&script, page_of(p), size);
	ck_assert_int_eq(dest_run(&dest, 0, &script, FILE_FD), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 2 * SIZE);
	stats = channel_stats(dest.channel[0]);
	ck_assert_uint_eq(stats.skipped_packets, 5);
	ck_assert_uint_eq(stats.packets, 3);
	ck_assert_uint_eq(stats.bytes, 2 * SIZE + DEST_CONFIG);
	ck_assert_uint_eq(stats.wire_bytes, script.size);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

/* ---- the callback ---- */

static struct {
	uint32_t page_size, size;
	uint32_t take;		/* bytes it reads, in pieces of @piece */
	uint32_t piece;
	int calls, fail, error;
} ram;

static int
on_ram(void *opaque, struct vfiomig_channel *channel, const void *header,
    size_t header_size, uint32_t left)
{
	const uint8_t *h = header;
	uint8_t data[70000];
	uint32_t at, n, k;

	(void)opaque;
	ck_assert_uint_eq(header_size, 320 + 8 * (524288 / ram.page_size));
	ck_assert_uint_eq(h[0], 0x11);
	ck_assert_mem_eq(h + 64, "pc.ram", 7);
	ck_assert_uint_eq(h[320], 0xaa);
	ck_assert_uint_eq(left, h[11] == 1 ? 0 : ram.size);
	ram.calls++;
	if (ram.fail == ram.calls)
		return ram.error;
	for (at = 0; at < ram.take && at < left; at += n) {
		n = ram.piece < left - at ? ram.piece : left - at;
		ck_assert_int_eq(vfiomig_channel_read(channel, data, n), 0);
		for (k = 0; k < n; k++)
			ck_assert_uint_eq(data[k], (uint8_t)(at + k));
	}
	ck_assert_int_eq(vfiomig_channel_read(channel, data, left - at + 1),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_channel_read(channel, data, 0), 0);
	ck_assert_int_eq(vfiomig_channel_read(channel, NULL, 0), -EINVAL);
	return 1;		/* not negative: fine */
}

static const uint32_t take[] = { 0, 1, 300, 65536, UINT32_MAX };

static void
ram_open(struct dest *dest, uint32_t page_size, uint32_t size)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .page_size = page_size, .ram = on_ram);

	record_start();
	memset(&ram, 0, sizeof ram);
	ram.page_size = page_size;
	ram.size = size;
	ram.piece = 1;
	dest_open(dest, 1, &config, 0, "record");
}

START_TEST(the_callback_reads_what_it_likes)
{
	struct script script = { 0 };
	struct dest dest;

	ram_open(&dest, page[1 + _i % 7], payload[_i % 10]);
	ram.take = take[_i / 10];
	ram.piece = 1 + (uint32_t)_i * 97;
	write_script(&script, ram.page_size, ram.size);
	ck_assert_int_eq(dest_run(&dest, 0, &script, FILE_FD), 0);
	ck_assert_int_eq(ram.calls, 5);
	ck_assert_int_eq(vfiomig_channel_read(dest.channel[0], &script, 0),
	    -EINVAL);			/* not inside the callback */
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, 2 * SIZE);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

START_TEST(the_callback_may_refuse)
{
	struct script script = { 0 };
	struct dest dest;

	ram_open(&dest, 4096, 100);
	ram.fail = 1 + _i;
	ram.error = -EDQUOT;
	write_script(&script, 4096, 100);
	ck_assert_int_eq(dest_run(&dest, 0, &script, SOCKET), -EDQUOT);
	dest_expect_failure(&dest, -EDQUOT, "channel=0|ram callback failed");
	ck_assert_int_eq(ram.calls, ram.fail);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

/* vfiomig_channel_read waits, on a nonblocking channel too; and an end of file
 * inside of what it wants is one. */
static int
feed(void *arg)
{
	int *fd = arg, k;

	for (k = 0; k < 100; k++) {
		uint8_t byte = (uint8_t)k;

		usleep(500);
		ck_assert_int_eq(write(fd[0], &byte, 1), 1);
	}
	return 0;
}

static int read_result;

static int
reads_all(void *opaque, struct vfiomig_channel *channel, const void *header,
    size_t header_size, uint32_t left)
{
	uint8_t data[200];

	(void)opaque, (void)header, (void)header_size;
	read_result = vfiomig_channel_read(channel, data, left);
	if (read_result == 0)
		ck_assert_uint_eq(data[99], 99);
	return 0;
}

START_TEST(reading_waits)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .ram = reads_all);
	struct script script = { 0 };
	struct thread feeder;
	struct dest dest;
	int fd[2];

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	script_hello(&script, 0, NULL);
	script_ram(&script, 0, 4096, 100);
	script.size -= 100;
	ck_assert_int_eq(write(fd[0], script.bytes, script.size),
	    (ssize_t)script.size);
	dest_channel(&dest, 0, fd[1], VFIOMIG_CHANNEL_NONBLOCK);
	read_result = 1;
	if (_i == 0) {
		thread_start(&feeder, feed, fd);
		ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]),
		    -EAGAIN);
		ck_assert_int_eq(read_result, 0);
		thread_join(&feeder);
	} else {
		shutdown(fd[0], SHUT_WR);
		ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]),
		    -EPIPE);
		ck_assert_int_eq(read_result, CODE(vfiomig_channel_read,
		    EPIPE));
	}
	close(fd[0]);
	close(fd[1]);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

/* A transport of the caller's that has the payload some time later. */
static struct {
	struct script script;
	size_t at, held_back;
	struct timespec since;
	int refused;
} later;

enum { LATER_MS = 40 };

static int
milliseconds_since(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)((now.tv_sec - since->tv_sec) * 1000 +
	    (now.tv_nsec - since->tv_nsec) / 1000000);
}

static ssize_t
later_readv(void *opaque, const struct iovec *iov, int count)
{
	size_t left = later.script.size - later.at;

	(void)opaque, (void)count;
	if (left == later.held_back && later.refused++ == 0)
		clock_gettime(CLOCK_MONOTONIC, &later.since);
	if (left == later.held_back &&
	    milliseconds_since(&later.since) < LATER_MS)
		return -EAGAIN;
	if (left > later.held_back)
		left -= later.held_back;
	if (left > iov->iov_len)
		left = iov->iov_len;
	memcpy(iov->iov_base, later.script.bytes + later.at, left);
	later.at += left;
	return (ssize_t)left;
}

/* There is no fd to wait for, and yet it is asked but now and then. */
START_TEST(reading_asks_the_caller_now_and_then)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .ram = reads_all);
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK, .readv = later_readv };
	struct dest dest;
	size_t k;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&later.script, 0, NULL);
	script_ram(&later.script, 0, 4096, 100);
	later.held_back = 100;
	for (k = 0; k < 100; k++)
		later.script.bytes[later.script.size - 100 + k] = (uint8_t)k;
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc,
	    &dest.channel[0]), 0);
	read_result = 1;
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), 0);
	ck_assert_int_eq(read_result, 0);
	ck_assert_int_gt(later.refused, 1);
	ck_assert_int_le(later.refused, LATER_MS + 2);
	script_free(&later.script);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, every_page_size_and_length, 0,
	    COUNT_OF(page) * COUNT_OF(payload));
	tcase_add_loop_test(tests, the_callback_reads_what_it_likes, 0,
	    10 * COUNT_OF(take));
	tcase_add_loop_test(tests, the_callback_may_refuse, 0, 5);
	tcase_add_loop_test(tests, reading_waits, 0, 2);
	tcase_add_test(tests, reading_asks_the_caller_now_and_then);
}
SUITE(ram, cases)

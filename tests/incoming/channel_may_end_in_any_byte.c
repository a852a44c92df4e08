/* SPDX-License-Identifier: BSD-3-Clause */
/* A channel that ends after each number of bytes is a clean end between two
 * packets and an error anywhere else; and however few bytes a read gives, what
 * comes is the same. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 700, RAM = 900, PARTS = 16 };

/* Where the packets of the script below begin. */
static size_t place[8];
static int places;

static void
write_script(struct script *script)
{
	places = 0;
	script_hello(script, 0, NULL);
	place[places++] = script->size;
	script_packet(script, 0, 0, 0, SIZE);
	place[places++] = script->size;
	script_ram(script, 1, 16384, 0);
	place[places++] = script->size;
	script_packet(script, 0, 1, SIZE, 0);
	place[places++] = script->size;
	script_ram(script, 0, 16384, RAM);
	place[places++] = script->size;
	script_config(script, 0, 2);
	place[places++] = script->size;
}

/* A transport of the caller's: @most bytes a read, @end bytes in all, each
 * second read interrupted when @eintr. */
struct transport {
	const struct script *script;
	size_t at, end, most;
	bool eintr;
	int calls;
};

static ssize_t
transport_readv(void *opaque, const struct iovec *iov, int count)
{
	struct transport *t = opaque;
	size_t n = t->end - t->at, done = 0, piece;
	int k;

	if (t->eintr && t->calls++ % 2 == 0)
		return -EINTR;
	n = n < t->most ? n : t->most;
	for (k = 0; k < count && done < n; k++) {
		piece = n - done < iov[k].iov_len ? n - done : iov[k].iov_len;
		memcpy(iov[k].iov_base, t->script->bytes + t->at, piece);
		t->at += piece;
		done += piece;
	}
	return (ssize_t)done;
}

static int
run(struct dest *dest, struct transport *transport)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .page_size = 16384);
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .readv = transport_readv, .opaque = transport };

	dest_open(dest, 1, &config, 0, "record");
	ck_assert_int_eq(vfiomig_channel_open(dest->mig, &cc,
	    &dest->channel[0]), 0);
	return vfiomig_channel_run(dest->channel[0]);
}

/* @end: bytes that come, from none to all; false: it has not so many. */
static bool
end_at(size_t end)
{
	struct script script = { 0 };
	struct transport t = { .script = &script, .end = end,
	    .most = SIZE_MAX };
	struct dest dest;
	char words[64];
	bool clean = false;
	int k, r;

	record_start();
	write_script(&script);
	if (t.end > script.size) {
		script_free(&script);
		return false;
	}
	for (k = 0; k < places; k++)
		clean |= place[k] == t.end;
	r = run(&dest, &t);
	ck_assert_int_eq(r, clean ? 0 : -EPIPE);
	if (!clean) {
		dest_expect_failure(&dest, -EPIPE, "channel=0|it ended "
		    "inside a ");
	} else if (t.end < script.size) {
		for (k = 0; place[k] < t.end; k++)
			;
		snprintf(words, sizeof words, "dev0|missing-idx=%d",
		    k == 0 ? 0 : k < 3 ? 1 : 2);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
		    -EPIPE);
		dest_expect_failure(&dest, -EPIPE, words);
	} else {
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
		dest_expect_whole(&dest, 0, SIZE);
	}
	ck_assert_uint_eq(channel_stats(dest.channel[0]).wire_bytes, t.end);
	script_free(&script);
	dest_close(&dest);
	return true;
}

/* _i: a sixteenth of all places. */
START_TEST(every_place)
{
	size_t end = (size_t)_i;

	while (end_at(end))
		end += PARTS;
	ck_assert_uint_gt(end, 3000);
}
END_TEST

static void
read_by(size_t most, bool eintr)
{
	struct script script = { 0 };
	struct transport t = { .script = &script, .most = most,
	    .eintr = eintr };
	struct dest dest;

	record_start();
	write_script(&script);
	t.end = script.size;
	ck_assert_int_eq(run(&dest, &t), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	dest_expect_whole(&dest, 0, SIZE);
	ck_assert_uint_eq(channel_stats(dest.channel[0]).packets, 3);
	ck_assert_uint_eq(channel_stats(dest.channel[0]).skipped_packets, 2);
	ck_assert_uint_eq(channel_stats(dest.channel[0]).wire_bytes, t.end);
	script_free(&script);
	dest_close(&dest);
}

/* _i: a sixteenth of the sizes, with and without interruption. */
START_TEST(every_size_of_read)
{
	size_t most;

	for (most = 1 + (size_t)_i; most < 700; most += PARTS) {
		read_by(most, false);
		read_by(most, true);
	}
}
END_TEST

/* Which of fd and functions is meant depends on the direction. */
static ssize_t
never_called(void *opaque, const struct iovec *iov, int count)
{
	(void)opaque, (void)iov, (void)count;
	ck_abort_msg("an incoming channel does not write");
	return -EIO;
}

START_TEST(a_function_for_writing_is_not_one_for_reading)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_channel_config cc = { .size = sizeof cc,
	    .writev = never_called };
	struct script script = { 0 };
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&script, 0, NULL);
	script_config(&script, 0, 0);
	cc.fd = script_fd(&script, PIPE);
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc,
	    &dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	close(cc.fd);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

/* What an fd says of itself is passed on, with words. */
START_TEST(an_error_of_the_fd_is_passed_on)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dest_channel(&dest, 0, fd, 0);
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), -EISDIR);
	dest_expect_failure(&dest, -EISDIR, "channel=0|cannot be read|"
	    "error=-21");
	close(fd);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, every_place, 0, PARTS);
	tcase_add_loop_test(tests, every_size_of_read, 0, PARTS);
	tcase_add_test(tests, a_function_for_writing_is_not_one_for_reading);
	tcase_add_test(tests, an_error_of_the_fd_is_passed_on);
}
SUITE(bytes, cases)

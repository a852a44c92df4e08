/* SPDX-License-Identifier: BSD-3-Clause */
/* The documented errors of vfiomig_channel_run(), and of reading inside of it:
 * of the stream, of a deadlock, of the call. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

static int
run(struct dest *dest, const char *what)
{
	struct script script = { 0 };
	int r;

	script_hello(&script, 0, NULL);
	if (strcmp(what, "main") == 0) {
		script.size = 0;
		script_add(&script, "QEVM", 4);
	} else if (strcmp(what, "magic") == 0) {
		script.bytes[0] = 0;
	} else if (strcmp(what, "twice") == 0) {
		script_packet(&script, 0, 0, 0, 5);
		script_packet(&script, 0, 0, 0, 5);
	} else if (strcmp(what, "long") == 0) {
		script_head(&script, "dev0", 0, 0, 0, PACKET_ROOM + 1);
	} else if (strcmp(what, "cut") == 0) {
		script.size--;
	} else if (strcmp(what, "far") == 0) {
		script_packet(&script, 0, 9, 0, 5);
	}
	r = dest_run(dest, 2, &script, SOCKET);
	script_free(&script);
	return r;
}

static const struct {
	const char *what;
	int code;
} stream[] = {
	{ "main", CODE(vfiomig_channel_run, ENOTSUP) },
	{ "magic", CODE(vfiomig_channel_run, EBADMSG) },
	{ "twice", CODE(vfiomig_channel_run, EPROTO) },
	{ "long", CODE(vfiomig_channel_run, EMSGSIZE) },
	{ "cut", CODE(vfiomig_channel_run, EPIPE) },
};

START_TEST(run_says_what_is_wrong_with_the_stream)
{
	struct dest dest;

	dest_open_two(&dest);
	ck_assert_int_eq(run(&dest, stream[_i].what), stream[_i].code);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0),
	    stream[_i].code == -ENOTSUP ? 0 : stream[_i].code);
	dest_close(&dest);
}
END_TEST

/* The last to wait is the one that runs. */
START_TEST(run_is_told_of_a_deadlock)
{
	struct dest dest;

	dest_open_two(&dest);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, 4, 5), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 5, 5), -EAGAIN);
	ck_assert_int_eq(run(&dest, "far"), CODE(vfiomig_channel_run,
	    ENOBUFS));
	dest_expect_failure(&dest, -ENOBUFS, "2: dev0 idx 9");
	dest_close(&dest);
}
END_TEST

START_TEST(run_says_what_is_wrong_with_the_call)
{
	struct dest dest;
	void *data;
	int fd[2];

	dest_open_two(&dest);
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]),
	    CODE(vfiomig_channel_run, EINVAL));		/* no fd */
	ck_assert_int_eq(vfiomig_channel_run(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_read(dest.channel[0], fd, 1),
	    CODE(vfiomig_channel_read, EINVAL));
	ck_assert_int_eq(pipe(fd), 0);
	dest_channel(&dest, 2, fd[0], VFIOMIG_CHANNEL_NONBLOCK);
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[2],
	    dest.device[0], packet_header(0, 0, 0), 5, &data), 0);
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[2]),
	    CODE(vfiomig_channel_run, EBUSY));
	ck_assert_int_eq(vfiomig_packet_abandon(dest.channel[2]), 0);
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[2]),
	    CODE(vfiomig_channel_run, EAGAIN));
	ck_assert_int_eq(dest_submit(&dest, 2, 0, 0, 5), -EBUSY);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[2]), 0);
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[2]), -EBUSY);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	close(fd[0]);
	close(fd[1]);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, run_says_what_is_wrong_with_the_stream, 0,
	    COUNT_OF(stream));
	tcase_add_test(tests, run_is_told_of_a_deadlock);
	tcase_add_test(tests, run_says_what_is_wrong_with_the_call);
}
SUITE(run, cases)

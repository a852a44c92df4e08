/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The name of an unknown device is the peer's choice, and it is named in the
 * log: what could end the line, or the quotes it stands in, does not get there.
 */
#include "target.h"

static struct target target;

START_TEST(names_are_printed_clean)
{
	static const char evil[] = "a\nERROR: \"\r\033[2J\177\200\\b";
	unsigned char bytes[PEER_HELLO + PEER_HEAD];
	const char *p;
	int fd[2];
	size_t n;

	target_open(&target, 1, 16);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	n = peer_hello(bytes, 0);
	n += peer_head(bytes + n, evil, 0, 0, 0);
	ck_assert_int_eq(write(fd[1], bytes, n), (ssize_t)n);
	ck_assert_int_eq(vfiomig_channel_run(target_channel(&target, fd[0])),
	    -EPROTO);
	ck_assert_ptr_nonnull(strstr(target.log,
	    "device=\"a?ERROR: ???[2J??\\b\""));
	ck_assert_ptr_eq(strchr(target.log, '\n'),
	    target.log + strlen(target.log) - 1);
	for (p = target.log; p[1] != '\0'; p++)
		ck_assert_msg(*p >= ' ' && *p <= '~', "%s", target.log);
	vfiomig_free(target.mig);
}
END_TEST

TARGET_MAIN("log", names_are_printed_clean)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whatever kind of descriptor connects the two ends, every byte of every
 * device arrives, and the library leaves the descriptors as they were.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plugins/sim/sim.h"
#include "tests/outgoing/pair.h"
#include "../suite.h"

enum { CHANNELS = 3, DEVICES = 2, SIZE = 3 << 20 };

/* Connect two sockets of @address's kind.  False: not to be had here. */
static bool
connected(int fd[2], struct sockaddr *address, socklen_t size)
{
	int listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC,
	    0);
	bool r;

	if (listener < 0)
		return false;
	fd[0] = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd[0], 0);
	r = bind(listener, address, size) == 0 && listen(listener, 1) == 0 &&
	    getsockname(listener, address, &size) == 0 &&
	    connect(fd[0], address, size) == 0;
	if (r)
		fd[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	else
		close(fd[0]);
	close(listener);
	return r;
}

static bool
kind_unix(int fd[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0;
}

static bool
kind_tcp4(int fd[2])
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};

	return connected(fd, (struct sockaddr *)&a, sizeof a);
}

static bool
kind_tcp6(int fd[2])
{
	struct sockaddr_in6 a = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT
	};

	return connected(fd, (struct sockaddr *)&a, sizeof a);
}

static bool
kind_vsock(int fd[2])
{
	struct sockaddr_vm a = {
		.svm_family = AF_VSOCK, .svm_cid = 1,	/* this machine */
		.svm_port = VMADDR_PORT_ANY
	};

	return connected(fd, (struct sockaddr *)&a, sizeof a);
}

static bool
kind_pipe(int fd[2])
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	fd[0] = ends[1];
	fd[1] = ends[0];
	return true;
}

static const struct {
	const char *name;
	bool (*open)(int fd[2]);
} kinds[] = {
	{ "UNIX socket", kind_unix }, { "TCP over IPv4", kind_tcp4 },
	{ "TCP over IPv6", kind_tcp6 }, { "vsock", kind_vsock },
	{ "pipe", kind_pipe },
};

static int flags[CHANNELS][2];
static int nothing;			/* stands for a closed end */

/* A pipe has no shutdown: the end is closed, and its number kept taken. */
static void
end_close(struct pair *pair, int channel, bool source)
{
	ck_assert_int_eq(dup3(nothing, pair->fd[channel][source ? 0 : 1],
	    O_CLOEXEC), pair->fd[channel][source ? 0 : 1]);
}

static void
flags_compare(struct pair *pair, int channel, bool source)
{
	int side = source ? 0 : 1;

	ck_assert_int_eq(fcntl(pair->fd[channel][side], F_GETFL),
	    flags[channel][side]);
	end_close(pair, channel, source);
}

START_TEST(every_byte_arrives)
{
	struct sim_view view;
	struct pair pair;
	char tag[16], size[32];
	int k;

	snprintf(size, sizeof size, "size=%d,seed=5", SIZE);
	pair_open(&pair, DEVICES, CHANNELS, size, size, NULL);
	pair.end = flags_compare;
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (k = 0; k < CHANNELS; k++) {
		close(pair.fd[k][0]);
		close(pair.fd[k][1]);
		if (!kinds[_i].open(pair.fd[k])) {
			printf("%s: not to be had here: errno=%d\n",
			    kinds[_i].name, errno);
			return;
		}
		flags[k][0] = fcntl(pair.fd[k][0], F_GETFL);
		flags[k][1] = fcntl(pair.fd[k][1], F_GETFL);
	}
	pair_run(&pair);
	for (k = 0; k < DEVICES; k++) {
		ck_assert_msg(pair.target.device_result[k] == 0, "%s: %d: %s",
		    kinds[_i].name, pair.target.device_result[k], pair.log);
		snprintf(tag, sizeof tag, "t%d", k);
		ck_assert_int_eq(sim_find(tag, &view), 0);
		ck_assert_uint_eq(view.verified, SIZE);
	}
	pair_close(&pair);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("fd");

	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, every_byte_arrives, 0,
	    sizeof kinds / sizeof *kinds);
	return suite_main("transport", tests, 0);
}

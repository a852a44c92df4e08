/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A system call that a signal ends is made again; one that fails ends the
 * vfio-user backend's call with that error, and no descriptor stays.
 *
 * The calls are this program's own, which the linker finds before libc's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "../plugins/bench.h"
#include "../../plugins/vfio-user/device.h"
#include "server.h"

enum call { SOCKET, CONNECT, EVENTFD, POLL, RECVMSG, SENDMSG };

/* The next such call of the main thread fails so; the server is another. */
static _Thread_local int armed, with, failed;
static _Thread_local enum call which;

static void
let_fail(enum call call, int error)
{
	which = call;
	with = error;
	failed = 0;
	armed = 1;
}

static int
turn(enum call call)
{
	if (!armed || which != call)
		return 0;
	armed = 0;
	failed = 1;
	errno = with;
	return 1;
}

int
socket(int domain, int type, int protocol)
{
	return turn(SOCKET) ? -1 : (int)syscall(SYS_socket, domain, type,
	    protocol);
}

int
connect(int fd, const struct sockaddr *address, socklen_t size)
{
	return turn(CONNECT) ? -1 : (int)syscall(SYS_connect, fd, address,
	    size);
}

int
eventfd(unsigned int n, int flags)
{
	return turn(EVENTFD) ? -1 : (int)syscall(SYS_eventfd2, n, flags);
}

int
poll(struct pollfd *fds, nfds_t n, int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	return turn(POLL) ? -1 : ppoll(fds, n, ms < 0 ? NULL : &t, NULL);
}

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	return turn(RECVMSG) ? -1 : syscall(SYS_recvmsg, fd, msg, flags);
}

ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return turn(SENDMSG) ? -1 : syscall(SYS_sendmsg, fd, msg, flags);
}

static const struct vfiomig_backend *user;
static struct server *server;
static int peer, listener, fds;
static char folder[] = "/tmp/vfio-user-XXXXXX", path[64];
static pthread_t acceptor;

/* The server serves whoever connects to its path. */
static void *
accept_one(void *unused)
{
	(void)unused;
	close(server->fd);
	server->fd = accept(listener, NULL, NULL);
	ck_assert_int_ge(server->fd, 0);
	server_start(server);
	return NULL;
}

static void
setup(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	user = vfiomig_backend_v1_vfio_user_backend();
	fds = server_count_fds();
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/s", folder);
	strcpy(address.sun_path, path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address,
	    sizeof address), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	server = server_new(&peer);
}

static void
teardown(void)
{
	close(peer);
	close(listener);
	unlink(path);
	rmdir(folder);
	server_free(server);
	ck_assert_int_eq(server_count_fds(), fds);
}

static const char *
by_path(void)
{
	static char text[80];

	snprintf(text, sizeof text, "socket=%s", path);
	return text;
}

static const char *
by_fd(void)
{
	static char text[32];

	snprintf(text, sizeof text, "fd=%d", peer);
	return text;
}

START_TEST(server_is_reached_by_its_path)
{
	void *device;

	if (_i)
		let_fail(CONNECT, EINTR);
	pthread_create(&acceptor, NULL, accept_one, NULL);
	device = bench_open(user, by_path(), 0);
	pthread_join(acceptor, NULL);
	ck_assert_int_eq(failed, _i);
	ck_assert_uint_eq(bench_state(user, device), VFIOMIG_STATE_RUNNING);
	user->close(device);		/* and its connection with it */
	server_stop(server);
}
END_TEST

static const struct {
	enum call call;
	int error, by_path;
} openings[] = {
	{ SOCKET, EMFILE, 1 }, { CONNECT, ECONNREFUSED, 1 },
	{ EVENTFD, EMFILE, 1 }, { EVENTFD, EMFILE, 0 },
};

START_TEST(server_that_cannot_be_reached_is_named)
{
	int left;

	let_fail(openings[_i].call, openings[_i].error);
	left = server_count_fds();
	bench_refused(user, openings[_i].by_path ? by_path() : by_fd(), 0,
	    -openings[_i].error, "server cannot be reached");
	ck_assert_int_eq(failed, 1);
	ck_assert_int_eq(server_count_fds(), left);
	close(server->fd);
}
END_TEST

START_TEST(path_that_is_too_long_is_refused)
{
	char text[USER_PATH_MAX + 1];
	struct conn conn;

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	ck_assert_int_eq(conn_open(&conn, text, -1, 1000), -ENAMETOOLONG);
	close(server->fd);
}
END_TEST

static const struct {
	enum call call;
	int error;
	const char *words;		/* NULL: nothing is wrong */
} calls[] = {
	{ POLL, EINTR, NULL }, { POLL, ENOMEM, "poll failed" },
	{ RECVMSG, EINTR, NULL },
	{ RECVMSG, ENOMEM, "the connection failed" },
	{ SENDMSG, EINTR, NULL },
	{ SENDMSG, EAGAIN, NULL },
	{ SENDMSG, EPIPE, "closed the connection" },
};

/* What is waited for never comes; all else has its reply in the socket. */
START_TEST(interrupted_calls_are_made_again)
{
	struct message reply = { 0, COMMAND_RESET, sizeof reply,
	    MESSAGE_REPLY, 0 };
	const char *words = calls[_i].words;
	struct conn conn;
	int r, far = server->fd;

	ck_assert_int_eq(conn_open(&conn, NULL, peer,
	    calls[_i].call == POLL ? 200 : 60000), 0);
	if (calls[_i].call != POLL)
		ck_assert_int_eq(write(far, &reply, sizeof reply),
		    sizeof reply);
	let_fail(calls[_i].call, calls[_i].error);
	r = conn_call(&conn, COMMAND_RESET, NULL, 0, NULL, 0, 0);
	ck_assert_int_eq(failed, 1);
	if (words != NULL) {
		ck_assert_int_eq(r, -calls[_i].error);
		ck_assert_ptr_nonnull(strstr(conn.why, words));
	} else {
		ck_assert_int_eq(r, calls[_i].call == POLL ? -ETIMEDOUT : 0);
	}
	conn_close(&conn);
	close(far);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("once");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, server_is_reached_by_its_path, 0, 2);
	tcase_add_loop_test(tests, server_that_cannot_be_reached_is_named, 0,
	    4);
	tcase_add_test(tests, path_that_is_too_long_is_refused);
	tcase_add_loop_test(tests, interrupted_calls_are_made_again, 0,
	    sizeof calls / sizeof *calls);
	return bench_run(tests);
}

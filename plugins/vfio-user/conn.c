/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * conn.c - a connection to a vfio-user server: requests out, replies in
 *
 * Idea: the socket is used with MSG_DONTWAIT and polled together with the
 * cancel eventfd, so that no call outlasts its deadline, and none that heeds a
 * cancel outlasts that by much.  The deadline is of the whole call, so a server
 * that sends a byte now and then does not hold it up.  There is no room for
 * descriptors where messages are received, so the kernel closes what comes.
 *
 * Ordering (C11): cancelled is relaxed, it orders nothing; the eventfd wakes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "conn.h"
#include "protocol.h"

enum {
	STRAY_MAX	= 4096,	/* bytes of a command that the server sends */
	ERRNO_MAX	= 4095
};

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
deadline_set(struct conn *conn)
{
	conn->deadline = now() + (uint64_t)conn->timeout * 1000000u;
	conn->hurried = 0;
}

static int
conn_break(struct conn *conn, int error, const char *why)
{
	if (conn->broken == 0) {
		conn->broken = error;
		conn->why = why;
	}
	return conn->broken;
}

int
conn_distrust(struct conn *conn, const char *why)
{
	return conn_break(conn, -EPROTO, why);
}

static int
conn_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		if (errno == EINTR)
			continue;
		error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

int
conn_open(struct conn *conn, const char *path, int fd, uint32_t timeout)
{
	memset(conn, 0, sizeof *conn);
	conn->ours = path != NULL;
	conn->timeout = timeout;
	conn->fd = path != NULL ? conn_connect(path) : fd;
	if (conn->fd < 0)
		return conn->fd;
	conn->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (conn->cancel_fd < 0) {
		int error = -errno;

		if (conn->ours)
			close(conn->fd);
		return error;
	}
	return 0;
}

void
conn_close(struct conn *conn)
{
	if (conn->ours)
		close(conn->fd);
	close(conn->cancel_fd);
}

void
conn_cancel(struct conn *conn)
{
	uint64_t one = 1;

	atomic_store_explicit(&conn->cancelled, 1, memory_order_relaxed);
	(void)!write(conn->cancel_fd, &one, sizeof one);
}

int
conn_cancelled(const struct conn *conn)
{
	return atomic_load_explicit(&conn->cancelled, memory_order_relaxed);
}

/* The time is over. */
static int
conn_expire(struct conn *conn)
{
	if (conn->heed && conn_cancelled(conn))
		return conn_break(conn, -ECANCELED,
		    "it was cancelled, and the server did not answer soon");
	return conn_break(conn, -ETIMEDOUT,
	    "the server did not answer in time");
}

/* Wait until the socket is ready.  0, or the break. */
static int
conn_wait(struct conn *conn, short events)
{
	const uint64_t grace = CONN_GRACE * UINT64_C(1000000);
	struct pollfd fds[2] = {
		{ .fd = conn->fd, .events = events },
		{ .fd = conn->cancel_fd, .events = POLLIN }
	};
	uint64_t at = now();
	int r;

	if (at >= conn->deadline)
		return conn_expire(conn);
	if (!conn->heed || conn->hurried)
		fds[1].fd = -1;
	r = poll(fds, 2, (int)((conn->deadline - at) / 1000000u) + 1);
	if (r < 0 && errno != EINTR)
		return conn_break(conn, -errno, "poll failed");
	if (r > 0 && fds[1].revents != 0) {
		conn->hurried = 1;
		if (at + grace < conn->deadline)
			conn->deadline = at + grace;
	}
	return 0;
}

/* A socket call said @error.  0: try again; or the break. */
static int
conn_again(struct conn *conn, int error, short events)
{
	if (error == EINTR)
		return 0;
	if (error == EAGAIN || error == EWOULDBLOCK)
		return conn_wait(conn, events);
	return conn_break(conn, -error, error == EPIPE ?
	    "the server closed the connection" : "the connection failed");
}

int
conn_read(struct conn *conn, void *data, size_t size)
{
	struct iovec iov = { data, size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t r;
	int error;

	if (conn->broken != 0)
		return conn->broken;
	while (iov.iov_len > 0) {
		r = recvmsg(conn->fd, &msg, MSG_DONTWAIT);
		if (r < 0) {
			error = conn_again(conn, errno, POLLIN);
			if (error < 0)
				return error;
			continue;
		}
		if (r == 0)
			return conn_break(conn, -EPIPE,
			    "the server closed the connection");
		iov.iov_base = (char *)iov.iov_base + r;
		iov.iov_len -= (size_t)r;
	}
	return 0;
}

int
conn_skip(struct conn *conn, size_t size)
{
	char scrap[4096];
	size_t n;
	int r = 0;

	for (; size > 0 && r == 0; size -= n) {
		n = size < sizeof scrap ? size : sizeof scrap;
		r = conn_read(conn, scrap, n);
	}
	return r;
}

/* Send all the pieces, whose total is @size. */
static int
pieces_send(struct conn *conn, struct iovec *iov, int count, size_t size)
{
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = (size_t)count };
	ssize_t r;
	int error;

	while (size > 0) {
		r = sendmsg(conn->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (r < 0) {
			error = conn_again(conn, errno, POLLOUT);
			if (error < 0)
				return error;
			continue;
		}
		size -= (size_t)r;
		while (msg.msg_iovlen > 0 &&
		    (size_t)r >= msg.msg_iov->iov_len) {
			r -= (ssize_t)msg.msg_iov->iov_len;
			msg.msg_iov++;
			msg.msg_iovlen--;
		}
		if (msg.msg_iovlen > 0) {
			msg.msg_iov->iov_base =
			    (char *)msg.msg_iov->iov_base + r;
			msg.msg_iov->iov_len -= (size_t)r;
		}
	}
	return 0;
}

int
conn_send(struct conn *conn, uint16_t command, const struct iovec *iov,
    int count, uint16_t *id)
{
	struct iovec piece[CONN_PIECES + 1];
	struct message head = { .command = command };
	size_t size = sizeof head;
	int k;

	if (conn->broken != 0)
		return conn->broken;
	if (count > CONN_PIECES)
		return -EINVAL;
	for (k = 0; k < count; k++) {
		piece[k + 1] = iov[k];
		size += iov[k].iov_len;
	}
	head.id = *id = conn->next_id++;
	head.size = (uint32_t)size;
	head.flags = MESSAGE_COMMAND;
	piece[0].iov_base = &head;
	piece[0].iov_len = sizeof head;
	deadline_set(conn);
	return pieces_send(conn, piece, count + 1, size);
}

/* The server asks something of us.  Whatever it is, we do not do it. */
static int
stray_refuse(struct conn *conn, const struct message *head)
{
	struct message reply = {
		.id = head->id,
		.command = head->command,
		.size = sizeof reply,
		.flags = MESSAGE_REPLY | MESSAGE_ERROR,
		.error = ENOTSUP
	};
	struct iovec iov = { &reply, sizeof reply };
	int r;

	if (head->size < sizeof *head || head->size > STRAY_MAX)
		return conn_distrust(conn, "a command of a wrong size came");
	r = conn_skip(conn, head->size - sizeof *head);
	if (r < 0 || head->flags & MESSAGE_NO_REPLY)
		return r;
	return pieces_send(conn, &iov, 1, sizeof reply);
}

/* The server's own error.  There should be no payload; some send one. */
static int
error_take(struct conn *conn, uint32_t error, uint32_t size)
{
	int r = conn_skip(conn, size);

	if (r < 0)
		return r;
	return error == 0 || error > ERRNO_MAX ? -EIO : -(int)error;
}

int
conn_reply(struct conn *conn, uint16_t command, uint16_t id, uint32_t least,
    uint32_t most, uint32_t *size)
{
	struct message head = { 0 };
	int r;

	if (conn->broken != 0)
		return conn->broken;
	deadline_set(conn);
	for (;;) {
		r = conn_read(conn, &head, sizeof head);
		if (r < 0)
			return r;
		if ((head.flags & MESSAGE_TYPE) != MESSAGE_COMMAND)
			break;
		r = stray_refuse(conn, &head);
		if (r < 0)
			return r;
		if (now() >= conn->deadline)
			return conn_expire(conn);
	}
	if ((head.flags & MESSAGE_TYPE) != MESSAGE_REPLY)
		return conn_distrust(conn, "a message of unknown type came");
	if (head.id != id || head.command != command)
		return conn_distrust(conn, "a reply to another request came");
	if (head.flags & MESSAGE_ERROR)
		least = 0;
	if (head.size < sizeof head || head.size - sizeof head < least ||
	    head.size - sizeof head > most)
		return conn_distrust(conn, "a reply of a wrong size came");
	*size = head.size - (uint32_t)sizeof head;
	return head.flags & MESSAGE_ERROR ?
	    error_take(conn, head.error, *size) : 0;
}

int
conn_call(struct conn *conn, uint16_t command, const struct iovec *iov,
    int count, void *reply, uint32_t want, uint32_t spare)
{
	uint32_t size = want;
	uint16_t id;
	int r;

	r = conn_send(conn, command, iov, count, &id);
	if (r == 0)
		r = conn_reply(conn, command, id, want, want + spare, &size);
	if (r == 0)
		r = conn_read(conn, reply, want);
	return r < 0 ? r : conn_skip(conn, size - want);
}

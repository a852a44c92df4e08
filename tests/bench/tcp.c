/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tcp.c - connections over loopback; see tcp.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "tcp.h"

static struct sockaddr_in
tcp_loopback(int port)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)port);
	return a;
}

int
tcp_listen(int *port)
{
	struct sockaddr_in a = tcp_loopback(0);
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0);
	must(bind(fd, (struct sockaddr *)&a, sizeof a) == 0);
	must(listen(fd, CHANNELS_MOST) == 0);
	must(getsockname(fd, (struct sockaddr *)&a, &size) == 0);
	*port = ntohs(a.sin_port);
	return fd;
}

/* QEMU sets it on its channels too. */
static void
tcp_nodelay(int fd)
{
	const int on = 1;

	must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
}

int
tcp_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	must(fd >= 0);
	tcp_nodelay(fd);
	return fd;
}

int
tcp_connect(int port)
{
	struct sockaddr_in a = tcp_loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0);
	must(connect(fd, (struct sockaddr *)&a, sizeof a) == 0);
	tcp_nodelay(fd);
	return fd;
}

bool
tcp_read(int fd, void *data, size_t size)
{
	size_t have = 0;
	ssize_t r;

	while (have < size) {
		r = recv(fd, (char *)data + have, size - have, 0);
		must(r >= 0);
		if (r == 0)
			return false;
		have += (size_t)r;
	}
	return true;
}

void
tcp_write(int fd, struct iovec *iov, int n)
{
	struct msghdr msg;
	ssize_t r;

	while (n > 0) {
		memset(&msg, 0, sizeof msg);
		msg.msg_iov = iov;
		msg.msg_iovlen = (size_t)n;
		r = sendmsg(fd, &msg, MSG_NOSIGNAL);
		must(r >= 0);
		for (; n > 0 && (size_t)r >= iov->iov_len; n--, iov++)
			r -= (ssize_t)iov->iov_len;
		if (n > 0) {
			iov->iov_base = (char *)iov->iov_base + r;
			iov->iov_len -= (size_t)r;
		}
	}
}

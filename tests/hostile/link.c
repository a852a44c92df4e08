/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * link.c - a hostile source's connections
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "link.h"
#include "peer.h"

enum { TRIES = 2000, TRY_MS = 10, DATA_MAX = 1 << 20 };

uint64_t
link_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

bool
link_time_is_up(const struct front *front)
{
	return link_now() >= front->until;
}

void
link_sleep(unsigned int milliseconds)
{
	poll(NULL, 0, (int)milliseconds);
}

static bool
receiver_is_gone(const struct front *front)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)front->pid, &info,
	    WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

int
link_open(const struct front *front)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = 5 };
	int fd, k;

	snprintf(address.sun_path, sizeof address.sun_path, "%s",
	    front->path);
	for (k = 0; k < TRIES; k++) {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return -1;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
		if (connect(fd, (struct sockaddr *)&address,
		    sizeof address) == 0)
			return fd;
		close(fd);
		if (receiver_is_gone(front))
			break;
		link_sleep(TRY_MS);
	}
	return -1;
}

bool
link_send(int fd, const void *bytes, size_t size)
{
	const char *b = bytes;
	ssize_t n;

	for (; size > 0; b += n, size -= (size_t)n) {
		n = send(fd, b, size, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
	}
	return true;
}

int
link_hello(const struct front *front, unsigned int id)
{
	unsigned char hello[PEER_HELLO];
	int fd = link_open(front);

	peer_hello(hello, id);
	if (fd >= 0)
		link_send(fd, hello, sizeof hello);
	return fd;
}

bool
link_pair(const struct front *front, int fd[2])
{
	fd[0] = link_hello(front, 0);
	fd[1] = link_hello(front, 1);
	return fd[0] >= 0 && fd[1] >= 0;
}

bool
link_head(int fd, const char *idstr, uint32_t idx, uint32_t flags,
    uint32_t size)
{
	unsigned char head[PEER_HEAD];

	peer_head(head, idstr, idx, flags, size);
	return link_send(fd, head, sizeof head);
}

bool
link_packet(int fd, const char *idstr, uint32_t idx, uint32_t flags,
    uint32_t size)
{
	static unsigned char packet[PEER_HEAD + DATA_MAX];

	peer_head(packet, idstr, idx, flags, size);
	return link_send(fd, packet, PEER_HEAD + (size_t)size);
}

bool
link_ram(int fd, uint32_t flags, uint32_t payload)
{
	static unsigned char packet[PEER_RAM + DATA_MAX];

	peer_ram(packet, flags, payload);
	return link_send(fd, packet, PEER_RAM + (size_t)payload);
}

void
link_wait(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN | POLLRDHUP };
	char byte;

	while (fd >= 0 && poll(&pollfd, 1, 20000) > 0)
		if (recv(fd, &byte, 1, 0) <= 0)
			return;
}

void
link_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * network.c - descriptors out of addresses; see network.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "complain.h"
#include "network.h"

/* One place to bind or to connect to. */
struct place {
	struct sockaddr_storage addr;
	socklen_t size;
	int family;
};

enum { PLACES_MAX = 8 };

/* The places of @a; their number, or a negative errno, said. */
static int
places_find(const struct address *a, bool passive, struct place *place)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&place->addr;
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = passive ? AI_PASSIVE : 0
	};
	struct addrinfo *list, *ai;
	int n = 0, r;

	if (a->kind == ADDRESS_UNIX) {
		memset(place, 0, sizeof *place);
		un->sun_family = place->family = AF_UNIX;
		memcpy(un->sun_path, a->host, strlen(a->host) + 1);
		place->size = sizeof *un;
		return 1;
	}
	r = getaddrinfo(a->host, a->port, &hints, &list);
	if (r != 0) {
		complain("%s: %s", a->text, gai_strerror(r));
		return -EINVAL;
	}
	for (ai = list; ai != NULL && n < PLACES_MAX; ai = ai->ai_next, n++) {
		memcpy(&place[n].addr, ai->ai_addr, ai->ai_addrlen);
		place[n].size = ai->ai_addrlen;
		place[n].family = ai->ai_family;
	}
	freeaddrinfo(list);
	return n;
}

static void
tcp_settle(int fd, int family)
{
	const int one = 1;

	if (family == AF_UNIX)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

/* ---- inlet ---- */

/* Nobody listens at a UNIX socket whose owner is gone. */
static bool
is_stale(const struct place *place)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool stale;

	if (fd < 0)
		return false;
	stale = connect(fd, (const struct sockaddr *)&place->addr,
	    place->size) < 0 && errno == ECONNREFUSED;
	close(fd);
	return stale;
}

static int
place_listen(const struct place *place, const char *path)
{
	const int one = 1;
	int fd, r;

	fd = socket(place->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	r = bind(fd, (const struct sockaddr *)&place->addr, place->size);
	if (r < 0 && errno == EADDRINUSE && place->family == AF_UNIX &&
	    is_stale(place)) {
		unlink(path);
		r = bind(fd, (const struct sockaddr *)&place->addr,
		    place->size);
	}
	if (r == 0)
		r = listen(fd, 512);
	if (r == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

static void
say_listening(const struct inlet *inlet, const struct address *address)
{
	struct sockaddr_storage addr = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof addr;
	char host[NI_MAXHOST], port[NI_MAXSERV];
	const char *format;

	if (address->kind == ADDRESS_TCP &&
	    getsockname(inlet->listener, (struct sockaddr *)&addr,
	    &size) == 0 && getnameinfo((struct sockaddr *)&addr, size, host,
	    sizeof host, port, sizeof port, NI_NUMERICHOST |
	    NI_NUMERICSERV) == 0) {
		format = addr.ss_family == AF_INET6 ? "listening: [%s]:%s" :
		    "listening: %s:%s";
		complain(format, host, port);
	} else {
		complain("listening: %s", address->text);
	}
}

/* True when the descriptor is a socket that listens. */
static bool
is_listening(int fd)
{
	socklen_t size = sizeof(int);
	int listens = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
	    &size) == 0 && listens;
}

bool
address_is_inherited(const struct address *address, int channels)
{
	int k, n;

	if (address->kind != ADDRESS_FD)
		return true;
	n = is_listening(address->fd) ? 1 : channels;
	for (k = 0; k < n; k++) {
		if (fcntl(address->fd + k, F_GETFD) >= 0)
			continue;
		complain("fd:%d is not open: %d channels need %d to %d",
		    address->fd + k, channels, address->fd,
		    address->fd + channels - 1);
		return false;
	}
	return true;
}

int
inlet_open(struct inlet *inlet, const struct address *address, int channels,
    bool quiet)
{
	struct place place[PLACES_MAX];
	int k, n, r = -EINVAL;

	memset(inlet, 0, sizeof *inlet);
	inlet->listener = -1;
	if (address->kind == ADDRESS_FD && is_listening(address->fd)) {
		inlet->listener = address->fd;
		return 0;
	}
	if (address->kind == ADDRESS_FD) {
		inlet->count = channels;
		return outlet_open(inlet->fd, address, channels, 0);
	}
	n = places_find(address, true, place);
	for (k = 0; k < n && inlet->listener < 0; k++) {
		r = place_listen(&place[k], address->host);
		inlet->listener = r;
	}
	if (n < 0)
		return n;
	if (inlet->listener < 0) {
		complain("%s: cannot listen: %s", address->text,
		    strerror(-r));
		return r;
	}
	if (address->kind == ADDRESS_UNIX)
		snprintf(inlet->unlink, sizeof inlet->unlink, "%s",
		    address->host);
	if (!quiet)
		say_listening(inlet, address);
	return 0;
}

void
inlet_close(struct inlet *inlet)
{
	if (inlet->listener >= 0)
		close(inlet->listener);
	if (inlet->unlink[0] != '\0')
		unlink(inlet->unlink);
	outlet_close(inlet->fd, inlet->count);
	inlet->listener = -1;
	inlet->unlink[0] = '\0';
	inlet->count = 0;
}

int
inlet_accept(struct inlet *inlet)
{
	struct sockaddr_storage addr = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof addr;
	int fd;

	fd = accept4(inlet->listener, (struct sockaddr *)&addr, &size,
	    SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	tcp_settle(fd, addr.ss_family);
	return fd;
}

/* ---- outlet ---- */

/* Connect, and be a blocking socket afterwards. */
static int
place_connect(const struct place *place, uint64_t timeout)
{
	struct pollfd pfd = { .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0, r;

	pfd.fd = socket(place->family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (pfd.fd < 0)
		return -errno;
	r = connect(pfd.fd, (const struct sockaddr *)&place->addr,
	    place->size);
	if (r < 0 && errno == EAGAIN) {	/* a UNIX listener's queue is full */
		fcntl(pfd.fd, F_SETFL, 0);
		r = connect(pfd.fd, (const struct sockaddr *)&place->addr,
		    place->size);
	}
	if (r < 0 && errno == EINPROGRESS) {
		do {
			r = poll(&pfd, 1, timeout ? (int)timeout : -1);
		} while (r < 0 && errno == EINTR);
		getsockopt(pfd.fd, SOL_SOCKET, SO_ERROR, &error, &size);
		errno = r == 0 ? ETIMEDOUT : error;
		r = errno == 0 ? 0 : -1;
	}
	if (r < 0) {
		r = -errno;
		close(pfd.fd);
		return r;
	}
	fcntl(pfd.fd, F_SETFL, 0);
	tcp_settle(pfd.fd, place->family);
	return pfd.fd;
}

int
outlet_open(int *fd, const struct address *address, int channels,
    uint64_t timeout)
{
	struct place place[PLACES_MAX];
	int k, n, at = 0;

	if (address->kind == ADDRESS_FD) {
		for (k = 0; k < channels; k++)
			fd[k] = address->fd + k;
		return 0;
	}
	n = places_find(address, false, place);
	if (n < 0)
		return n;
	for (k = 0; k < channels; k++) {
		fd[k] = place_connect(&place[at], timeout);
		while (fd[k] < 0 && k == 0 && ++at < n)
			fd[k] = place_connect(&place[at], timeout);
		if (fd[k] < 0) {
			complain("%s: cannot connect: channel=%d, error=%s",
			    address->text, k, strerror(-fd[k]));
			outlet_close(fd, k);
			return fd[k];
		}
	}
	return 0;
}

void
outlet_close(const int *fd, int channels)
{
	while (channels > 0)
		close(fd[--channels]);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * peer.c - another side for the vfiomig program, with one vice
 *
 *	peer mute ADDRESS N		connect N times, say nothing
 *	peer deaf			listen, say where, accept, read nothing
 *	peer sink			listen, say where, read all, say nothing
 *	peer cat ADDRESS FILE...	a connection for each file, its bytes
 *	peer pairs N A... -- B...	run two commands that share N pairs of
 *					sockets: descriptors 10 and on in each
 *	peer listener COMMAND...	run it with a listening socket as
 *					descriptor 10; first its address
 *
 * ADDRESS is that of an IPv4 host, HOST:PORT.  Addresses go to standard
 * output.  mute, deaf and sink go on until they are killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = 10, MANY = 64 };

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int
connect_to(const char *text)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	const char *colon = strrchr(text, ':');
	char host[64];
	int fd;

	if (colon == NULL || (size_t)(colon - text) >= sizeof host)
		exit(2);
	snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
	addr.sin_port = htons((uint16_t)atoi(colon + 1));
	if (inet_pton(AF_INET, host, &addr.sin_addr) != 1)
		exit(2);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		die("connect");
	return fd;
}

static int
listen_say(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 ||
	    listen(fd, MANY) < 0 ||
	    getsockname(fd, (struct sockaddr *)&addr, &size) < 0)
		die("listen");
	printf("127.0.0.1:%u\n", ntohs(addr.sin_port));
	fflush(stdout);
	return fd;
}

static _Noreturn void
mute(const char *address, int count)
{
	while (count-- > 0)
		connect_to(address);
	printf("connected\n");
	fflush(stdout);
	for (;;)
		pause();
}

/* Accept what comes; with @read_all take its bytes too. */
static _Noreturn void
listening(int read_all)
{
	struct pollfd fds[MANY] = { { .fd = listen_say(), .events = POLLIN } };
	static char data[65536];
	nfds_t n = 1, k;

	for (;;) {
		if (poll(fds, n, -1) < 0)
			die("poll");
		if (fds[0].revents && n < MANY) {
			fds[n].fd = accept(fds[0].fd, NULL, NULL);
			fds[n++].events = read_all ? POLLIN : 0;
		}
		for (k = 1; k < n; k++)
			if (fds[k].revents & POLLIN &&
			    read(fds[k].fd, data, sizeof data) <= 0)
				fds[k].fd = -1;
	}
}

/* One file in one connection; its own process. */
static void
cat_one(const char *address, const char *file)
{
	int from = open(file, O_RDONLY), to = connect_to(address);
	char data[4096];
	ssize_t n;

	if (from < 0)
		die(file);
	while ((n = read(from, data, sizeof data)) > 0)
		if (send(to, data, (size_t)n, MSG_NOSIGNAL) != n)
			exit(1);
	/* closing with words of the other side unread would be a reset */
	shutdown(to, SHUT_WR);
	alarm(60);
	while (read(to, data, sizeof data) > 0)
		;
	exit(0);
}

static int
wait_all(void)
{
	int status, worst = 0;

	while (wait(&status) > 0)
		if (status != 0)
			worst = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	return worst;
}

static int
pairs(int count, char **argv)
{
	int pair[MANY][2], side, k, n;

	for (n = 0; argv[n] != NULL && strcmp(argv[n], "--") != 0; n++)
		;
	if (argv[n] == NULL || count > MANY)
		return 2;
	argv[n] = NULL;
	for (k = 0; k < count; k++)	/* out of the way of 10 and on */
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair[k]) < 0 ||
		    (pair[k][0] = fcntl(pair[k][0], F_DUPFD, 200)) < 0 ||
		    (pair[k][1] = fcntl(pair[k][1], F_DUPFD, 200)) < 0)
			die("socketpair");
	for (side = 0; side < 2; side++) {
		if (fork() != 0)
			continue;
		for (k = 0; k < count; k++)
			dup2(pair[k][side], FIRST + k);
		for (k = FIRST + count; k < 1024; k++)
			close(k);
		execvp(argv[side ? n + 1 : 0], argv + (side ? n + 1 : 0));
		die("exec");
	}
	for (k = 0; k < count; k++) {
		close(pair[k][0]);
		close(pair[k][1]);
	}
	return wait_all();
}

int
main(int argc, char **argv)
{
	const char *vice = argc > 1 ? argv[1] : "";
	int k;

	if (strcmp(vice, "mute") == 0 && argc == 4)
		mute(argv[2], atoi(argv[3]));
	if (strcmp(vice, "deaf") == 0)
		listening(0);
	if (strcmp(vice, "sink") == 0)
		listening(1);
	if (strcmp(vice, "cat") == 0 && argc > 3) {
		for (k = 3; k < argc; k++) {
			if (fork() == 0)
				cat_one(argv[2], argv[k]);
			poll(NULL, 0, 20);	/* the order of connections */
		}
		return wait_all();
	}
	if (strcmp(vice, "pairs") == 0 && argc > 4)
		return pairs(atoi(argv[2]), argv + 3);
	if (strcmp(vice, "listener") == 0 && argc > 2) {
		dup2(listen_say(), FIRST);
		execvp(argv[2], argv + 2);
		die("exec");
	}
	fprintf(stderr, "usage: see the head of peer.c\n");
	return 2;
}

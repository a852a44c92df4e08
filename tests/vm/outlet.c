/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * outlet.c - connections to a QEMU destination
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "outlet.h"
#include "report.h"

#define HELLO 64		/* magic, version, uuid, id at 24, nothing */
#define HELLO_ID 24

static struct outlet {
	int fd;
	pthread_mutex_t lock;	/* from a packet's first byte to its last */
} outlets[OUTLETS_MAX];
static struct outlet main_outlet;
static unsigned int outlets_made;

static void
outlet_connect(struct outlet *outlet, unsigned int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	pthread_mutex_init(&outlet->lock, NULL);
	outlet->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(outlet->fd, (struct sockaddr *)&address,
	    sizeof address) == 0, "no destination on port %u", port);
}

/* All of it, in one packet's worth of time. */
static int
outlet_send(struct outlet *outlet, struct iovec *iov, size_t count)
{
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = count };
	ssize_t n = 0;

	pthread_mutex_lock(&outlet->lock);
	while (message.msg_iovlen > 0) {
		n = sendmsg(outlet->fd, &message, MSG_NOSIGNAL);
		if (n < 0)
			break;
		while (message.msg_iovlen > 0 &&
		    (size_t)n >= message.msg_iov->iov_len) {
			n -= (ssize_t)message.msg_iov->iov_len;
			message.msg_iov++;
			message.msg_iovlen--;
		}
		if (message.msg_iovlen > 0) {
			message.msg_iov->iov_base =
			    (char *)message.msg_iov->iov_base + n;
			message.msg_iov->iov_len -= (size_t)n;
		}
	}
	pthread_mutex_unlock(&outlet->lock);
	return n < 0 ? -errno : 0;
}

void
outlets_open(unsigned int port, unsigned int count)
{
	unsigned char hello[HELLO] = { 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1 };
	struct iovec iov;
	unsigned int i;

	must(count <= OUTLETS_MAX, "too many channels");
	outlet_connect(&main_outlet, port);
	for (i = 0; i < count; i++) {
		outlet_connect(&outlets[i], port);
		hello[HELLO_ID] = (unsigned char)i;
		iov.iov_base = hello;
		iov.iov_len = sizeof hello;
		must(outlet_send(&outlets[i], &iov, 1) == 0, "hello %u", i);
	}
	outlets_made = count;
}

void
outlets_close(void)
{
	unsigned int i;

	for (i = 0; i < outlets_made; i++)
		close(outlets[i].fd);
	close(main_outlet.fd);
}

unsigned int
outlets_count(void)
{
	return outlets_made;
}

int
outlet_write(unsigned int number, struct iovec *iov, size_t count)
{
	return outlet_send(&outlets[number], iov, count);
}

void
outlet_stream(int fd)
{
	static char bytes[65536];
	struct iovec iov;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) > 0) {
		iov.iov_base = bytes;
		iov.iov_len = (size_t)n;
		must(outlet_send(&main_outlet, &iov, 1) == 0,
		    "the destination's main stream: %s", strerror(errno));
	}
	must(n == 0, "the source's main stream: %s", strerror(errno));
}

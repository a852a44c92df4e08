/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pace.c - pauses before packets; see pace.h
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <vfiomig/vfiomig.h>

#include "lib/wire.h"
#include "pace.h"
#include "random.h"

enum { WAIT = 100 };

static void
pause_once(struct pace *pace)
{
	uint64_t us = random_next(&pace->seed) % (pace->jitter + 1);
	struct timespec t = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000 * 1000)
	};

	nanosleep(&t, NULL);
}

ssize_t
pace_writev(void *opaque, const struct iovec *iov, int count)
{
	struct pace *pace = opaque;
	struct msghdr msg = {
		.msg_iov = (struct iovec *)(uintptr_t)iov,
		.msg_iovlen = (size_t)count
	};
	struct pollfd fd = { .fd = pace->fd, .events = POLLOUT };
	ssize_t r;

	if (iov[0].iov_len == WIRE_FULL)	/* a packet begins */
		pause_once(pace);
	for (;;) {
		r = sendmsg(pace->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (r >= 0)
			return r;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		r = vfiomig_failure(pace->mig, NULL, 0);
		if (r < 0)
			return r;
		poll(&fd, 1, WAIT);
	}
}

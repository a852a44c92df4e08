/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pace.h - a socket's writev with a pause of random length before each packet
 *
 * For --jitter: packets then reach the other side in a wild order, as they do
 * on a network with several ways.
 */
#ifndef TOOLS_PACE_H
#define TOOLS_PACE_H

#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct vfiomig;

struct pace {
	int fd;			/* a connected socket */
	uint64_t jitter;	/* microseconds, the longest pause */
	uint64_t seed;		/* not 0; of the pauses */
	struct vfiomig *mig;	/* asked for its failure while waiting */
};

/* A channel's writev; @opaque: its struct pace. */
ssize_t pace_writev(void *opaque, const struct iovec *iov, int count);

#endif

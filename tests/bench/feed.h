/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * feed.h - a stream made up as it is read, in an order of one's choice
 */
#ifndef BENCH_FEED_H
#define BENCH_FEED_H

#include "bench.h"
#include "lib/wire.h"

enum order { IN_ORDER, REVERSED, LATE };

enum {
	WINDOW		= 1024,		/* of the migration */
	BURST		= 64,		/* packets of one device in a row */
	DATA		= 64		/* bytes in a packet */
};

struct feed_plan {
	uint64_t packets;	/* of data, of all devices; of whole bursts */
	uint32_t devices, channels;
	enum order order;
};

/* One channel's part: every so many packets of the whole. */
struct feed {
	const struct feed_plan *plan;
	uint32_t channel;
	uint32_t quota;		/* packets, then -EAGAIN; set anew by the user */
	uint64_t at;		/* packet of this channel */
	size_t done;		/* bytes of it */
	size_t size;		/* of it, all */
	size_t hello;		/* bytes of the hello that went */
	uint8_t head[WIRE_FULL];
};

void feed_new(struct feed *feed, const struct feed_plan *plan,
    uint32_t channel);

/* As vfiomig_channel_config's readv.  Data is not written, only counted. */
ssize_t feed_readv(void *feed, const struct iovec *iov, int n);

/* The idstr of device @number. */
void feed_idstr(char idstr[WIRE_IDSTR], uint32_t number);

#endif

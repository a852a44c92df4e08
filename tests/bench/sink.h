/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sink.h - what a device is in the benchmark: where bytes go to, or come from
 */
#ifndef BENCH_SINK_H
#define BENCH_SINK_H

#include "bench.h"

/* First bytes of each packet's data, as the peer sends it. */
struct mark {
	uint64_t idx;
};

/*
 * A memory file of @room bytes, whose pages are there, written or read with
 * write(2) or read(2) round and round; with @pace each write takes as long as
 * its bytes need at that many a second.  @ordered: each piece of a write must
 * begin with the next mark.
 */
struct sink *sink_new(struct run *run, size_t room, double pace,
    bool ordered);

/* All of it, or the benchmark ends.  One thread a sink. */
void sink_write(struct sink *sink, const struct iovec *iov, int n);
/* Up to @size bytes of the packets that are left; 0: none are left. */
size_t sink_read(struct sink *sink, void *data, size_t size);
/* That many packets are to be read. */
void sink_load(struct sink *sink, uint32_t packets);

/* Since the first write's begin, or inside of writes, in nanoseconds. */
uint64_t sink_begin(const struct sink *sink);
uint64_t sink_end(const struct sink *sink);
uint64_t sink_ns(const struct sink *sink);
uint64_t sink_bytes(const struct sink *sink);

/* Latencies, of packets whose data ends with the time they were sent:
 * the @share (0 to 1) of them that were at most this. */
uint64_t sink_latency(struct sink *sink, double share);

#endif

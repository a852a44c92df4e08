/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spans.h - trace events put together to what lasts: a write, a wait
 */
#ifndef TOOLS_SPANS_H
#define TOOLS_SPANS_H

#include "events.h"

enum span_kind {
	SPAN_PACKET,		/* came or was sent; lasts nothing */
	SPAN_PARKED,		/* a channel waits for room */
	SPAN_STARVED,		/* a device waits for a packet */
	SPAN_LOAD,		/* a device's write() */
	SPAN_SAVE,		/* a device's read() */
	SPAN_CONFIG,		/* its config state */
	SPAN_DONE,		/* it is complete; lasts nothing */
	SPAN_FAILED,		/* the migration; lasts nothing */
	SPAN_KINDS
};

struct span {
	enum span_kind kind;
	uint64_t begin, end;	/* ns */
	int channel, device;	/* -1: none */
	uint32_t idx;
	uint64_t value;		/* bytes, or the errno of SPAN_FAILED */
};

/* True for what belongs to a channel's lane, not to a device's. */
bool span_is_channels(enum span_kind kind);

const char *span_name(enum span_kind kind);

/*
 * Call @each for every span, in the order they end; in a lane they never
 * overlap.  What has no end when the events end, ends there.
 */
void spans_each(const struct events *events,
    void (*each)(void *opaque, const struct span *span), void *opaque);

/* The highest number of a channel, and of a device, plus one. */
void spans_lanes(const struct events *events, int *channels, int *devices);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spans.c - trace events put together to what lasts; see spans.h
 *
 * Idea: a lane (a channel's, a device's) has at most one span open.  An event
 * that begins one ends what is open there, so a wait lasts until what was
 * waited for begins.
 */
#include <string.h>

#include "spans.h"

enum { LANES = 256 };
#define OPEN_NONE SPAN_KINDS

struct lanes {
	void (*each)(void *, const struct span *);
	void *opaque;
	struct span channel[LANES], device[LANES];	/* what is open */
};

bool
span_is_channels(enum span_kind kind)
{
	return kind == SPAN_PACKET || kind == SPAN_PARKED;
}

const char *
span_name(enum span_kind kind)
{
	static const char *const name[SPAN_KINDS] = {
		"packet", "parked", "starved", "load", "save", "config",
		"done", "failed"
	};

	return name[kind];
}

static void
span_end(struct lanes *lanes, struct span *open, uint64_t ns)
{
	if (open->kind == OPEN_NONE)
		return;
	open->end = ns;
	lanes->each(lanes->opaque, open);
	open->kind = OPEN_NONE;
}

static void
span_begin(struct lanes *lanes, struct span *open, enum span_kind kind,
    const struct event *e)
{
	span_end(lanes, open, e->ns);
	*open = (struct span){ kind, e->ns, e->ns, e->channel, e->device,
	    e->idx, e->value };
}

/* One that begins and ends at once. */
static void
span_instant(struct lanes *lanes, enum span_kind kind, const struct event *e)
{
	const struct span span = { kind, e->ns, e->ns, e->channel, e->device,
	    e->idx, e->value };

	lanes->each(lanes->opaque, &span);
}

static void
channel_event(struct lanes *lanes, const struct event *e)
{
	struct span *open = &lanes->channel[e->channel];

	if (e->type == VFIOMIG_TRACE_PARKED) {
		span_begin(lanes, open, SPAN_PARKED, e);
	} else if (e->type == VFIOMIG_TRACE_UNPARKED) {
		span_end(lanes, open, e->ns);
	} else {
		span_end(lanes, open, e->ns);
		span_instant(lanes, SPAN_PACKET, e);
	}
}

static void
device_event(struct lanes *lanes, const struct event *e)
{
	struct span *open = &lanes->device[e->device];

	switch (e->type) {
	case VFIOMIG_TRACE_STARVED:
		span_begin(lanes, open, SPAN_STARVED, e);
		break;
	case VFIOMIG_TRACE_LOAD_START:
		span_begin(lanes, open, SPAN_LOAD, e);
		break;
	case VFIOMIG_TRACE_SAVE_START:
		span_begin(lanes, open, SPAN_SAVE, e);
		break;
	case VFIOMIG_TRACE_CONFIG_START:
		span_begin(lanes, open, SPAN_CONFIG, e);
		break;
	case VFIOMIG_TRACE_LOAD_END:
	case VFIOMIG_TRACE_SAVE_END:
	case VFIOMIG_TRACE_CONFIG_END:
		open->value = e->value;
		span_end(lanes, open, e->ns);
		break;
	case VFIOMIG_TRACE_DONE:
		span_end(lanes, open, e->ns);
		span_instant(lanes, SPAN_DONE, e);
		break;
	default:
		break;
	}
}

static bool
lane_has(int number)
{
	return number >= 0 && number < LANES;
}

/* An event of a channel is about a packet on it. */
static bool
event_is_channels(const struct event *e)
{
	return lane_has(e->channel) && (e->type == VFIOMIG_TRACE_PACKET_IN ||
	    e->type == VFIOMIG_TRACE_PACKET_OUT ||
	    e->type == VFIOMIG_TRACE_PARKED ||
	    e->type == VFIOMIG_TRACE_UNPARKED);
}

void
spans_each(const struct events *events,
    void (*each)(void *opaque, const struct span *span), void *opaque)
{
	struct lanes lanes = { .each = each, .opaque = opaque };
	const struct event *e = events->event;
	uint64_t last;
	size_t k;

	for (k = 0; k < LANES; k++)
		lanes.channel[k].kind = lanes.device[k].kind = OPEN_NONE;
	for (k = 0; k < events->count; k++, e++) {
		if (event_is_channels(e))
			channel_event(&lanes, e);
		else if (lane_has(e->device))
			device_event(&lanes, e);
		else if (e->type == VFIOMIG_TRACE_FAILED)
			span_instant(&lanes, SPAN_FAILED, e);
	}
	last = events->count > 0 ? e[-1].ns : 0;
	for (k = 0; k < LANES; k++) {
		span_end(&lanes, &lanes.channel[k], last);
		span_end(&lanes, &lanes.device[k], last);
	}
}

void
spans_lanes(const struct events *events, int *channels, int *devices)
{
	size_t k;

	*channels = *devices = 0;
	for (k = 0; k < events->count; k++) {
		if (events->event[k].channel >= *channels)
			*channels = events->event[k].channel + 1;
		if (events->event[k].device >= *devices)
			*devices = events->event[k].device + 1;
	}
}

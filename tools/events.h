/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * events.h - the library's trace events, kept in memory until the migration
 * is over
 *
 * Threads: events_record() from any, at the same time; the rest when no other
 * call runs any more.
 */
#ifndef TOOLS_EVENTS_H
#define TOOLS_EVENTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <vfiomig/vfiomig.h>

enum { EVENTS_MAX = 1 << 20 };

struct event {
	uint64_t ns;		/* since the first event */
	uint64_t value;
	uint32_t idx;
	int16_t channel, device;	/* -1: none */
	uint8_t type;		/* enum vfiomig_trace_type */
};

struct events {
	struct event *event;
	_Atomic size_t recorded;	/* and those there was no room for */
	size_t count, dropped;		/* after events_sort() */
};

/* Room for EVENTS_MAX, whose memory is not touched before it is used.  0 or
 * -ENOMEM. */
int events_new(struct events *events);
void events_free(struct events *events);

/* As vfiomig_config.trace; @opaque is the struct events. */
void events_record(void *opaque, const struct vfiomig_trace *trace);

/* In the order of time, counted from the first. */
void events_sort(struct events *events);

#endif

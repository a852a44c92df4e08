/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * events.c - the library's trace events, kept in memory; see events.h
 *
 * Idea: an array of fixed size with room for a long migration, and a counter
 * that gives every event a place of its own.  What comes when it is full is
 * counted and left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "events.h"

int
events_new(struct events *events)
{
	void *memory;

	memory = mmap(NULL, EVENTS_MAX * sizeof *events->event,
	    PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	events->event = memory;
	events->count = events->dropped = 0;
	atomic_init(&events->recorded, 0);
	return 0;
}

void
events_free(struct events *events)
{
	if (events->event != NULL)
		munmap(events->event, EVENTS_MAX * sizeof *events->event);
	events->event = NULL;
}

void
events_record(void *opaque, const struct vfiomig_trace *trace)
{
	struct events *events = opaque;
	size_t k;

	k = atomic_fetch_add_explicit(&events->recorded, 1,
	    memory_order_relaxed);
	if (k >= EVENTS_MAX)
		return;
	events->event[k] = (struct event){
		.ns = trace->nanoseconds,
		.value = trace->value,
		.idx = trace->idx,
		.channel = (int16_t)trace->channel,
		.device = (int16_t)trace->device,
		.type = (uint8_t)trace->type
	};
}

static int
event_compare(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	return a->ns != b->ns ? (a->ns < b->ns ? -1 : 1) :
	    a < b ? -1 : a > b;
}

void
events_sort(struct events *events)
{
	uint64_t first;
	size_t k;

	events->count = atomic_load_explicit(&events->recorded,
	    memory_order_relaxed);
	if (events->count > EVENTS_MAX) {
		events->dropped = events->count - EVENTS_MAX;
		events->count = EVENTS_MAX;
	}
	qsort(events->event, events->count, sizeof *events->event,
	    event_compare);
	first = events->count > 0 ? events->event[0].ns : 0;
	for (k = 0; k < events->count; k++)
		events->event[k].ns -= first;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tracing.c - what --trace and --stats svg ask for; see tracing.h
 */
#include <errno.h>
#include <string.h>

#include "chrome.h"
#include "complain.h"
#include "migration.h"
#include "timeline.h"
#include "tracing.h"
#include "units.h"

/* One migration a process. */
static struct events events;
static FILE *trace_to, *picture_to;

/* @file for writing, or standard output without one; NULL: said why. */
static FILE *
file_open(const char *file)
{
	FILE *to = file == NULL ? stdout : fopen(file, "we");

	if (to == NULL)
		complain("file cannot be written: file=%s, error=%s", file,
		    strerror(errno));
	return to;
}

bool
tracing_begin(struct migration *m)
{
	const struct options *o = m->options;

	if (o->trace == NULL && o->stats.kind != STATS_SVG)
		return true;
	if (o->trace != NULL && (trace_to = file_open(o->trace)) == NULL)
		return false;
	if (o->stats.kind == STATS_SVG &&
	    (picture_to = file_open(o->stats.file)) == NULL)
		return false;
	if (events_new(&events) < 0) {
		complain("no memory for trace events");
		return false;
	}
	m->trace = events_record;
	m->trace_opaque = &events;
	return true;
}

static void
trace_write(struct migration *m, FILE *to)
{
	chrome_write(&events, &m->options->device, to);
}

static void
picture_write(struct migration *m, FILE *to)
{
	struct vfiomig_stats s = { .size = sizeof s };
	struct units bytes, time;
	char title[160];

	vfiomig_stats(m->mig, &s);
	snprintf(title, sizeof title, "%s %s, %u devices, %u channels, "
	    "%s in %s", units_bytes(&bytes, s.bytes_done),
	    m->direction == VFIOMIG_INCOMING ? "received" : "sent", s.devices,
	    s.channels, s.devices_complete == s.devices ? "complete" :
	    "not complete", units_time(&time, m->end > m->begin ?
	    m->end - m->begin : 0));
	timeline_draw(&(struct timeline){
		.events = &events,
		.devices = &m->options->device,
		.channels = (int)s.channels,
		.incoming = m->direction == VFIOMIG_INCOMING,
		.budget = s.budget,
		.title = title
	}, to);
}

static void
file_close(FILE *to)
{
	if (fflush(to) != 0 || ferror(to))
		complain("trace or picture is not whole: error=%s",
		    strerror(errno));
	if (to != stdout)
		fclose(to);
}

void
tracing_end(struct migration *m)
{
	if (m->trace != events_record)
		return;
	events_sort(&events);
	if (trace_to != NULL) {
		trace_write(m, trace_to);
		file_close(trace_to);
	}
	if (picture_to != NULL) {
		picture_write(m, picture_to);
		file_close(picture_to);
	}
	m->trace = NULL;
	events_free(&events);
}

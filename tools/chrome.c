/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chrome.c - trace events as Chrome trace JSON; see chrome.h
 *
 * Idea: two processes, "channels" and "devices", with a thread for each of
 * them.  What lasts is one complete event ("X"), what does not an instant.
 * Times are microseconds with three digits behind the point.
 */
#include "chrome.h"
#include "json.h"
#include "spans.h"

enum { PID_CHANNELS = 1, PID_DEVICES = 2 };

static void
name_write(struct json *json, const char *what, int pid, int tid,
    const char *name)
{
	json_open(json, NULL, '{');
	json_text(json, "name", what);
	json_text(json, "ph", "M");
	json_number(json, "pid", (uint64_t)pid);
	json_number(json, "tid", (uint64_t)tid);
	json_open(json, "args", '{');
	json_text(json, "name", name);
	json_close(json, '}');
	json_close(json, '}');
}

static void
names_write(struct json *json, const struct events *events,
    const struct device_list *devices)
{
	int channels, lanes, k;
	char name[32];

	spans_lanes(events, &channels, &lanes);
	name_write(json, "process_name", PID_CHANNELS, 0, "channels");
	name_write(json, "process_name", PID_DEVICES, 0, "devices");
	for (k = 0; k < channels; k++) {
		snprintf(name, sizeof name, "channel %d", k);
		name_write(json, "thread_name", PID_CHANNELS, k, name);
	}
	for (k = 0; k < lanes; k++)
		name_write(json, "thread_name", PID_DEVICES, k,
		    (size_t)k < devices->count ? devices->item[k].idstr : "?");
}

static void
span_write(void *opaque, const struct span *span)
{
	struct json *json = opaque;
	bool channels = span_is_channels(span->kind);
	bool lasts = span->kind != SPAN_PACKET && span->kind != SPAN_DONE &&
	    span->kind != SPAN_FAILED;
	int lane = channels ? span->channel : span->device;

	json_open(json, NULL, '{');
	json_text(json, "name", span_name(span->kind));
	json_text(json, "ph", lasts ? "X" : "i");
	json_micros(json, "ts", span->begin);
	if (lasts)
		json_micros(json, "dur", span->end - span->begin);
	else
		json_text(json, "s", span->kind == SPAN_FAILED ? "g" : "t");
	json_number(json, "pid", channels ? PID_CHANNELS : PID_DEVICES);
	json_number(json, "tid", lane < 0 ? 0 : (uint64_t)lane);
	json_open(json, "args", '{');
	json_signed(json, "channel", span->channel);
	json_signed(json, "device", span->device);
	json_number(json, "idx", span->idx);
	json_number(json, span->kind == SPAN_FAILED ? "error" : "bytes",
	    span->value);
	json_close(json, '}');
	json_close(json, '}');
}

void
chrome_write(const struct events *events, const struct device_list *devices,
    FILE *to)
{
	struct json json = { .to = to };

	json_open(&json, NULL, '{');
	json_text(&json, "displayTimeUnit", "ms");
	json_number(&json, "droppedEvents", events->dropped);
	json_open(&json, "traceEvents", '[');
	names_write(&json, events, devices);
	spans_each(events, span_write, &json);
	json_close(&json, ']');
	json_close(&json, '}');
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* spans_end_what_began.c - trace events in the order of time become spans that
 * never overlap in a lane, and none stays open */
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "tools/spans.h"

#define IN	VFIOMIG_TRACE_PACKET_IN
#define PARKED	VFIOMIG_TRACE_PARKED
#define UNPARKED	VFIOMIG_TRACE_UNPARKED
#define STARVED	VFIOMIG_TRACE_STARVED
#define LOAD	VFIOMIG_TRACE_LOAD_START
#define LOADED	VFIOMIG_TRACE_LOAD_END
#define CONFIG	VFIOMIG_TRACE_CONFIG_START
#define CONFIGURED	VFIOMIG_TRACE_CONFIG_END
#define DONE	VFIOMIG_TRACE_DONE
#define FAILED	VFIOMIG_TRACE_FAILED
#define SAVE	VFIOMIG_TRACE_SAVE_START
#define SAVED	VFIOMIG_TRACE_SAVE_END
#define OUT	VFIOMIG_TRACE_PACKET_OUT

/* Events as they come, and the spans in words: name, begin-end, lane. */
static const struct {
	struct vfiomig_trace event[8];
	const char *spans;
} row[] = {
	{ { { 0 } }, "" },
	/* size, type, channel, device, idx, value, nanoseconds */
	{ { { 1, IN, 0, 2, 5, 100, 1000 }, { 1, LOAD, -1, 2, 5, 100, 1010 },
	    { 1, LOADED, -1, 2, 5, 100, 1030 } },
	    "packet 0-0 c0 #5 100; load 10-30 d2 #5 100; " },
	/* recorded late: in the order of time all the same */
	{ { { 1, LOADED, -1, 0, 1, 7, 30 }, { 1, LOAD, -1, 0, 1, 7, 20 },
	    { 1, STARVED, -1, 0, 1, 0, 5 } },
	    "starved 0-15 d0 #1 0; load 15-25 d0 #1 7; " },
	{ { { 1, PARKED, 3, 0, 9, 50, 10 }, { 1, UNPARKED, 3, -1, 0, 0, 40 },
	    { 1, IN, 3, 0, 9, 50, 50 } },
	    "parked 0-30 c3 #9 50; packet 40-40 c3 #9 50; " },
	{ { { 1, CONFIG, -1, 1, 0, 0, 10 }, { 1, CONFIGURED, -1, 1, 0, 9, 40 },
	    { 1, DONE, -1, 1, 0, 0, 40 } },
	    "config 0-30 d1 #0 9; done 30-30 d1 #0 0; " },
	/* nothing ends it but the end */
	{ { { 1, STARVED, -1, 1, 4, 0, 10 }, { 1, PARKED, 0, 0, 1, 8, 20 },
	    { 1, FAILED, -1, -1, 0, 32, 90 } },
	    "failed 80-80 d-1 #0 32; parked 10-80 c0 #1 8; "
	    "starved 0-80 d1 #4 0; " },
	/* an end without a beginning */
	{ { { 1, LOADED, -1, 0, 0, 1, 10 }, { 1, UNPARKED, 0, -1, 0, 0, 20 },
	    { 1, OUT, 1, 0, 0, 1, 30 } }, "packet 20-20 c1 #0 1; " },
	{ { { 1, SAVE, -1, 0, 0, 64, 10 }, { 1, SAVED, -1, 0, 0, 3, 20 },
	    { 1, SAVE, -1, 0, 1, 64, 30 }, { 1, SAVED, -1, 0, 1, 0, 35 } },
	    "save 0-10 d0 #0 3; save 20-25 d0 #1 0; " },
	/* lanes that the picture does not have */
	{ { { 1, IN, 400, 0, 0, 1, 10 }, { 1, LOAD, -1, 300, 0, 1, 20 } }, "" },
};

static void
span_say(void *opaque, const struct span *span)
{
	char *text = opaque;
	bool channels = span_is_channels(span->kind);

	sprintf(text + strlen(text), "%s %llu-%llu %c%d #%u %llu; ",
	    span_name(span->kind), (unsigned long long)span->begin,
	    (unsigned long long)span->end, channels ? 'c' : 'd',
	    channels ? span->channel : span->device, span->idx,
	    (unsigned long long)span->value);
}

START_TEST(events_become_spans)
{
	struct events events;
	char text[1024] = "";
	size_t k;

	ck_assert_int_eq(events_new(&events), 0);
	for (k = 0; row[_i].event[k].size != 0; k++)
		events_record(&events, &row[_i].event[k]);
	events_sort(&events);
	ck_assert_uint_eq(events.dropped, 0);
	spans_each(&events, span_say, text);
	ck_assert_str_eq(text, row[_i].spans);
	events_free(&events);
}
END_TEST

/* More events than there is room for are counted. */
START_TEST(what_is_left_out_is_counted)
{
	struct vfiomig_trace trace = { 1, IN, 0, 0, 0, 0, 1 };
	struct events events;
	size_t k;

	ck_assert_int_eq(events_new(&events), 0);
	for (k = 0; k < EVENTS_MAX + 3; k++)
		events_record(&events, &trace);
	events_sort(&events);
	ck_assert_uint_eq(events.count, EVENTS_MAX);
	ck_assert_uint_eq(events.dropped, 3);
	events_free(&events);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("spans_end_what_began");

	tcase_add_loop_test(tests, events_become_spans, 0,
	    sizeof row / sizeof row[0]);
	tcase_add_test(tests, what_is_left_out_is_counted);
	return suite_run(tests);
}

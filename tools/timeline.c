/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timeline.c - a migration as a picture; see timeline.h
 *
 * Idea
 *
 *   From top to bottom: a legend; a lane a channel, with a stroke for each
 *   packet in its device's colour; a lane a device, the bytes it has queued
 *   above, what it does below; the bytes all have queued, under the budget's
 *   line; the axis.
 *
 *   However many events there are, the picture stays small: what is less than
 *   a pixel apart becomes one mark, the fainter the less of it was filled, and
 *   curves have a point a column of pixels.
 */
#include <stdlib.h>
#include <string.h>

#include "spans.h"
#include "svg.h"
#include "timeline.h"
#include "units.h"

enum { LANES = 256, TOP = 74, FILL = 70, QUEUE = 20, STATE = 14, GAP = 12 };

/* A mark that may still grow. */
struct mark {
	double begin, end;
	double busy;			/* of it, in pixels */
	int device;
	bool any;
};

struct drawing {
	const struct timeline *t;
	struct svg svg;
	int channels, devices;
	double lane;			/* height of a channel's */
	double first_device, fill;	/* where they begin */
	struct mark channel[LANES][SPAN_KINDS], device[LANES][SPAN_KINDS];
};

static const char starved_colour[] = "#d9d9d9";
static const char config_colour[] = "#222222";
static const char parked_colour[] = "#f2b8b5";

/* ---- places ---- */

static double
channel_top(const struct drawing *d, int channel)
{
	return TOP + channel * d->lane;
}

static double
device_top(const struct drawing *d, int device)
{
	return d->first_device + device * (QUEUE + STATE + GAP);
}

static double
at_ns(const struct drawing *d, uint64_t ns)
{
	return svg_x(&d->svg, (double)ns / 1e6);
}

/* ---- marks ---- */

static void
mark_draw(struct drawing *d, struct mark *m, enum span_kind kind, int lane)
{
	bool of_channel = span_is_channels(kind);
	double width = m->end - m->begin, least = 1, opacity = 1;
	double top = of_channel ? channel_top(d, lane) + 1 :
	    device_top(d, lane) + QUEUE;
	double height = of_channel ? d->lane - 2 : STATE;
	const char *colour = svg_colour(m->device < 0 ? 0 : m->device);

	if (!m->any)
		return;
	m->any = false;
	if (kind == SPAN_PARKED) {
		colour = parked_colour;
		top += height * 0.3;
		height *= 0.4;
	} else if (kind == SPAN_STARVED) {
		colour = starved_colour;
	} else if (kind == SPAN_CONFIG) {
		colour = config_colour;
		least = 2;
	} else if (kind != SPAN_PACKET && width > least) {
		opacity = m->busy / width;
		opacity = opacity < 0.4 ? 0.4 : opacity > 0.95 ? 1 : opacity;
	}
	svg_rect(&d->svg, m->begin, top, width < least ? least : width,
	    height, colour, opacity);
}

/* Let the lane's last mark of the kind grow, or draw it and begin another. */
static void
mark_add(struct drawing *d, struct mark *last, int lane,
    const struct span *span)
{
	double begin = at_ns(d, span->begin), end = at_ns(d, span->end);

	if (last->any && begin - last->end < 1) {
		if (span->kind == SPAN_PACKET && last->device != span->device)
			return;
		last->end = end > last->end ? end : last->end;
		last->busy += end - begin;
		return;
	}
	mark_draw(d, last, span->kind, lane);
	*last = (struct mark){ begin, end, end - begin, span->device, true };
}

/* What is to be seen behind all else. */
static void
span_draw_behind(void *opaque, const struct span *span)
{
	struct drawing *d = opaque;

	if (span->kind == SPAN_STARVED)
		mark_add(d, &d->device[span->device][SPAN_STARVED],
		    span->device, span);
	else if (span->kind == SPAN_PARKED)
		mark_add(d, &d->channel[span->channel][SPAN_PARKED],
		    span->channel, span);
}

static void
span_draw(void *opaque, const struct span *span)
{
	struct drawing *d = opaque;
	double x = at_ns(d, span->begin), y;
	bool late = x > SVG_RIGHT - 40;

	switch (span->kind) {
	case SPAN_FAILED:
		svg_line(&d->svg, x, TOP - 4, x, d->fill + FILL, "#cc0000",
		    "4 3");
		svg_text(&d->svg, x - 3, TOP - 6, 12, SVG_END, "#cc0000",
		    "failed");
		break;
	case SPAN_DONE:
		y = device_top(d, span->device);
		svg_line(&d->svg, x, y, x, y + QUEUE + STATE, config_colour,
		    NULL);
		svg_text(&d->svg, late ? x - 4 : x + 4, y + 12, 11, late ?
		    SVG_END : SVG_START, config_colour, "done");
		break;
	case SPAN_PACKET:
		mark_add(d, &d->channel[span->channel][SPAN_PACKET],
		    span->channel, span);
		break;
	case SPAN_LOAD:
	case SPAN_SAVE:
	case SPAN_CONFIG:
		mark_add(d, &d->device[span->device][span->kind],
		    span->device, span);
		break;
	default:
		break;
	}
}

static void
spans_draw(struct drawing *d, void (*each)(void *, const struct span *))
{
	int lane, kind;

	spans_each(d->t->events, each, d);
	for (lane = 0; lane < LANES; lane++) {
		for (kind = 0; kind < SPAN_KINDS; kind++) {
			mark_draw(d, &d->channel[lane][kind],
			    (enum span_kind)kind, lane);
			mark_draw(d, &d->device[lane][kind],
			    (enum span_kind)kind, lane);
		}
	}
}

/* ---- curves ---- */

/* What an event does to the bytes that are queued. */
static int64_t
queued_by(const struct event *e)
{
	switch (e->type) {
	case VFIOMIG_TRACE_PACKET_IN:
	case VFIOMIG_TRACE_SAVE_END:
		return (int64_t)e->value;
	case VFIOMIG_TRACE_LOAD_END:
	case VFIOMIG_TRACE_PACKET_OUT:
	case VFIOMIG_TRACE_CONFIG_END:
		return -(int64_t)e->value;
	default:
		return 0;
	}
}

/* The config state of a source is made at once and goes into a packet. */
static int64_t
queued_change(const struct timeline *t, const struct event *e)
{
	int64_t change = queued_by(e);

	return e->type == VFIOMIG_TRACE_CONFIG_END && !t->incoming ? -change :
	    change;
}

/* The most that is queued in each column; @device -1 for all.  The most. */
static double
queued_columns(const struct drawing *d, int device, double *column)
{
	const struct events *events = d->t->events;
	const struct event *e = events->event;
	int64_t now = 0;
	double most = 0;
	size_t k;
	int at = 0, x;

	memset(column, 0, SVG_COLUMNS * sizeof *column);
	for (k = 0; k < events->count; k++, e++) {
		if (e->device < 0 || (device >= 0 && e->device != device))
			continue;
		x = (int)(at_ns(d, e->ns) - SVG_LEFT);
		for (x = x < SVG_COLUMNS ? x : SVG_COLUMNS - 1; at < x;)
			column[++at] = (double)now;
		now += queued_change(d->t, e);
		if (now > 0 && (double)now > column[at])
			column[at] = (double)now;
		most = column[at] > most ? column[at] : most;
	}
	while (at < SVG_COLUMNS - 1)
		column[++at] = now > 0 ? (double)now : 0;
	return most;
}

static void
scale(double *column, double most)
{
	int k;

	for (k = 0; most > 0 && k < SVG_COLUMNS; k++)
		column[k] = column[k] < 0 ? 0 : column[k] / most;
}

static void
fill_draw(struct drawing *d)
{
	double column[SVG_COLUMNS], most, top, y;
	struct units most_text, budget_text;

	most = queued_columns(d, -1, column);
	top = most > (double)d->t->budget ? most : (double)d->t->budget;
	/* a budget that is hardly used would leave nothing to be seen */
	if (most > 0 && top > 4 * most)
		top = most * 1.25;
	scale(column, top);
	svg_area(&d->svg, d->fill, FILL, column, "#555555", 0.55);
	svg_text(&d->svg, SVG_LEFT - 8, d->fill + 12, 12, SVG_END, "#111111",
	    "queued, all");
	svg_text(&d->svg, SVG_LEFT - 8, d->fill + 27, 11, SVG_END, "#555555",
	    "at most %s", units_bytes(&most_text, (uint64_t)most));
	svg_text(&d->svg, SVG_LEFT - 8, d->fill + 42, 11, SVG_END, "#555555",
	    "budget %s", units_bytes(&budget_text, d->t->budget));
	if (d->t->budget == 0 || (double)d->t->budget > top)
		return;
	y = d->fill + FILL * (1 - (double)d->t->budget / top);
	svg_line(&d->svg, SVG_LEFT, y, SVG_RIGHT, y, "#cc0000", "6 3");
	svg_text(&d->svg, SVG_RIGHT - 4, y + 12, 11, SVG_END, "#cc0000",
	    "budget");
}

static void
queue_draw(struct drawing *d, int device, double most)
{
	double column[SVG_COLUMNS];

	queued_columns(d, device, column);
	scale(column, most);
	svg_area(&d->svg, device_top(d, device), QUEUE, column,
	    svg_colour(device), 0.35);
}

/* ---- words ---- */

static void
legend_item(struct drawing *d, double *x, const char *colour,
    const char *text)
{
	svg_rect(&d->svg, *x, 40, 14, 12, colour, 1);
	svg_text(&d->svg, *x + 19, 50, 12, SVG_START, "#111111", "%s", text);
	*x += 40 + 6.6 * (double)strlen(text);
}

static void
legend_draw(struct drawing *d)
{
	double x = SVG_LEFT;

	svg_text(&d->svg, SVG_LEFT, 24, 15, SVG_START, "#111111", "%s",
	    d->t->title);
	svg_swatch(&d->svg, x, 40);
	legend_item(d, &x, "none", d->t->incoming ?
	    "packet came (its device's colour)" :
	    "packet sent (its device's colour)");
	legend_item(d, &x, parked_colour, d->t->incoming ?
	    "channel parked: no room" : "channel waits for packets");
	legend_item(d, &x, svg_colour(0), d->t->incoming ?
	    "device in write()" : "device in read()");
	legend_item(d, &x, starved_colour, d->t->incoming ?
	    "starved: next packet not here" : "waits for memory");
	legend_item(d, &x, config_colour, "config state");
}

static void
labels_draw(struct drawing *d)
{
	const char *name;
	char what[64];
	size_t n;
	int k;

	for (k = 0; k < d->channels; k++) {
		if (k % 2 == 0)
			svg_rect(&d->svg, SVG_LEFT, channel_top(d, k),
			    SVG_RIGHT - SVG_LEFT, d->lane, "#f4f4f4", 1);
		if (d->lane >= 12 || k % 4 == 0)
			svg_text(&d->svg, SVG_LEFT - 8, channel_top(d, k) +
			    d->lane / 2 + 4, d->lane >= 12 ? 12 : 10, SVG_END,
			    "#111111", "channel %d", k);
	}
	for (k = 0; k < d->devices; k++) {
		name = (size_t)k < d->t->devices->count ?
		    d->t->devices->item[k].idstr : "?";
		n = strlen(name);
		snprintf(what, sizeof what, "%s%s", n > 22 ? "..." : "",
		    n > 22 ? name + n - 20 : name);
		svg_text(&d->svg, SVG_LEFT - 8, device_top(d, k) + 12, 12,
		    SVG_END, svg_colour(k), "%s", what);
		svg_text(&d->svg, SVG_LEFT - 8, device_top(d, k) + QUEUE + 11,
		    11, SVG_END, "#777777", "%s", d->t->incoming ?
		    "queued / write()" : "queued / read()");
		svg_line(&d->svg, SVG_LEFT, device_top(d, k) + QUEUE,
		    SVG_RIGHT, device_top(d, k) + QUEUE, "#cccccc", NULL);
	}
}

/* ---- all of it ---- */

static void
places_set(struct drawing *d)
{
	spans_lanes(d->t->events, &d->channels, &d->devices);
	if (d->channels < d->t->channels)
		d->channels = d->t->channels;
	if ((size_t)d->devices < d->t->devices->count)
		d->devices = (int)d->t->devices->count;
	if (d->channels > LANES)
		d->channels = LANES;
	if (d->devices > LANES)
		d->devices = LANES;
	d->lane = d->channels <= 8 ? 20 : d->channels <= 32 ? 14 : 7;
	d->first_device = TOP + d->channels * d->lane + GAP;
	d->fill = device_top(d, d->devices) + 4;
}

static double
most_of_devices(struct drawing *d)
{
	double column[SVG_COLUMNS], most = 0, one;
	int k;

	for (k = 0; k < d->devices; k++) {
		one = queued_columns(d, k, column);
		most = one > most ? one : most;
	}
	return most;
}

void
timeline_draw(const struct timeline *timeline, FILE *to)
{
	static struct drawing drawing;
	struct drawing *d = &drawing;
	const struct events *events = timeline->events;
	uint64_t last = events->count > 0 ?
	    events->event[events->count - 1].ns : 0;
	double most;
	int k;

	memset(d, 0, sizeof *d);
	d->t = timeline;
	places_set(d);
	svg_open(&d->svg, to, d->fill + FILL + 44, (double)last / 1e6);
	legend_draw(d);
	labels_draw(d);
	svg_axis(&d->svg, TOP, d->fill + FILL + 4, "ms");
	most = most_of_devices(d);
	for (k = 0; k < d->devices; k++)
		queue_draw(d, k, most);
	fill_draw(d);
	spans_draw(d, span_draw_behind);
	spans_draw(d, span_draw);
	if (events->dropped != 0)
		svg_text(&d->svg, SVG_RIGHT, 24, 12, SVG_END, "#cc0000",
		    "%zu events too many are left out", events->dropped);
	svg_close(&d->svg);
}

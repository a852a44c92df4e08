/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * map.c - recorded channels as a picture; see map.h
 *
 * Idea: a lane a file, with each packet where it lies and as long as it is.
 * Below, a lane a device: a point for each of its packets, its offset from
 * left to right and its idx from bottom to top.  On one channel
 * the points rise; how far those of different channels are apart is what a
 * receiver has to put in order.
 */
#include <string.h>

#include "map.h"
#include "svg.h"

enum { TOP = 74, GAP = 16, POINTS = 70 };

struct drawing {
	const struct recording *r;
	struct svg svg;
	double lane, first_device, scale;	/* scale: bytes of a unit */
	const char *unit;
	int devices;
};

static const char ram_colour[] = "#d5d5d5";
static const char sync_colour[] = "#8a8a8a";
static const char config_colour[] = "#222222";

static double
file_top(const struct drawing *d, int file)
{
	return TOP + file * d->lane;
}

static double
device_top(const struct drawing *d, int device)
{
	return d->first_device + device * (POINTS + GAP);
}

/* ---- files ---- */

static void
record_draw(struct drawing *d, const struct record *record)
{
	double x = svg_x(&d->svg, (double)record->offset / d->scale);
	double end = svg_x(&d->svg, (double)(record->offset +
	    record->length) / d->scale);
	double top = file_top(d, record->file) + 1, height = d->lane - 2;
	const char *colour = ram_colour;
	double width = end - x;

	if (record->device >= 0)
		colour = svg_colour(record->device);
	else if (record->kind == RECORD_SYNC)
		colour = sync_colour;
	else if (record->kind != RECORD_RAM)
		colour = config_colour;
	if (record->device < 0) {
		top += height / 4;
		height /= 2;
	}
	svg_rect(&d->svg, x, top, width < 1 ? 1 : width, height, colour, 1);
	if (record->kind == RECORD_STATE && record->flags & 1)
		svg_rect(&d->svg, x, top, width < 3 ? 3 : width, height / 3,
		    config_colour, 1);
}

static void
file_draw(struct drawing *d, int file)
{
	const struct recorded_file *f = &d->r->file[file];
	double end = svg_x(&d->svg, (double)f->bytes / d->scale), x;
	const char *name = strrchr(f->name, '/');
	double middle = file_top(d, file) + d->lane / 2;
	size_t k;

	name = name == NULL ? f->name : name + 1;
	svg_rect(&d->svg, SVG_LEFT, file_top(d, file) + 1, end - SVG_LEFT,
	    d->lane - 2, "#f4f4f4", 1);
	if (d->lane >= 12)
		svg_text(&d->svg, SVG_LEFT - 8, middle + 4, 12, SVG_END,
		    "#111111", f->is_main ? "%.18s main" : "%.18s id %d", name,
		    f->id);
	for (k = f->first; k < f->end; k++)
		record_draw(d, &d->r->record[k]);
	if (!f->faulty)
		return;
	x = svg_x(&d->svg, (double)f->fault_offset / d->scale);
	svg_line(&d->svg, x, file_top(d, file), x, file_top(d, file) +
	    d->lane, "#cc0000", NULL);
	svg_text(&d->svg, x + 4, middle + 4, 11, SVG_START, "#cc0000", "%s",
	    f->fault);
}

/* ---- devices ---- */

static void
device_draw(struct drawing *d, int device)
{
	const struct recorded_device *dev = &d->r->device[device];
	double top = device_top(d, device), x, y, most = 1;
	const struct record *record = d->r->record;
	size_t k, n = strlen(dev->idstr);

	for (k = 0; k < d->r->records; k++)
		if (record[k].device == device && record[k].idx > most)
			most = record[k].idx;
	svg_rect(&d->svg, SVG_LEFT, top, SVG_RIGHT - SVG_LEFT, POINTS,
	    "#f9f9f9", 1);
	for (k = 0; k < d->r->records; k++, record++) {
		if (record->device != device || record->kind != RECORD_STATE)
			continue;
		x = svg_x(&d->svg, (double)record->offset / d->scale);
		y = top + 2 + (POINTS - 8) * (1 - record->idx / most);
		svg_rect(&d->svg, x - 2, y, 4, 4, record->flags & 1 ?
		    config_colour : svg_colour(device), 1);
	}
	svg_text(&d->svg, SVG_LEFT - 8, top + 14, 12, SVG_END,
	    svg_colour(device), "%s%s", n > 22 ? "..." : "",
	    n > 22 ? dev->idstr + n - 20 : dev->idstr);
	svg_text(&d->svg, SVG_LEFT - 8, top + 29, 11, SVG_END, "#777777",
	    "idx 0 to %.0f, by offset", most);
	svg_text(&d->svg, SVG_LEFT - 8, top + 44, 11, SVG_END,
	    recorded_whole(dev) ? "#777777" : "#cc0000", "%s",
	    recorded_whole(dev) ? "whole" : "not whole");
}

/* ---- all of it ---- */

static void
legend_draw(struct drawing *d)
{
	static const struct {
		const char *colour, *text;
	} item[] = {
		{ NULL, "device state (its device's colour)" },
		{ config_colour, "config state" },
		{ ram_colour, "RAM" },
		{ sync_colour, "SYNC" }
	};
	double x = SVG_LEFT;
	size_t packets = 0, k;

	for (k = 0; k < d->r->records; k++)
		packets += d->r->record[k].kind == RECORD_STATE;
	svg_text(&d->svg, SVG_LEFT, 24, 15, SVG_START, "#111111",
	    "files: %d, devices: %d, packets of device state: %zu",
	    d->r->files, d->r->devices, packets);
	for (k = 0; k < sizeof item / sizeof item[0]; k++) {
		if (item[k].colour != NULL)
			svg_rect(&d->svg, x, 40, 14, 12, item[k].colour, 1);
		else
			svg_swatch(&d->svg, x, 40);
		svg_text(&d->svg, x + 19, 50, 12, SVG_START, "#111111", "%s",
		    item[k].text);
		x += 40 + 6.6 * (double)strlen(item[k].text);
	}
}

void
map_draw(const struct recording *recording, FILE *to)
{
	struct drawing d = { .r = recording, .scale = 1024, .unit = "KiB" };
	uint64_t most = 1;
	double bottom;
	int k;

	for (k = 0; k < recording->files; k++)
		if (recording->file[k].bytes > most)
			most = recording->file[k].bytes;
	if (most >= UINT64_C(10) << 20) {
		d.scale = 1 << 20;
		d.unit = "MiB";
	}
	d.devices = recording->devices < 64 ? recording->devices : 64;
	d.lane = recording->files <= 12 ? 20 : recording->files <= 40 ? 14 : 7;
	d.first_device = TOP + recording->files * d.lane + GAP;
	bottom = device_top(&d, d.devices);
	svg_open(&d.svg, to, bottom + 40, (double)most / d.scale);
	legend_draw(&d);
	svg_axis(&d.svg, TOP, bottom, d.unit);
	for (k = 0; k < recording->files; k++)
		file_draw(&d, k);
	for (k = 0; k < d.devices; k++)
		device_draw(&d, k);
	svg_close(&d.svg);
}

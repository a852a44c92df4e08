/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chart.c - a line chart as SVG; see chart.h
 */
#include <math.h>
#include <stdio.h>

#include "bench.h"
#include "chart.h"

enum { WIDE = 640, HIGH = 360, LEFT = 70, RIGHT = 20, TOP = 40, BOTTOM = 50 };

struct frame {
	double x_low, x_high, y_high;	/* x as logarithms */
};

static double
at_x(const struct frame *f, double x)
{
	double span = f->x_high > f->x_low ? f->x_high - f->x_low : 1;

	return LEFT + (log2(x) - f->x_low) / span * (WIDE - LEFT - RIGHT);
}

static double
at_y(const struct frame *f, double y)
{
	return HIGH - BOTTOM - y / f->y_high * (HIGH - TOP - BOTTOM);
}

static void
text(FILE *f, double x, double y, const char *anchor, const char *words)
{
	fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s"
	    "</text>\n", x, y, anchor, words);
}

static void
axes(FILE *f, const struct frame *frame, const double *x, uint32_t n)
{
	char words[32];
	uint32_t k;

	for (k = 0; k <= 4; k++) {
		double y = frame->y_high * k / 4;

		fprintf(f, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", LEFT,
		    at_y(frame, y), WIDE - RIGHT);
		snprintf(words, sizeof words, "%.0f", y);
		text(f, LEFT - 6, at_y(frame, y) + 4, "end", words);
	}
	for (k = 0; k < n; k++) {
		snprintf(words, sizeof words, "%.0f", x[k]);
		text(f, at_x(frame, x[k]), HIGH - BOTTOM + 18, "middle",
		    words);
	}
}

static void
line(FILE *f, const struct frame *frame, const double *x, const double *y,
    uint32_t n)
{
	uint32_t k;

	fprintf(f, "<polyline fill=\"none\" stroke=\"#06c\" "
	    "stroke-width=\"2\" points=\"");
	for (k = 0; k < n; k++)
		fprintf(f, "%.1f,%.1f ", at_x(frame, x[k]), at_y(frame, y[k]));
	fprintf(f, "\"/>\n");
	for (k = 0; k < n; k++)
		fprintf(f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" "
		    "fill=\"#06c\"/>\n", at_x(frame, x[k]),
		    at_y(frame, y[k]));
}

void
chart_write(const char *folder, const char *name, const char *title,
    const char *x_name, const char *y_name, const double *x, const double *y,
    uint32_t n, double band)
{
	struct frame frame = { log2(x[0]), log2(x[n - 1]), 1 };
	char path[4096];
	uint32_t k;
	FILE *f;

	for (k = 0; k < n; k++)
		while (y[k] * 1.1 > frame.y_high)
			frame.y_high *= 1.25;
	snprintf(path, sizeof path, "%s/%s.svg", folder, name);
	f = fopen(path, "we");
	must(f != NULL);
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
	    "font-size=\"12\">\n<rect width=\"%d\" height=\"%d\" "
	    "fill=\"white\"/>\n", WIDE, HIGH, WIDE, HIGH);
	if (band != 0)
		fprintf(f, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" "
		    "height=\"%.1f\" fill=\"#e4f2e4\"/>\n", LEFT,
		    at_y(&frame, y[0] * (1 + band)), WIDE - LEFT - RIGHT,
		    at_y(&frame, y[0] * (1 - band)) -
		    at_y(&frame, y[0] * (1 + band)));
	axes(f, &frame, x, n);
	line(f, &frame, x, y, n);
	text(f, WIDE / 2, 22, "middle", title);
	text(f, WIDE / 2, HIGH - 10, "middle", x_name);
	text(f, LEFT - 50, TOP - 10, "start", y_name);
	fprintf(f, "</svg>\n");
	must(fclose(f) == 0);
}

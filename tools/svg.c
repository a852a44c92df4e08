/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * svg.c - pictures with an axis; see svg.h
 */
#include <stdarg.h>
#include <string.h>

#include "svg.h"

static const char font[] = "Helvetica,Arial,sans-serif";

void
svg_open(struct svg *svg, FILE *to, double height, double most)
{
	svg->to = to;
	svg->most = most > 0 ? most : 1;
	fprintf(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%.0f\" viewBox=\"0 0 %d %.0f\" font-family=\"%s\">\n",
	    SVG_WIDTH, height, SVG_WIDTH, height, font);
	fprintf(to, "<rect width=\"%d\" height=\"%.0f\" fill=\"#ffffff\"/>\n",
	    SVG_WIDTH, height);
}

void
svg_close(struct svg *svg)
{
	fputs("</svg>\n", svg->to);
}

double
svg_x(const struct svg *svg, double value)
{
	return SVG_LEFT + (SVG_RIGHT - SVG_LEFT) * value / svg->most;
}

void
svg_rect(struct svg *svg, double x, double y, double width, double height,
    const char *colour, double opacity)
{
	fprintf(svg->to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"%.1f\" fill=\"%s\"", x, y, width, height, colour);
	if (opacity < 1)
		fprintf(svg->to, " fill-opacity=\"%.2f\"", opacity);
	fputs("/>\n", svg->to);
}

void
svg_line(struct svg *svg, double x1, double y1, double x2, double y2,
    const char *colour, const char *dashes)
{
	fprintf(svg->to, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
	    "y2=\"%.1f\" stroke=\"%s\"", x1, y1, x2, y2, colour);
	if (dashes != NULL)
		fprintf(svg->to, " stroke-dasharray=\"%s\"", dashes);
	fputs("/>\n", svg->to);
}

void
svg_text(struct svg *svg, double x, double y, int size,
    enum svg_anchor anchor, const char *colour, const char *format, ...)
{
	static const char *const anchors[] = { "start", "middle", "end" };
	char text[512];
	const char *p;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fprintf(svg->to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" "
	    "text-anchor=\"%s\" fill=\"%s\">", x, y, size, anchors[anchor],
	    colour);
	for (p = text; *p != '\0'; p++) {
		if (*p == '<' || *p == '>' || *p == '&' || *p == '"' ||
		    (unsigned char)*p >= 0x7f)
			fprintf(svg->to, "&#%d;", (unsigned char)*p);
		else if ((unsigned char)*p >= 0x20)
			putc(*p, svg->to);
	}
	fputs("</text>\n", svg->to);
}

void
svg_area(struct svg *svg, double top, double height, const double *column,
    const char *colour, double opacity)
{
	double bottom = top + height, last = 0;
	int k;

	fprintf(svg->to, "<path fill=\"%s\" fill-opacity=\"%.2f\" "
	    "d=\"M%d %.1f", colour, opacity, SVG_LEFT, bottom);
	for (k = 0; k < SVG_COLUMNS; k++) {
		if (k > 0 && column[k] == last)
			continue;
		fprintf(svg->to, "H%dV%.1f", SVG_LEFT + k,
		    bottom - height * column[k]);
		last = column[k];
	}
	fprintf(svg->to, "H%dV%.1fZ\"/>\n", SVG_RIGHT, bottom);
}

/* A step of 1, 2 or 5 times a power of ten, so that there are ten at most. */
static double
axis_step(double most)
{
	static const double part[] = { 1, 2, 5 };
	double step = 1;
	int k = 0;

	while (most / step < 1)
		step /= 10;
	for (k = 0; most / (step * part[k % 3]) > 10; k++)
		if (k % 3 == 2)
			step *= 10;
	return step * part[k % 3];
}

void
svg_axis(struct svg *svg, double top, double bottom, const char *unit)
{
	double step = axis_step(svg->most), x;
	int k;

	for (k = 0; k * step <= svg->most * 1.0001; k++) {
		x = svg_x(svg, k * step);
		svg_line(svg, x, top, x, bottom, "#dddddd", NULL);
		svg_line(svg, x, bottom, x, bottom + 4, "#555555", NULL);
		svg_text(svg, x, bottom + 17, 12, SVG_MIDDLE, "#333333",
		    "%g", k * step);
	}
	svg_line(svg, SVG_LEFT, bottom, SVG_RIGHT, bottom, "#555555", NULL);
	svg_text(svg, SVG_LEFT - 8, bottom + 17, 12, SVG_END, "#333333", "%s",
	    unit);
}

const char *
svg_colour(int number)
{
	static const char *const colour[] = {
		"#3b73b9", "#e8853a", "#2f9e60", "#c03d77", "#7a5fc0",
		"#b09a1f", "#2aa9c0", "#8a5a3c"
	};

	return colour[number % 8];
}

void
svg_swatch(struct svg *svg, double x, double y)
{
	int k;

	for (k = 0; k < 4; k++)
		svg_rect(svg, x + 4 * k, y, 1.5, 12, svg_colour(k), 1);
}

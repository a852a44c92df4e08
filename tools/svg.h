/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * svg.h - pictures with an axis: SVG, a shape at a time
 *
 * The picture is WIDTH wide; between PLOT_LEFT and PLOT_RIGHT a position is
 * that of a value on the axis.
 */
#ifndef TOOLS_SVG_H
#define TOOLS_SVG_H

#include <stdint.h>
#include <stdio.h>

enum {
	SVG_WIDTH = 1240,
	SVG_LEFT = 170,		/* of the plot; labels are left of it */
	SVG_RIGHT = 1210
};

struct svg {
	FILE *to;
	double most;		/* the axis goes from 0 to this */
};

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* The first line with the picture's size, and the last. */
void svg_open(struct svg *svg, FILE *to, double height, double most);
void svg_close(struct svg *svg);

/* Where a value of the axis is. */
double svg_x(const struct svg *svg, double value);

void svg_rect(struct svg *svg, double x, double y, double width,
    double height, const char *colour, double opacity);
void svg_line(struct svg *svg, double x1, double y1, double x2, double y2,
    const char *colour, const char *dashes);
void svg_text(struct svg *svg, double x, double y, int size,
    enum svg_anchor anchor, const char *colour, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/*
 * An area under a curve that has a height from 0 to 1 for every column of
 * pixels from SVG_LEFT on; @top is where 1 is, @height that of 1.
 */
void svg_area(struct svg *svg, double top, double height,
    const double *column, const char *colour, double opacity);
enum { SVG_COLUMNS = SVG_RIGHT - SVG_LEFT };

/* Lines and labels of the axis, @unit behind its last; lines go from @top to
 * @bottom, labels are below. */
void svg_axis(struct svg *svg, double top, double bottom, const char *unit);

/* One of eight colours that can be told apart. */
const char *svg_colour(int number);

/* Strokes in some of them, as a sample; 14 wide, 12 high. */
void svg_swatch(struct svg *svg, double x, double y);

#endif

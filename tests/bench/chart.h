/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chart.h - a line chart as SVG
 */
#ifndef BENCH_CHART_H
#define BENCH_CHART_H

#include <stdint.h>

enum { CHART_POINTS = 32 };

/*
 * @y of @n values of @x (a doubling or tenfold scale), from 0 up, into
 * @folder/@name.svg; @band: shares above and below the first value that are
 * drawn as wanted, 0 for none.
 */
void chart_write(const char *folder, const char *name, const char *title,
    const char *x_name, const char *y_name, const double *x, const double *y,
    uint32_t n, double band);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * figures.h - what the benchmark found: medians, ratios, and what was wanted
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"

/* The same thing, measured again and again. */
struct samples {
	double value[REPEATS_MOST];
	uint32_t n;
};

void samples_add(struct samples *samples, double value);
double samples_median(const struct samples *samples);
/* The median of a's over b's, each taken in the same repetition. */
double samples_ratio(const struct samples *a, const struct samples *b);

/*
 * One figure of @section: @what of the case @name.  With @relation '<' or '>'
 * it is to be at most, or at least, @target.
 */
void figure(const char *section, const char *name, const char *what,
    double value, const char *unit, char relation, double target);

/* What was wanted and what came, for people; how many were missed. */
uint32_t figures_targets(void);
/* All of them as JSON; those that were wanted, for the manual page. */
void figures_write(const char *path, const char *kind);
void figures_page(const char *path);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * figures.c - what the benchmark found; see figures.h
 *
 * A ratio is the median of the ratios of single repetitions, whose sides ran
 * one right after the other: what else the machine did then was the same for
 * both, as far as it can be.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "figures.h"

enum { FIGURES_MOST = 2048 };

struct one {
	char section[16], name[40], what[48], unit[16];
	double value, target;
	char relation;
};

static struct one one[FIGURES_MOST];
static uint32_t ones;

void
samples_add(struct samples *s, double value)
{
	must(s->n < REPEATS_MOST);
	s->value[s->n++] = value;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

double
samples_median(const struct samples *s)
{
	struct samples sorted = *s;

	if (s->n == 0)
		return 0;
	qsort(sorted.value, sorted.n, sizeof sorted.value[0], compare);
	return (sorted.value[(s->n - 1) / 2] + sorted.value[s->n / 2]) / 2;
}

double
samples_ratio(const struct samples *a, const struct samples *b)
{
	struct samples ratio = { .n = 0 };
	uint32_t k;

	for (k = 0; k < a->n && k < b->n; k++)
		if (b->value[k] != 0)
			samples_add(&ratio, a->value[k] / b->value[k]);
	return samples_median(&ratio);
}

void
figure(const char *section, const char *name, const char *what, double value,
    const char *unit, char relation, double target)
{
	struct one *o = &one[ones++];

	must(ones <= FIGURES_MOST);
	snprintf(o->section, sizeof o->section, "%s", section);
	snprintf(o->name, sizeof o->name, "%s", name);
	snprintf(o->what, sizeof o->what, "%s", what);
	snprintf(o->unit, sizeof o->unit, "%s", unit);
	o->value = value;
	o->relation = relation;
	o->target = target;
}

static bool
reached(const struct one *o)
{
	return o->relation == '<' ? o->value <= o->target :
	    o->value >= o->target;
}

uint32_t
figures_targets(void)
{
	uint32_t k, missed = 0, all = 0;

	printf("\nWhat was wanted\n");
	for (k = 0; k < ones; k++) {
		if (one[k].relation == 0)
			continue;
		all++;
		missed += !reached(&one[k]);
		printf("  %-7s %-9s %-18s %-34s %9.3f %s %8.3f %s\n",
		    reached(&one[k]) ? "reached" : "MISSED", one[k].section,
		    one[k].name, one[k].what, one[k].value,
		    one[k].relation == '<' ? "<=" : ">=", one[k].target,
		    one[k].unit);
	}
	printf("%u of %u reached\n", all - missed, all);
	return missed;
}

/* What the page shows: what was wanted, how far the limit is ahead of Q, and
 * what explains the rest. */
static bool
shown(const struct one *o)
{
	return o->relation != 0 ||
	    strcmp(o->what, "L: throughput over Q") == 0 ||
	    strcmp(o->what, "L1: throughput over L") == 0 ||
	    strcmp(o->what, "ours: throughput over L1") == 0 ||
	    strcmp(o->what, "ours: median over Q") == 0 ||
	    strncmp(o->what, "ours: drain", 11) == 0;
}

void
figures_page(const char *path)
{
	FILE *f = fopen(path, "we");
	const char *section = "";
	char day[32];
	time_t now = time(NULL);
	struct tm tm;
	uint32_t k;

	must(f != NULL && gmtime_r(&now, &tm) != NULL);
	strftime(day, sizeof day, "%Y-%m-%d", &tm);
	fprintf(f, "A full run of %s, on %ld processors.\n", day,
	    sysconf(_SC_NPROCESSORS_ONLN));
	for (k = 0; k < ones; k++) {
		const struct one *o = &one[k];

		if (!shown(o))
			continue;
		if (strcmp(section, o->section) != 0) {
			fprintf(f, "%s.Ss Section %s\n.Bl -column "
			    "\"64 KiB x 4\" \"ours: processor time over L\" "
			    "\"12345.678\" \">= 0.95\"\n", section[0] ?
			    ".El\n" : "", o->section);
			section = o->section;
		}
		fprintf(f, ".It %s Ta %s Ta %.3f", o->name, o->what, o->value);
		if (o->relation != 0)
			fprintf(f, " Ta %s %g%s", o->relation == '<' ? "<=" :
			    ">=", o->target, reached(o) ? "" : " missed");
		fprintf(f, "%s\n", o->relation != 0 ? "" : " Ta -");
	}
	fprintf(f, "%s", section[0] ? ".El\n" : "");
	must(fclose(f) == 0);
}

void
figures_write(const char *path, const char *kind)
{
	FILE *f = fopen(path, "we");
	struct utsname u;
	uint32_t k;

	must(f != NULL && uname(&u) == 0);
	fprintf(f, "{\n\"benchmark\": \"libvfiomig\",\n\"kind\": \"%s\",\n"
	    "\"machine\": {\"system\": \"%s\", \"release\": \"%s\", "
	    "\"architecture\": \"%s\", \"processors\": %ld},\n"
	    "\"figures\": [", kind, u.sysname, u.release, u.machine,
	    sysconf(_SC_NPROCESSORS_ONLN));
	for (k = 0; k < ones; k++) {
		const struct one *o = &one[k];

		fprintf(f, "%s\n{\"section\": \"%s\", \"case\": \"%s\", "
		    "\"what\": \"%s\", \"value\": %.6g, \"unit\": \"%s\"",
		    k ? "," : "", o->section, o->name, o->what, o->value,
		    o->unit);
		if (o->relation != 0)
			fprintf(f, ", \"target\": {\"relation\": \"%s\", "
			    "\"value\": %g, \"reached\": %s}",
			    o->relation == '<' ? "<=" : ">=", o->target,
			    reached(o) ? "true" : "false");
		fprintf(f, "}");
	}
	fprintf(f, "\n]\n}\n");
	must(fclose(f) == 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trial.h - the same plan done by several sides, in turns, several times
 */
#ifndef BENCH_TRIAL_H
#define BENCH_TRIAL_H

#include "bench.h"
#include "figures.h"

enum { SIDES_MOST = 4 };

/* What came of one side. */
struct result {
	const char *name;
	struct samples speed;		/* GiB/s */
	struct samples cpu;		/* s/GiB */
	struct samples rss;		/* MiB */
	struct samples faults, sleeps;	/* a packet, steady */
	struct samples copies;		/* a packet */
	struct samples phase;		/* s, begin to done */
	struct samples device;		/* s, inside the slowest device */
	struct samples busy;		/* share of the time with data */
	struct samples median, p99;	/* us */
	struct samples first;		/* s, until there was a packet; ours */
	struct samples load;		/* s, from then on */
	struct samples drain;		/* share of the run in the write; ours */
	struct samples write;		/* s/GiB in the write; ours */
	struct samples starved;		/* times a GiB; ours */
	double calls;			/* a packet; below 0: not to be had */
};

typedef bool trial_run(const struct side *side, const struct plan *plan,
    struct outcome *outcome);

/* @sides[] of @n, @repeats times in turns, and once more to count calls. */
void trial(trial_run *run, const struct side *const *sides, uint32_t n,
    const struct plan *plan, uint32_t repeats, bool count,
    struct result *result);

#endif

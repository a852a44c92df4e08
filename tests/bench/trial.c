/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trial.c - the same plan done by several sides, in turns; see trial.h
 */
#include <string.h>

#include "trial.h"

static void
result_add(struct result *r, const struct outcome *o)
{
	double seconds = (double)(o->end_ns - o->begin_ns) / 1e9;
	double gib = (double)o->bytes / GIB;
	double steady = (double)o->steady_packets;

	samples_add(&r->speed, gib / seconds);
	samples_add(&r->cpu, (double)o->whole.cpu_ns / 1e9 / gib);
	samples_add(&r->rss, (double)o->rss / MIB);
	samples_add(&r->faults, (double)o->steady.faults / steady);
	samples_add(&r->sleeps, (double)o->steady.sleeps / steady);
	samples_add(&r->copies, (double)o->copies / (double)o->packets);
	samples_add(&r->phase, seconds);
	samples_add(&r->device, (double)o->write_ns / 1e9);
	samples_add(&r->busy, o->phase_ns > o->starved_ns ?
	    (double)o->write_ns / (double)(o->phase_ns - o->starved_ns) : 0);
	samples_add(&r->median, (double)o->median_ns / 1e3);
	samples_add(&r->p99, (double)o->p99_ns / 1e3);
	samples_add(&r->first, (double)o->first_ns / 1e9);
	samples_add(&r->load, seconds - (double)o->first_ns / 1e9);
	samples_add(&r->drain, (double)o->drain_ns / 1e9 / seconds);
	samples_add(&r->write, (double)o->drain_ns / 1e9 / gib);
	samples_add(&r->starved, (double)o->starved / gib);
}

void
trial(trial_run *run, const struct side *const *sides, uint32_t n,
    const struct plan *plan, uint32_t repeats, bool count,
    struct result *result)
{
	struct plan counted = *plan;
	struct outcome o;
	uint32_t k, turn;

	memset(result, 0, n * sizeof result[0]);
	for (turn = 0; turn < repeats; turn++) {
		for (k = 0; k < n; k++) {
			must(run(sides[k], plan, &o));
			result_add(&result[k], &o);
		}
	}
	counted.counted = true;
	for (k = 0; k < n; k++) {
		result[k].name = sides[k]->name;
		result[k].calls = -1;
		if (!count)
			continue;
		must(run(sides[k], &counted, &o));
		if (o.has_calls)
			result[k].calls = (double)o.steady.calls /
			    (double)o.steady_packets;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * moving.c - sections receive, send and memory: throughput and what it takes
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "figures.h"
#include "sections.h"
#include "trial.h"

#define BUDGET (32u * MIB)

/* What is wanted for packets of a size. */
struct wanted {
	uint32_t size;
	double over_q, of_l, cpu_over_l, sent_of_l;
};

static const struct wanted wanted[] = {
	{ 1024 * KIB,	4.0,	0.95,	1.05,	0.95 },
	{ 256 * KIB,	4.0,	0.95,	1.05,	0.95 },
	{ 64 * KIB,	3.0,	0.90,	1.10,	0.90 },
	{ 4 * KIB,	1.5,	0.80,	1.25,	0.80 }
};
static const uint32_t channels[] = { 4, 8 };

enum {
	SIZES = sizeof wanted / sizeof wanted[0],
	Q = 0, L = 1, L1 = 2, OURS = 3
};

static void
moving_head(const char *title)
{
	printf("\n%s\n%10s %3s %-5s %7s %6s %6s %6s %7s %6s %8s %8s %8s %8s %6s\n",
	    title, "packet", "ch", "side", "GiB/s", "/ Q", "/ L", "/ L1",
	    "cpu/GiB", "/ L", "rss MiB", "faults/p", "sleeps/p", "calls/p",
	    "copies");
}

static void
moving_line(const struct plan *plan, const struct result *result, int k)
{
	const struct result *r = &result[k];
	char calls[16] = "-";

	if (r->calls >= 0)
		snprintf(calls, sizeof calls, "%.2f", r->calls);
	printf("%6u KiB %3u %-5s %7.2f %6.2f %6.2f %6.2f %7.3f %6.2f %8.1f "
	    "%8.3f %8.3f %8s %6.0f\n", plan->size / KIB, plan->channels, r->name,
	    samples_median(&r->speed),
	    samples_ratio(&r->speed, &result[Q].speed),
	    samples_ratio(&r->speed, &result[L].speed),
	    samples_ratio(&r->speed, &result[L1].speed),
	    samples_median(&r->cpu),
	    samples_ratio(&r->cpu, &result[L].cpu), samples_median(&r->rss),
	    samples_median(&r->faults), samples_median(&r->sleeps), calls,
	    samples_median(&r->copies));
}

/* Everything about one side that has no target. */
static void
moving_figures(const char *section, const char *name,
    const struct result *result, int k)
{
	const struct result *r = &result[k];
	const struct {
		const char *what, *unit;
		double value;
	} all[] = {
		{ "throughput", "GiB/s", samples_median(&r->speed) },
		{ "throughput over Q", "",
		    samples_ratio(&r->speed, &result[Q].speed) },
		{ "throughput over L", "",
		    samples_ratio(&r->speed, &result[L].speed) },
		{ "throughput over L1", "",
		    samples_ratio(&r->speed, &result[L1].speed) },
		{ "processor time", "s/GiB", samples_median(&r->cpu) },
		{ "processor time over L", "",
		    samples_ratio(&r->cpu, &result[L].cpu) },
		{ "peak memory", "MiB", samples_median(&r->rss) },
		{ "page faults", "/packet", samples_median(&r->faults) },
		{ "sleeps", "/packet", samples_median(&r->sleeps) },
		{ "copies", "/packet", samples_median(&r->copies) },
		{ "system calls", "/packet", r->calls }
	};
	char what[64];
	size_t n;

	for (n = 0; n < sizeof all / sizeof all[0]; n++) {
		if (all[n].value < 0)
			continue;
		snprintf(what, sizeof what, "%s: %s", r->name, all[n].what);
		figure(section, name, what, all[n].value, all[n].unit, 0, 0);
	}
}

/* What the one that writes in order does: it is what the others wait for. */
static void
moving_drain(const char *name, const struct result *r)
{
	printf("%20s drain in write %.0f %% of the time, %.3f s/GiB; starved "
	    "%.0f times a GiB\n", "", samples_median(&r->drain) * 100,
	    samples_median(&r->write), samples_median(&r->starved));
	figure("receive", name, "ours: drain, share of time in write",
	    samples_median(&r->drain), "", 0, 0);
	figure("receive", name, "ours: drain, write of a GiB",
	    samples_median(&r->write), "s", 0, 0);
	figure("receive", name, "ours: drain, starved in a GiB",
	    samples_median(&r->starved), "times", 0, 0);
}

static struct plan
moving_plan(uint32_t size, uint32_t n, uint64_t bytes)
{
	const struct plan plan = {
		.size = size,
		.packets = (uint32_t)(bytes / size),
		.channels = n,
		.devices = 1,
		.budget = BUDGET
	};

	return plan;
}

/* Bytes for a run: fewer where a packet's cost is what counts. */
static uint64_t
moving_bytes(uint32_t size, bool quick)
{
	return quick ? 8 * MIB : size < 64 * KIB ? 128 * MIB : 512 * MIB;
}

static void
receive_wanted(const struct wanted *w, const char *name,
    const struct result *r)
{
	figure("receive", name, "ours: throughput over Q",
	    samples_ratio(&r[OURS].speed, &r[Q].speed), "", '>', w->over_q);
	figure("receive", name, "ours: throughput over L",
	    samples_ratio(&r[OURS].speed, &r[L].speed), "", '>', w->of_l);
	figure("receive", name, "ours: processor time over L",
	    samples_ratio(&r[OURS].cpu, &r[L].cpu), "", '<', w->cpu_over_l);
}

static void
moving_all(const char *section, trial_run *run,
    const struct side *const *sides, bool quick)
{
	struct result result[SIDES_MOST];
	char name[40];
	uint32_t k, c;
	int side;

	for (k = 0; k < SIZES; k++) {
		for (c = 0; c < (quick ? 1 : 2); c++) {
			const struct plan plan = moving_plan(wanted[k].size,
			    channels[c], moving_bytes(wanted[k].size, quick));

			trial(run, sides, SIDES_MOST, &plan, quick ? 1 : 5,
			    true, result);
			snprintf(name, sizeof name, "%u KiB x %u",
			    plan.size / KIB, plan.channels);
			for (side = 0; side < SIDES_MOST; side++) {
				moving_line(&plan, result, side);
				moving_figures(section, name, result, side);
			}
			if (run == run_receive) {
				moving_drain(name, &result[OURS]);
				receive_wanted(&wanted[k], name, result);
			} else
				figure(section, name, "ours: throughput over L",
				    samples_ratio(&result[OURS].speed,
				    &result[L].speed), "", '>',
				    wanted[k].sent_of_l);
		}
	}
}

void
section_receive(bool quick)
{
	static const struct side *const sides[] = {
		&receive_q, &receive_l, &receive_l1, &receive_ours
	};

	moving_head("Receiving, one device, budget 32 MiB");
	moving_all("receive", run_receive, sides, quick);
}

void
section_send(bool quick)
{
	static const struct side *const sides[] = {
		&send_q, &send_l, &send_l1, &send_ours
	};

	moving_head("Sending, one device, budget 32 MiB");
	moving_all("send", run_send, sides, quick);
}

void
section_memory(bool quick)
{
	static const struct side *const sides[] = {
		&receive_q, &receive_l, &receive_l1, &receive_ours
	};
	const struct plan plan = moving_plan(MIB, 8,
	    quick ? 64 * MIB : 2048ull * MIB);
	struct result result[SIDES_MOST];
	int side;

	moving_head("Memory: 2 GiB received with a budget of 32 MiB");
	trial(run_receive, sides, SIDES_MOST, &plan, quick ? 1 : 3, false,
	    result);
	for (side = 0; side < SIDES_MOST; side++) {
		moving_line(&plan, result, side);
		moving_figures("memory", "2 GiB", result, side);
	}
	figure("memory", "2 GiB", "ours: peak memory",
	    samples_median(&result[OURS].rss), "MiB", '<', 32 + 8);
	figure("memory", "2 GiB", "ours: page faults a packet",
	    samples_median(&result[OURS].faults), "", '<', 0.01);
	figure("memory", "2 GiB", "ours: copies a packet",
	    samples_median(&result[OURS].copies), "", '<', 0);
}

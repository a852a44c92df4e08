/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loading.c - sections loading and latency: what is left beside the device's
 * own time
 *
 * Loading has the shape of a published measurement: four devices of 100 MiB,
 * each taking 0.47 GiB/s, and 70 ms for a config state.
 */
#include <stdio.h>

#include "bench.h"
#include "figures.h"
#include "sections.h"
#include "trial.h"

enum { Q = 0, OURS = 1 };

void
section_loading(bool quick)
{
	static const struct side *const sides[] = {
		&receive_q, &receive_ours
	};
	const struct plan plan = {
		.size = MIB, .packets = quick ? 20 : 100, .channels = 6,
		.devices = 4, .budget = 32 * MIB, .pace = 0.47 * GIB,
		.config_ms = 70
	};
	struct samples limit = { .n = 0 };
	struct result r[2];
	uint32_t k;

	trial(run_receive, sides, 2, &plan, quick ? 1 : 11, false, r);
	for (k = 0; k < r[OURS].device.n; k++)
		samples_add(&limit, r[OURS].device.value[k] +
		    plan.config_ms / 1e3);
	printf("\nLoading, 4 devices x %u MiB at 0.47 GiB/s, config 70 ms\n"
	    "%-5s %9s %6s %9s %14s %9s %9s\n", plan.packets, "side", "phase ms",
	    "/ Q", "device ms", "/ (device+70)", "in write", "first ms");
	for (k = 0; k < 2; k++) {
		struct samples own = { .n = 0 };
		uint32_t n;

		for (n = 0; n < r[k].device.n; n++)
			samples_add(&own, r[k].device.value[n] +
			    plan.config_ms / 1e3);
		printf("%-5s %9.1f %6.2f %9.1f %14.3f %9.4f %9.1f\n", r[k].name,
		    samples_median(&r[k].phase) * 1e3,
		    samples_ratio(&r[k].phase, &r[Q].phase),
		    samples_median(&r[k].device) * 1e3,
		    samples_ratio(&r[k].phase, &own),
		    samples_median(&r[k].busy),
		    samples_median(&r[k].first) * 1e3);
	}
	figure("loading", "4 x 100 MiB", "Q: load phase",
	    samples_median(&r[Q].phase), "s", 0, 0);
	figure("loading", "4 x 100 MiB", "ours: load phase",
	    samples_median(&r[OURS].phase), "s", 0, 0);
	figure("loading", "4 x 100 MiB", "ours: phase over device and config",
	    samples_ratio(&r[OURS].phase, &limit), "", '<', 1.02);
	figure("loading", "4 x 100 MiB", "ours: the same from the first packet",
	    samples_ratio(&r[OURS].load, &limit), "", '<', 1.02);
	figure("loading", "4 x 100 MiB", "ours: drain, until the first packet",
	    samples_median(&r[OURS].first), "s", 0, 0);
	figure("loading", "4 x 100 MiB", "ours: device's time over its pace's",
	    samples_median(&r[OURS].device) /
	    (plan.packets * (double)plan.size / plan.pace), "", 0, 0);
	figure("loading", "4 x 100 MiB", "ours: times faster than Q",
	    samples_ratio(&r[Q].phase, &r[OURS].phase), "", '>', 1.9);
	figure("loading", "4 x 100 MiB", "ours: in write while there is data",
	    samples_median(&r[OURS].busy), "", '>', 0.99);
}

void
section_latency(bool quick)
{
	static const struct side *const sides[] = {
		&receive_q, &receive_l, &receive_ours
	};
	const struct plan plan = {
		.size = 64 * KIB, .packets = quick ? 100 : 2000, .channels = 2,
		.devices = 1, .budget = 32 * MIB, .late = true
	};
	const uint32_t n = sizeof sides / sizeof sides[0];
	struct result r[SIDES_MOST];
	char what[48];
	uint32_t k;

	trial(run_receive, sides, n, &plan, quick ? 1 : 3, false, r);
	printf("\nLatency, missing packet's last byte sent to its load's begin, "
	    "64 KiB\n%-5s %10s %6s %10s %6s\n", "side", "median us", "/ Q",
	    "99 % us", "/ Q");
	for (k = 0; k < n; k++) {
		printf("%-5s %10.1f %6.2f %10.1f %6.2f\n", r[k].name,
		    samples_median(&r[k].median),
		    samples_ratio(&r[k].median, &r[0].median),
		    samples_median(&r[k].p99),
		    samples_ratio(&r[k].p99, &r[0].p99));
		snprintf(what, sizeof what, "%s: median", r[k].name);
		figure("latency", "64 KiB", what, samples_median(&r[k].median),
		    "us", 0, 0);
		snprintf(what, sizeof what, "%s: 99 %%", r[k].name);
		figure("latency", "64 KiB", what, samples_median(&r[k].p99),
		    "us", 0, 0);
		snprintf(what, sizeof what, "%s: median over Q", r[k].name);
		figure("latency", "64 KiB", what,
		    samples_ratio(&r[k].median, &r[0].median), "", 0, 0);
	}
}

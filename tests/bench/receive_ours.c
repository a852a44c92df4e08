/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * receive_ours.c - side ours, receiving: the library, with a backend that is
 * a sink, as an embedder uses it
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <vfiomig/vfiomig.h>

#include "bench.h"
#include "device.h"
#include "sink.h"

static struct vfiomig *mig;
static struct vfiomig_device *device[DEVICES_MOST];

static void
channel_run(struct run *run, uint32_t number)
{
	const struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = run->fd[number]
	};
	struct vfiomig_channel *channel;

	must(vfiomig_channel_open(mig, &config, &channel) == 0);
	must(vfiomig_channel_run(channel) == 0);
	must(vfiomig_channel_close(channel) == 0);
}

static void
drain_run(struct run *run, uint32_t number)
{
	(void)run;
	must(vfiomig_buffer_drain(device[number]) == 0);
}

static int
config_load(void *opaque, const void *data, size_t size)
{
	const struct run *run = opaque;

	(void)data;
	(void)size;
	if (run->plan->config_ms != 0)
		sleep_until(clock_ns() + run->plan->config_ms * 1000000ull);
	return 0;
}

/* The slowest device's time without data, before and after it had begun, and
 * what all drains did. */
static void
receive_drains(struct run *run)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	uint64_t worst = 0;
	uint32_t k;

	for (k = 0; k < run->plan->devices; k++) {
		vfiomig_device_stats(device[k], &stats);
		run->outcome->drain_ns += stats.backend_ns;
		run->outcome->starved += stats.starved;
		if (sink_ns(run->sink[k]) < worst)
			continue;
		worst = sink_ns(run->sink[k]);
		run->outcome->first_ns = device_starved_before(k);
		run->outcome->starved_ns = stats.starved_ns -
		    run->outcome->first_ns;
	}
}

static void
receive_ours_run(struct run *run)
{
	const struct plan *plan = run->plan;
	struct crew *drains, *channels;
	uint32_t k;

	mig = device_migration(run, VFIOMIG_INCOMING);
	for (k = 0; k < plan->devices; k++)
		device[k] = device_add(run, mig, k, config_load);
	drains = crew_start(run, plan->devices, drain_run);
	channels = crew_start(run, plan->channels, channel_run);
	run_go(run);
	crew_wait(drains);
	run_done(run);
	crew_wait(channels);
	receive_drains(run);
	vfiomig_free(mig);
}

const struct side receive_ours = { .name = "ours", .run = receive_ours_run };

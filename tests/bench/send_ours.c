/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * send_ours.c - side ours, sending: the library, with a backend that is a
 * sink read backwards
 */
#include <vfiomig/vfiomig.h>

#include "bench.h"
#include "device.h"

static struct vfiomig *mig;
static struct vfiomig_device *device[DEVICES_MOST];

static void
channel_run(struct run *run, uint32_t number)
{
	const struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = run->fd[number], .id = number
	};
	struct vfiomig_channel *channel;

	must(vfiomig_channel_open(mig, &config, &channel) == 0);
	must(vfiomig_channel_run(channel) == 0);
	must(vfiomig_channel_close(channel) == 0);
}

static void
fill_run(struct run *run, uint32_t number)
{
	(void)run;
	must(vfiomig_buffer_fill(device[number]) == 0);
}

static void
send_ours_run(struct run *run)
{
	const struct plan *plan = run->plan;
	struct crew *channels, *fills;
	uint32_t k;

	mig = device_migration(run, VFIOMIG_OUTGOING);
	for (k = 0; k < plan->devices; k++)
		device[k] = device_add(run, mig, k, NULL);
	must(vfiomig_quiesce(mig) == 0);
	run_go(run);
	channels = crew_start(run, plan->channels, channel_run);
	fills = crew_start(run, plan->devices, fill_run);
	crew_wait(fills);
	crew_wait(channels);
	run_done(run);
	vfiomig_free(mig);
}

const struct side send_ours = { .name = "ours", .run = send_ours_run };

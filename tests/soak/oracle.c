/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * oracle.c - what must hold of a source and a destination; see oracle.h
 *
 * Nobody cancelled: every call returned 0.  A deadlock is no excuse: the
 * source takes each packet from the front of its device's line, so of those
 * that are not loaded the one taken first is the one its device waits for,
 * and is in front of its channel; and an awaited packet is always admitted.
 *
 * One end was cancelled: its failure is -ECANCELED, the other's is none, when
 * all had gone through, or the -EPIPE of channels that ended too soon.  A call
 * returned 0, because it had ended before, or its end's failure.  What a
 * channel did not bring that ended between two packets may as well be behind
 * a parked packet of several devices, as far as the target can know: then,
 * and only then, it may say -ENOBUFS.
 */
#include <errno.h>
#include <stdio.h>

#include "oracle.h"
#include "plugins/sim/sim.h"

static struct vfiomig_device_stats
device_stats(struct vfiomig_device *device)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };

	must(vfiomig_device_stats(device, &stats) == 0);
	return stats;
}

static struct vfiomig_stats
all_stats(struct vfiomig *mig)
{
	struct vfiomig_stats stats = { .size = sizeof stats };

	must(vfiomig_stats(mig, &stats) == 0);
	return stats;
}

static struct sim_view
view(char end, int number)
{
	struct sim_view view;
	char tag[8];

	snprintf(tag, sizeof tag, "%c%d", end, number);
	must(sim_find(tag, &view) == 0);
	must(view.violations == 0);
	return view;
}

/* A channel ended between two packets. */
static bool
any_ended(const struct pair *pair)
{
	int k;

	for (k = 0; k < pair->channels; k++)
		if (pair->target.channel_result[k] == 0)
			return true;
	return false;
}

/* The right failure of an end, and the same of each of its calls. */
static int
end_judge(const struct pair *pair, struct pair_end *end, enum side side,
    enum side cancelled)
{
	int failure = vfiomig_failure(end->mig, NULL, 0), k;
	struct vfiomig_stats stats = all_stats(end->mig);

	if (cancelled == NOBODY)
		must(failure == 0);
	else if (cancelled == side)
		must(failure == -ECANCELED);
	else if (failure == -ENOBUFS)
		must(side == TARGET && pair->devices > 1 && any_ended(pair));
	else
		must(failure == 0 || failure == -EPIPE);
	for (k = 0; k < pair->devices; k++)
		must(end->device_result[k] == 0 ||
		    end->device_result[k] == failure);
	for (k = 0; k < pair->channels; k++)
		must(end->channel_result[k] == 0 ||
		    end->channel_result[k] == failure);
	must(stats.memory_max <= stats.budget);
	must(failure != 0 || stats.memory == 0);
	return failure;
}

/* Device @k has all: each packet that was sent was loaded, once, and each byte
 * is the one that belongs there. */
static void
device_whole(struct pair *pair, int k, uint64_t size, struct tally *tally)
{
	struct vfiomig_device_stats from = device_stats(
	    pair->source.device[k]), to = device_stats(pair->target.device[k]);
	struct sim_view sim = view('t', k);

	must(sim.loaded && sim.verified == size && sim.bytes == size);
	must(sim.config_loads == 1 && sim.config_at == size);
	must(to.complete && to.queued_bytes == 0);
	must(to.packets == to.packets_done && to.bytes == to.bytes_done);
	must(to.packets == from.packets && to.bytes == from.bytes);
	must(to.packets == to.next_idx);
	must(to.bytes == size + to.config_bytes);
	tally->packets += to.packets;
	tally->bytes += to.bytes;
}

/* Device @k has a part, perhaps: its stream's first bytes, and no others. */
static void
device_part(struct pair *pair, int k)
{
	struct vfiomig_device_stats to = device_stats(pair->target.device[k]);
	struct sim_view sim = view('t', k);

	must(sim.verified == sim.bytes);
	must(sim.config_loads <= 1 && to.packets_done <= to.packets);
	must(to.packets_done <= device_stats(pair->source.device[k]).packets);
}

/* After a failure every device is where it is safe. */
static void
end_recover(const struct pair *pair, struct pair_end *end, uint32_t state)
{
	int k;

	must(vfiomig_resume(end->mig) == vfiomig_failure(end->mig, NULL, 0));
	must(vfiomig_recover(end->mig) == 0);
	for (k = 0; k < pair->devices; k++)
		must(device_stats(end->device[k]).state == state);
}

void
oracle_judge(struct pair *pair, enum side cancelled, uint64_t size,
    struct tally *tally)
{
	int from = end_judge(pair, &pair->source, SOURCE, cancelled);
	int to = end_judge(pair, &pair->target, TARGET, cancelled);
	bool whole = to == 0;
	int k;

	for (k = 0; k < pair->devices; k++) {
		view('s', k);
		if (whole)
			device_whole(pair, k, size, tally);
		else
			device_part(pair, k);
	}
	if (whole)
		must(vfiomig_resume(pair->target.mig) == 0);
	else
		end_recover(pair, &pair->target, VFIOMIG_STATE_STOP);
	if (from != 0)
		end_recover(pair, &pair->source, VFIOMIG_STATE_RUNNING);
	tally->migrations++;
	tally->whole += whole;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stats.c - the figures, read from the counters at any moment
 *
 * Each is read by itself, relaxed: it is true, but two of them need not be of
 * the same instant.  The caller's struct may be older and shorter than ours.
 */
#include <string.h>

#include "internal.h"

/* Copy as much as the caller's struct has, but for its size. */
static int
stats_give(void *to, size_t size, const void *from, size_t have)
{
	const size_t head = sizeof(size_t);

	if (size < head)
		return -EINVAL;
	if (size > have)
		size = have;
	memcpy((char *)to + head, (const char *)from + head, size - head);
	return 0;
}

API int
vfiomig_device_stats(struct vfiomig_device *dev,
    struct vfiomig_device_stats *stats)
{
	struct vfiomig_device_stats s = { 0 };

	if (dev == NULL || stats == NULL)
		return -EINVAL;
	s.packets = counted(&dev->packets);
	s.packets_done = counted(&dev->packets_done);
	s.bytes_done = counted(&dev->bytes_done);
	s.state_bytes = counted(&dev->state_bytes);
	s.config_bytes = counted(&dev->config_bytes);
	s.queued_bytes = counted(&dev->queued);
	s.bytes = counted(&dev->bytes);
	s.queued_bytes_max = counted(&dev->queued_max);
	s.reorder_depth_max = (uint32_t)counted(&dev->depth_max);
	s.next_idx = dev->ring != NULL ? (uint32_t)ring_next(dev->ring) :
	    (uint32_t)s.packets;
	s.starved = counted(&dev->starved);
	s.starved_ns = counted(&dev->starved_ns);
	s.backend_ns = counted(&dev->backend_ns);
	s.config_ns = counted(&dev->config_ns);
	s.state = atomic_load_explicit(&dev->state, relaxed);
	s.complete = atomic_load_explicit(&dev->complete, COMPLETE_C2);
	s.was_reset = atomic_load_explicit(&dev->was_reset, relaxed);
	s.initial_loaded = counted(&dev->initial) != 0 &&
	    s.bytes_done + 1 >= counted(&dev->initial);
	return stats_give(stats, stats->size, &s, sizeof s);
}

API int
vfiomig_channel_stats(struct vfiomig_channel *ch,
    struct vfiomig_channel_stats *stats)
{
	struct vfiomig_channel_stats s = { 0 };

	if (ch == NULL || stats == NULL)
		return -EINVAL;
	s.packets = counted(&ch->packets);
	s.bytes = counted(&ch->bytes);
	s.wire_bytes = counted(&ch->wire_bytes);
	s.skipped_packets = counted(&ch->skipped);
	s.parked = counted(&ch->parks);
	s.parked_ns = counted(&ch->parked_ns);
	s.system_calls = counted(&ch->calls);
	s.id = atomic_load_explicit(&ch->id, relaxed);
	s.ended = atomic_load_explicit(&ch->ended, relaxed) != CHANNEL_OPEN;
	return stats_give(stats, stats->size, &s, sizeof s);
}

static void
stats_channels(struct vfiomig *mig, struct vfiomig_stats *s)
{
	uint32_t k, n = atomic_load_explicit(&mig->channels, relaxed);

	for (k = 0; k < n && k < CHANNELS_EVER; k++) {
		struct vfiomig_channel *ch = atomic_load_explicit(
		    &mig->channel[k], TABLE_T2);

		if (ch != NULL)
			s->channels_ended += atomic_load_explicit(&ch->ended,
			    relaxed) == CHANNEL_ENDED;
	}
}

API int
vfiomig_stats(struct vfiomig *mig, struct vfiomig_stats *stats)
{
	struct vfiomig_device_stats d = { .size = sizeof d };
	struct vfiomig_stats s = { 0 };
	uint32_t k;

	if (mig == NULL || stats == NULL)
		return -EINVAL;
	s.budget = pool_budget(mig->pool);
	s.memory = pool_used(mig->pool);
	s.memory_max = pool_used_max(mig->pool);
	s.devices = atomic_load_explicit(&mig->devices, TABLE_T2);
	s.channels = atomic_load_explicit(&mig->opened, relaxed);
	s.channels_parked = admission_parked(&mig->admission);
	for (k = 0; k < s.devices; k++) {
		vfiomig_device_stats(mig->device[k], &d);
		s.devices_complete += d.complete;
		s.bytes += d.bytes;
		s.bytes_done += d.bytes_done;
	}
	stats_channels(mig, &s);
	return stats_give(stats, stats->size, &s, sizeof s);
}

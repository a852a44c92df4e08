/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source.c - the sending end; see source.h
 *
 * Idea: a thread a channel runs it, a thread a device fills.  With --live the
 * devices' threads read pre-copy data first, in rounds, until what is left is
 * small or does not get smaller; then all devices are made quiet together and
 * filled.  When all is sent the other side has to say that it is loaded
 * (handover.h).
 */
#include <sys/socket.h>

#include "handover.h"
#include "migration.h"
#include "pace.h"
#include "source.h"

enum { ROUNDS_MAX = 32 };

/* What a thread is to do. */
struct part {
	struct migration *m;
	int number;
	int fd;
};

static void *
channel_send(void *arg)
{
	struct part *part = arg;
	struct migration *m = part->m;
	struct pace pace = {
		.fd = part->fd,
		.jitter = m->options->jitter == UINT64_MAX ? 0 :
		    m->options->jitter,
		.mig = m->mig,
		.seed = (uint64_t)part->number + 1
	};
	struct vfiomig_channel_config config = {
		.size = sizeof config,
		.fd = part->fd,
		.id = (uint32_t)part->number,
		.writev = pace.jitter != 0 ? pace_writev : NULL,
		.opaque = &pace
	};
	struct vfiomig_channel *channel;

	if (vfiomig_channel_open(m->mig, &config, &channel) < 0)
		return NULL;
	migration_channel(m, channel);
	if (vfiomig_channel_run(channel) == 0)
		vfiomig_channel_close(channel);
	return NULL;
}

static void *
device_fill(void *arg)
{
	struct part *part = arg;
	struct migration *m = part->m;

	if (vfiomig_buffer_fill(m->device[part->number]) == 0)
		m->device_end[part->number] = clock_ns();
	return NULL;
}

/* Pre-copy until a round has less than a packet to send, or enough rounds. */
static void *
device_prefill(void *arg)
{
	struct part *part = arg;
	struct migration *m = part->m;
	struct vfiomig_device *device = m->device[part->number];
	struct vfiomig_pending pending = { .size = sizeof pending };
	uint64_t least = m->options->packet_max ? m->options->packet_max :
	    1 << 20;
	uint64_t left;
	int round;

	for (round = 0; round < ROUNDS_MAX; round++) {
		if (vfiomig_pending(device, &pending) < 0)
			break;
		left = pending.initial + pending.dirty;
		if (left == 0 || (round > 0 && left < least &&
		    pending.initial == 0))
			break;
		if (vfiomig_buffer_prefill(device, left) <= 0)
			break;
	}
	return NULL;
}

static bool
devices_each(struct migration *m, struct part *part, void *(*run)(void *))
{
	uint32_t k;

	for (k = 0; k < m->devices; k++) {
		part[k] = (struct part){ .m = m, .number = (int)k };
		if (migration_start(m, run, &part[k]) < 0)
			return false;
	}
	return true;
}

/* Wait for the workers but those of the channels. */
static void
prefill_join(struct migration *m, int channels)
{
	while (atomic_load_explicit(&m->running, memory_order_acquire) >
	    (uint32_t)channels && !migration_failed(m, NULL, 0))
		migration_tick(m, -1);
}

/* Pre-copy, all devices quiet, then the rest. */
static void
devices_send(struct migration *m, struct part *part, int channels)
{
	if (m->options->live) {
		if (vfiomig_precopy(m->mig) < 0 ||
		    !devices_each(m, part, device_prefill))
			return;
		prefill_join(m, channels);
	}
	if (migration_failed(m, NULL, 0) || vfiomig_quiesce(m->mig) < 0)
		return;
	devices_each(m, part + m->devices, device_fill);
}

static void
source_end(struct migration *m)
{
	uint32_t k;

	m->end = m->begin;
	for (k = 0; k < m->devices; k++)
		if (m->device_end[k] > m->end)
			m->end = m->device_end[k];
}

bool
source_run(struct migration *m, const int *fd, int count)
{
	struct part channels[CHANNELS_MAX], devices[2 * DEVICES_MAX];
	bool good;
	int k;

	m->begin = clock_ns();
	for (k = 0; k < count; k++) {
		channels[k] = (struct part){ m, k, fd[k] };
		if (migration_start(m, channel_send, &channels[k]) < 0)
			break;
	}
	if (k == count)
		devices_send(m, devices, count);
	migration_join(m);
	good = !migration_failed(m, NULL, 0);
	if (good && !m->options->one_way && handover_possible(fd[0]))
		good = handover_wait(m, fd, count) &&
		    handover_release(m, fd, count);
	source_end(m);
	if (!good) {
		m->end = clock_ns();
		migration_recover(m);
	}
	for (k = 0; k < count; k++)
		shutdown(fd[k], SHUT_RDWR);
	return good;
}

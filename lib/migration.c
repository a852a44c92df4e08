/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * migration.c - one VM's move: its making and its end, and the states that
 * all its devices go through together
 *
 * Multi-device rule: no device stops before every device starts no more DMA
 * (P2P), and none runs before every device answers again (P2P).
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"

enum {
	DEFAULT_BUDGET	= 64 << 20,
	DEFAULT_PACKET	= 1 << 20,
	PACKET_ROUND	= 128 << 10,	/* 32 units of a page */
	PACKET_MOST	= 256 << 20,
	DEFAULT_WINDOW	= 1024,
	WINDOW_MOST	= 65536,
	DEFAULT_PAGE	= 4096
};

uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void
trace_event(struct vfiomig *mig, enum vfiomig_trace_type type,
    const struct vfiomig_channel *ch, const struct vfiomig_device *dev,
    uint32_t idx, uint64_t value)
{
	struct vfiomig_trace event = {
		.size = sizeof event,
		.type = type,
		.channel = ch ? ch->number : -1,
		.device = dev ? dev->number : -1,
		.idx = idx,
		.value = value,
		.nanoseconds = now_ns()
	};

	mig->trace(mig->opaque, &event);
}

/* What devices took counts too: it is what lets parked channels read on. */
uint64_t
migration_progress(struct vfiomig *mig)
{
	uint64_t sum = 0;
	uint32_t k, n = atomic_load_explicit(&mig->devices, TABLE_T2);

	for (k = 0; k < n; k++)
		sum += counted(&mig->device[k]->bytes_done);
	n = atomic_load_explicit(&mig->channels, relaxed);
	for (k = 0; k < n && k < CHANNELS_EVER; k++) {
		struct vfiomig_channel *ch = atomic_load_explicit(
		    &mig->channel[k], TABLE_T2);

		if (ch != NULL)
			sum += counted(&ch->wire_bytes) + counted(&ch->bytes);
	}
	return sum;
}

int
migration_sleep(struct vfiomig *mig, struct waiter *waiter, const char *who)
{
	uint64_t before = migration_progress(mig), after;

	while (failed(mig) == 0) {
		if (waiter_sleep(waiter, mig->stall_timeout))
			break;
		after = migration_progress(mig);
		if (after == before && admission_channels(&mig->admission))
			return fail(mig, -ETIMEDOUT, "peer is silent: "
			    "waiting=\"%s\", milliseconds=%u", who,
			    mig->stall_timeout);
		before = after;
	}
	return failed(mig);
}

/* The least of at least @n that a ring may have. */
static uint32_t
window_size(uint32_t n)
{
	uint32_t p = RING_LEAST;

	while (p < n)
		p <<= 1;
	return p;
}

/* Fill in what was left 0, refuse what is out of range. */
static int
config_settle(struct vfiomig_config *c)
{
	if (c->budget == 0)
		c->budget = DEFAULT_BUDGET;
	if (c->packet_max == 0)
		c->packet_max = DEFAULT_PACKET;
	if (c->window == 0)
		c->window = DEFAULT_WINDOW;
	if (c->page_size == 0)
		c->page_size = DEFAULT_PAGE;
	if (c->flags != 0 || c->channels == 0 || c->channels > CHANNELS_MAX ||
	    c->packet_max > PACKET_MOST || c->window > WINDOW_MOST ||
	    c->page_size < 1024 || c->page_size > 65536 ||
	    (c->page_size & (c->page_size - 1)) != 0)
		return -EINVAL;
	c->window = window_size(c->window);
	return 0;
}

/* The parts that can fail; what was made is freed by the caller. */
static int
migration_equip(struct vfiomig *mig, const struct vfiomig_config *c)
{
	int r;

	r = pool_new(c->budget, (c->packet_max + PACKET_ROUND - 1) /
	    PACKET_ROUND * PACKET_ROUND, &mig->pool);
	if (r < 0)
		return r;
	mig->devices_max = pool_spans(mig->pool) < DEVICES_MAX ?
	    pool_spans(mig->pool) : DEVICES_MAX;
	mig->device = calloc(mig->devices_max, sizeof mig->device[0]);
	if (mig->device == NULL)
		r = -ENOMEM;
	else
		r = failure_init(&mig->failure);
	if (r < 0)
		pool_free(mig->pool);
	return r;
}

API int
vfiomig_new(struct vfiomig **migration, enum vfiomig_direction direction,
    const struct vfiomig_config *config)
{
	struct vfiomig_config c = { 0 };
	struct vfiomig *mig;
	int r;

	if (migration == NULL || config == NULL ||
	    (direction != VFIOMIG_INCOMING && direction != VFIOMIG_OUTGOING) ||
	    config->size < offsetof(struct vfiomig_config, budget))
		return -EINVAL;
	memcpy(&c, config, config->size < sizeof c ? config->size : sizeof c);
	r = config_settle(&c);
	if (r < 0)
		return r;
	mig = calloc(1, sizeof *mig);
	if (mig == NULL)
		return -ENOMEM;
	mig->direction = direction;
	mig->channels_expected = c.channels;
	mig->packet_max = c.packet_max;
	mig->window = c.window;
	mig->stall_timeout = c.stall_timeout;
	mig->page_size = c.page_size;
	mig->has_uuid = c.uuid != NULL;
	if (mig->has_uuid)
		memcpy(mig->uuid, c.uuid, sizeof mig->uuid);
	mig->log = c.log;
	mig->trace = c.trace;
	mig->ram = c.ram;
	mig->opaque = c.opaque;
	admission_init(&mig->admission, c.channels);
	idle_init(mig);
	r = migration_equip(mig, &c);
	if (r < 0) {
		free(mig->device);
		free(mig);
		return r;
	}
	*migration = mig;
	return 0;
}

API void
vfiomig_free(struct vfiomig *mig)
{
	uint32_t k;

	if (mig == NULL)
		return;
	if (failed(mig) != 0 && !mig->recovered)
		vfiomig_recover(mig);
	for (k = 0; k < CHANNELS_EVER; k++)
		channel_free(atomic_load_explicit(&mig->channel[k], relaxed));
	for (k = 0; k < atomic_load_explicit(&mig->devices, relaxed); k++)
		device_free(mig->device[k]);
	failure_destroy(&mig->failure);
	pool_free(mig->pool);
	free(mig->device);
	free(mig);
}

/* Bring one device to @state, or fail the migration. */
static int
migration_move_one(struct vfiomig *mig, struct vfiomig_device *dev,
    uint32_t state)
{
	int r = device_set_state(dev, state);

	return r == 0 ? 0 : fail(mig, r, "device refuses a state: "
	    "device=\"%s\", asked=%s, is=%s, error=%d", dev->idstr,
	    state_name(state), state_name(atomic_load_explicit(&dev->state,
	    relaxed)), r);
}

/* Bring each device that can do @can to @state; the first failure's code. */
static int
migration_move(struct vfiomig *mig, uint32_t can, uint32_t state)
{
	uint32_t k, n = atomic_load_explicit(&mig->devices, relaxed);
	int r = 0;

	for (k = 0; k < n && r == 0; k++)
		if ((mig->device[k]->can & can) == can)
			r = migration_move_one(mig, mig->device[k], state);
	return r;
}

API int
vfiomig_resume(struct vfiomig *mig)
{
	uint32_t k;
	int r;

	if (mig == NULL)
		return -EINVAL;
	r = failed(mig);
	if (r < 0)
		return r;
	for (k = 0; k < atomic_load_explicit(&mig->devices, relaxed); k++) {
		struct vfiomig_device *dev = mig->device[k];

		if (mig->direction == VFIOMIG_INCOMING &&
		    !atomic_load_explicit(&dev->complete, COMPLETE_C2)) {
			say(mig, VFIOMIG_LOG_ERROR, "resume refused: "
			    "device=\"%s\", why=\"it is not complete\"",
			    dev->idstr);
			return -EBUSY;
		}
	}
	r = migration_move(mig, VFIOMIG_CAN_P2P, VFIOMIG_STATE_RUNNING_P2P);
	if (r == 0)
		r = migration_move(mig, 0, VFIOMIG_STATE_RUNNING);
	mig->resumed = r == 0;
	return r;
}

/* What the steps before STOP_COPY ask first. */
static int
migration_check_running(struct vfiomig *mig)
{
	int r;

	if (mig == NULL || mig->direction != VFIOMIG_OUTGOING)
		return -EINVAL;
	r = failed(mig);
	if (r < 0)
		return r;
	return mig->quiesced ? -EBUSY : 0;
}

API int
vfiomig_precopy(struct vfiomig *mig)
{
	int r = migration_check_running(mig);

	if (r == 0)
		r = migration_move(mig, VFIOMIG_CAN_PRE_COPY,
		    VFIOMIG_STATE_PRE_COPY);
	if (r == 0)
		mig->precopy = true;
	return r;
}

API int
vfiomig_quiesce(struct vfiomig *mig)
{
	const uint32_t both = VFIOMIG_CAN_P2P | VFIOMIG_CAN_PRE_COPY;
	int r = migration_check_running(mig);
	uint32_t k, n;

	if (r < 0)
		return r;
	n = atomic_load_explicit(&mig->devices, relaxed);
	for (k = 0; k < n && r == 0; k++) {
		struct vfiomig_device *dev = mig->device[k];

		if (dev->can & VFIOMIG_CAN_P2P)
			r = migration_move_one(mig, dev, mig->precopy &&
			    (dev->can & both) == both ?
			    VFIOMIG_STATE_PRE_COPY_P2P :
			    VFIOMIG_STATE_RUNNING_P2P);
	}
	if (r == 0)
		mig->quiesced = true;
	return r;
}

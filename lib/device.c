/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * device.c - one device: its making, its states, and its backend's functions
 * called with no more concurrency than the backend declared
 *
 * Roles
 *
 *   A device is driven by one thread at a time: the one that drains or fills
 *   it, or the one that makes a call about it.  device_enter() is the gate;
 *   who comes second gets -EBUSY, nobody waits.  Backends that bear ANY are
 *   spared it for the calls beside a drain or fill.
 *
 *   Found by name through a table of chains, so that a packet costs the same
 *   with one device and with hundreds.  Chains only grow, at their heads.
 *
 * Ordering: D2 -> D1 of role, T1 -> T2 of a chain's head, T of the number of
 * devices; see internal.h.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "internal.h"

const char *
state_name(uint32_t state)
{
	static const char *const name[] = { "ERROR", "STOP", "RUNNING",
	    "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY",
	    "PRE_COPY_P2P" };

	return state < sizeof name / sizeof name[0] ? name[state] : "unknown";
}

bool
device_enter(struct vfiomig_device *dev, enum role role)
{
	uint32_t none = ROLE_NONE;

	return atomic_compare_exchange_strong_explicit(&dev->role, &none,
	    role, DEVICE_D1, relaxed);
}

void
device_leave(struct vfiomig_device *dev)
{
	atomic_store_explicit(&dev->role, ROLE_NONE, DEVICE_D2);
}

void
device_lock(struct vfiomig_device *dev)
{
	if (dev->backend->ops.threads == VFIOMIG_THREADS_ONE_DEVICE)
		pthread_mutex_lock(&dev->backend->lock);
}

void
device_unlock(struct vfiomig_device *dev)
{
	if (dev->backend->ops.threads == VFIOMIG_THREADS_ONE_DEVICE)
		pthread_mutex_unlock(&dev->backend->lock);
}

int
device_get_state(struct vfiomig_device *dev, uint32_t *state)
{
	int r;

	device_lock(dev);
	r = dev->backend->ops.get_state(dev->handle, state);
	device_unlock(dev);
	if (r == 0)
		atomic_store_explicit(&dev->state, *state, relaxed);
	return r;
}

int
device_set_state(struct vfiomig_device *dev, uint32_t state)
{
	uint32_t now;
	int r;

	device_lock(dev);
	r = dev->backend->ops.set_state(dev->handle, state);
	device_unlock(dev);
	if (r == 0)
		atomic_store_explicit(&dev->state, state, relaxed);
	else
		device_get_state(dev, &now);	/* any on the way */
	return r;
}

int
device_reset(struct vfiomig_device *dev)
{
	uint32_t now;
	int r;

	if (dev->backend->ops.reset == NULL)
		return -EOPNOTSUPP;
	device_lock(dev);
	r = dev->backend->ops.reset(dev->handle);
	device_unlock(dev);
	if (r == 0) {
		atomic_store_explicit(&dev->was_reset, 1, relaxed);
		r = device_get_state(dev, &now);
	}
	return r;
}

static void
host_log(const struct vfiomig_host *host, enum vfiomig_log_level level,
    const char *line)
{
	struct vfiomig_device *dev = (struct vfiomig_device *)((char *)
	    (uintptr_t)host - offsetof(struct vfiomig_device, host));

	say(dev->mig, level, "%s: device=\"%s\"", line, dev->idstr);
}

static int
host_cancelled(const struct vfiomig_host *host)
{
	struct vfiomig_device *dev = (struct vfiomig_device *)((char *)
	    (uintptr_t)host - offsetof(struct vfiomig_device, host));

	return failed(dev->mig) != 0;
}

/* The chain in which a device of that name is: the name is taken by the word,
 * as channels ask for each packet that is not of the device before. */
static _Atomic(struct vfiomig_device *) *
device_bucket(struct vfiomig *mig, const char *idstr, uint32_t instance_id)
{
	size_t left = strlen(idstr);
	uint64_t hash = instance_id, word;

	for (; left >= sizeof word; left -= sizeof word) {
		memcpy(&word, idstr, sizeof word);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
		idstr += sizeof word;
	}
	for (word = left; left > 0; left--)
		word = word << 8 | (uint8_t)*idstr++;
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return &mig->bucket[(hash >> 32) % BUCKETS];
}

/* What more than one device needs: P2P in each of them. */
static int
device_check_p2p(struct vfiomig *mig, const struct vfiomig_device *dev)
{
	uint32_t n = atomic_load_explicit(&mig->devices, relaxed);
	const struct vfiomig_device *bad = NULL;

	if (n == 0)
		return 0;
	if (!(dev->can & VFIOMIG_CAN_P2P))
		bad = dev;
	else if (!(mig->device[0]->can & VFIOMIG_CAN_P2P))
		bad = mig->device[0];
	if (bad == NULL)
		return 0;
	say(mig, VFIOMIG_LOG_ERROR, "device refused: device=\"%s\", "
	    "why=\"more than one device, and \"%s\" has no P2P state\"",
	    dev->idstr, bad->idstr);
	return -EOPNOTSUPP;
}

/* Open it with its backend and ask what it can do. */
static int
device_open(struct vfiomig_device *dev, const char *params)
{
	const struct vfiomig_backend *ops = &dev->backend->ops;
	struct vfiomig *mig = dev->mig;
	uint32_t state;
	int r;

	device_lock(dev);
	r = ops->open(&dev->host, params ? params : "",
	    mig->direction == VFIOMIG_INCOMING, &dev->handle);
	device_unlock(dev);
	if (r < 0) {
		say(mig, VFIOMIG_LOG_ERROR, "device cannot be opened: "
		    "device=\"%s\", backend=%s, error=%d", dev->idstr,
		    ops->name, r);
		return r;
	}
	device_lock(dev);
	r = ops->query(dev->handle, &dev->can);
	device_unlock(dev);
	if (r == 0 && !(dev->can & VFIOMIG_CAN_STOP_COPY))
		r = -EOPNOTSUPP;
	if (r == 0)
		r = device_get_state(dev, &state);
	if (r < 0)
		say(mig, VFIOMIG_LOG_ERROR, "device cannot migrate: "
		    "device=\"%s\", backend=%s, error=%d", dev->idstr,
		    ops->name, r);
	if (r == 0)
		r = device_check_p2p(mig, dev);
	if (r < 0) {
		device_lock(dev);
		ops->close(dev->handle);
		device_unlock(dev);
	}
	return r;
}

void
device_free(struct vfiomig_device *dev)
{
	device_lock(dev);
	dev->backend->ops.close(dev->handle);
	device_unlock(dev);
	waiter_destroy(&dev->waiter);
	queue_free(dev->queue);
	ring_free(dev->ring);
	free(dev);
}

static int
device_check(const struct vfiomig *mig,
    const struct vfiomig_device_config *config)
{
	const uint32_t flags = VFIOMIG_DEVICE_HOLD_CONFIG |
	    VFIOMIG_DEVICE_NONBLOCK;

	if (config->size < offsetof(struct vfiomig_device_config,
	    config_load) || config->flags & ~flags ||
	    config->idstr == NULL || config->backend == NULL ||
	    config->idstr[0] == '\0' ||
	    strnlen(config->idstr, WIRE_IDSTR) >= WIRE_IDSTR)
		return -EINVAL;
	if (atomic_load_explicit(&mig->channels, relaxed) != 0)
		return -EBUSY;
	return 0;
}

static struct vfiomig_device *
device_new(struct vfiomig *mig, const struct vfiomig_device_config *config)
{
	struct vfiomig_device *dev;

	dev = aligned_alloc(64, (sizeof *dev + 63) / 64 * 64);
	if (dev == NULL)
		return NULL;
	memset(dev, 0, sizeof *dev);
	dev->mig = mig;
	dev->waiter.fd = -1;		/* not yet; device_free may come first */
	dev->number = (int)atomic_load_explicit(&mig->devices, relaxed);
	dev->flags = config->flags;
	dev->instance_id = config->instance_id;
	strcpy(dev->idstr, config->idstr);
	dev->config_load = config->config_load;
	dev->config_save = config->config_save;
	dev->opaque = config->opaque;
	dev->waiter.fd = -1;
	dev->held.fd = -1;
	dev->host.size = sizeof dev->host;
	dev->host.log = host_log;
	dev->host.cancelled = host_cancelled;
	return dev;
}

/* The ring or the queue, the memory set aside, and the waiters. */
static int
device_equip(struct vfiomig_device *dev)
{
	struct vfiomig *mig = dev->mig;
	int r;

	if (mig->direction == VFIOMIG_INCOMING)
		dev->ring = ring_new(mig->window, 0);
	else
		dev->queue = queue_new();
	if (dev->ring == NULL && dev->queue == NULL)
		return -ENOMEM;
	r = waiter_init(&dev->waiter, dev->flags & VFIOMIG_DEVICE_NONBLOCK);
	if (r < 0)
		return r;
	waiter_init(&dev->held, false);
	dev->held.fd = dev->waiter.fd;
	return 0;
}

API int
vfiomig_device_add(struct vfiomig *mig,
    const struct vfiomig_device_config *given, struct vfiomig_device **device)
{
	struct vfiomig_device_config config = { 0 };
	struct vfiomig_device *dev;
	_Atomic(struct vfiomig_device *) *bucket;
	int r;

	if (mig == NULL || given == NULL || device == NULL)
		return -EINVAL;
	memcpy(&config, given, given->size < sizeof config ? given->size :
	    sizeof config);
	r = device_check(mig, &config);
	if (r == 0)
		r = failed(mig);
	if (r < 0)
		return r;
	if (vfiomig_device_find(mig, config.idstr, config.instance_id))
		return -EEXIST;
	dev = device_new(mig, &config);
	if (dev == NULL)
		return -ENOMEM;
	dev->backend = backend_find(config.backend);
	r = dev->backend == NULL ? -ENOENT :
	    (uint32_t)dev->number >= mig->devices_max ? -ENOBUFS :
	    device_open(dev, config.params);
	if (r < 0) {
		free(dev);
		return r;
	}
	r = device_equip(dev);
	if (r == 0 && !pool_set_aside(mig->pool, &dev->aside))
		r = -ENOBUFS;
	if (r < 0) {
		device_free(dev);
		return r;
	}
	admission_device_add(&mig->admission);
	mig->device[dev->number] = dev;
	bucket = device_bucket(mig, dev->idstr, dev->instance_id);
	dev->chain = atomic_load_explicit(bucket, relaxed);
	atomic_store_explicit(bucket, dev, TABLE_T1);
	atomic_exchange_explicit(&mig->devices, (uint32_t)dev->number + 1,
	    TABLE_T);
	say(mig, VFIOMIG_LOG_INFO, "device added: device=\"%s\", "
	    "instance=%u, backend=%s, can=0x%x", dev->idstr,
	    dev->instance_id, dev->backend->name, dev->can);
	*device = dev;
	return 0;
}

bool
device_is(const struct vfiomig_device *dev, const char *idstr,
    uint32_t instance_id)
{
	return dev->instance_id == instance_id &&
	    strcmp(dev->idstr, idstr) == 0;
}

API struct vfiomig_device *
vfiomig_device_find(struct vfiomig *mig, const char *idstr,
    uint32_t instance_id)
{
	struct vfiomig_device *dev;

	if (mig == NULL || idstr == NULL)
		return NULL;
	for (dev = atomic_load_explicit(device_bucket(mig, idstr, instance_id),
	    TABLE_T2); dev != NULL; dev = dev->chain)
		if (device_is(dev, idstr, instance_id))
			return dev;
	return NULL;
}

API int
vfiomig_device_event_fd(struct vfiomig_device *dev)
{
	return dev == NULL || dev->waiter.fd < 0 ? -EINVAL : dev->waiter.fd;
}

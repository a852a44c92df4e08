/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * drain.c - from a ring into a device
 *
 * Idea
 *
 *   As long as the next packets are there they are loaded, small ones many at
 *   a time; when the next one is not, the drain marks its slot, arms its
 *   waiter and is taken off the running, so that only that packet's arrival
 *   wakes it.  The config packet ends the loop: its state goes to the VMM,
 *   and the device from RESUMING to STOP.
 *
 * Invariants
 *
 *   I1  Bytes go to the device in idx order, each once.
 *   I2  Nothing goes to the device after a failed write.
 *   I3  complete is set last, and only when config and STOP succeeded.
 */
#include <string.h>

#include "internal.h"

/* ---- into the device ---- */

static int
load_failed(struct vfiomig_device *dev, const char *what, uint64_t idx,
    int code)
{
	return fail(dev->mig, code, "device %s: device=\"%s\", instance=%u, "
	    "idx=%llu, loaded=%llu, error=%d", what, dev->idstr,
	    dev->instance_id, (unsigned long long)idx,
	    (unsigned long long)counted(&dev->bytes_done), code);
}

/*
 * Write all @left bytes, however short the device takes them.  0 or the
 * migration's failure; @idx names the first packet in the words.
 */
static int
load_write(struct vfiomig_device *dev, struct iovec *iov, int n, uint64_t idx,
    size_t left)
{
	const struct vfiomig_backend *ops = &dev->backend->ops;
	ssize_t r;

	n = iov_skip(&iov, n, 0);
	while (n > 0) {
		r = failed(dev->mig);
		if (r < 0)
			return (int)r;
		dev->loading = true;
		device_lock(dev);
		if (n > 1)
			r = ops->writev(dev->handle, iov, n);
		else
			r = ops->write(dev->handle, iov->iov_base,
			    iov->iov_len);
		device_unlock(dev);
		if (r == -EINTR)
			continue;
		if (r < 0)
			return load_failed(dev, "failed to load", idx, (int)r);
		if (r == 0)
			return load_failed(dev, "takes no more", idx, -EIO);
		if ((size_t)r > left)
			return load_failed(dev, "says it took more than it "
			    "was given", idx, -EIO);
		left -= (size_t)r;
		count_own(&dev->bytes_done, (uint64_t)r);
		n = iov_skip(&iov, n, (size_t)r);
	}
	return 0;
}

/* The same, with the time it took and its traces. */
static int
load_timed(struct vfiomig_device *dev, struct iovec *iov, int n, uint64_t idx,
    size_t size)
{
	uint64_t start = now_ns();
	int r;

	trace(dev->mig, VFIOMIG_TRACE_LOAD_START, NULL, dev, (uint32_t)idx,
	    size);
	r = load_write(dev, iov, n, idx, size);
	trace(dev->mig, VFIOMIG_TRACE_LOAD_END, NULL, dev, (uint32_t)idx,
	    size);
	count_own(&dev->backend_ns, now_ns() - start);
	return r;
}

/* RESUMING, once, before the first byte. */
static int
load_begin(struct vfiomig_device *dev)
{
	int r;

	if (atomic_load_explicit(&dev->state, relaxed) ==
	    VFIOMIG_STATE_RESUMING)
		return 0;
	r = device_set_state(dev, VFIOMIG_STATE_RESUMING);
	if (r < 0)
		return load_failed(dev, "refuses RESUMING", 0, r);
	return 0;
}

/* ---- packets ---- */

/* The data of a packet that was peeked. */
static struct iovec
buffer_data(const struct pool *pool, uint32_t handle)
{
	uint32_t block = HANDLE_BLOCK(handle);
	struct iovec data = { 0 };

	if (block != POOL_NONE) {
		data.iov_base = pool_data(pool, block);
		data.iov_len = pool_size(pool, block);
	}
	return data;
}

/*
 * Take the data packets that are there, in order, as one write's worth: the
 * window has moved on afterwards, the memory is still ours.  Their number.
 */
static int
batch_take(struct vfiomig_device *dev, uint32_t *batch, struct iovec *iov,
    size_t *size)
{
	int most = dev->backend->ops.writev != NULL ? LOAD_BATCH : 1;
	struct pool *pool = dev->mig->pool;
	uint32_t handle;
	int n;

	*size = 0;
	for (n = 0; n < most; n++) {
		if (!ring_peek(dev->ring, (uint32_t)n, &handle) ||
		    HANDLE_CONFIG(handle))
			break;
		iov[n] = buffer_data(pool, handle);
		if (n > 0 && *size + iov[n].iov_len > LOAD_BYTES)
			break;
		batch[n] = HANDLE_BLOCK(handle);
		*size += iov[n].iov_len;
	}
	if (n > 0)
		ring_advance(dev->ring, (uint32_t)n);
	return n;
}

/* Give the memory back; wake who waits for it. */
static void
batch_give(struct vfiomig_device *dev, const uint32_t *batch, int n)
{
	bool parked = false;
	int k;

	for (k = 0; k < n; k++)
		parked |= buffer_give(dev, batch[k]);
	if (parked)
		parked_wake(dev->mig, false);
}

/* Load what is there.  The number of packets, or the failure. */
static int
drain_batch(struct vfiomig_device *dev)
{
	uint32_t batch[LOAD_BATCH];
	struct iovec iov[LOAD_BATCH];
	uint64_t idx = ring_next(dev->ring);
	size_t size;
	int n, r;

	n = batch_take(dev, batch, iov, &size);
	if (n == 0)
		return 0;
	r = size == 0 ? 0 : load_timed(dev, iov, n, idx, size);
	atomic_fetch_sub_explicit(&dev->queued, size, relaxed);
	if (r == 0)
		count_own(&dev->packets_done, (uint64_t)n);
	batch_give(dev, batch, n);
	return r < 0 ? r : n;
}

/* ---- the config state, and the end ---- */

/* Wait for the release of a held config.  0, -EAGAIN, or the failure. */
static int
config_wait(struct vfiomig_device *dev)
{
	struct vfiomig *mig = dev->mig;

	if (!(dev->flags & VFIOMIG_DEVICE_HOLD_CONFIG))
		return 0;
	while (!atomic_load_explicit(&dev->released, HELD_H2)) {
		waiter_arm(&dev->held);
		if (failed(mig) != 0)
			return failed(mig);
		if (atomic_load_explicit(&dev->released, HELD_H2))
			break;
		if (dev->flags & VFIOMIG_DEVICE_NONBLOCK)
			return -EAGAIN;
		waiter_sleep(&dev->held, 0);
	}
	waiter_disarm(&dev->held);
	return failed(mig);
}

API int
vfiomig_config_release(struct vfiomig_device *dev)
{
	if (dev == NULL)
		return -EINVAL;
	atomic_store_explicit(&dev->released, 1, HELD_H1);
	if (waiter_wake(&dev->held))
		waiter_signal(&dev->held);
	return failed(dev->mig);
}

/* Hand the config state to who wants it. */
static int
config_load(struct vfiomig_device *dev, const struct iovec *config,
    uint64_t idx)
{
	const void *data = config->iov_base != NULL ? config->iov_base : "";
	uint64_t start = now_ns();
	int r = 0;

	trace(dev->mig, VFIOMIG_TRACE_CONFIG_START, NULL, dev, (uint32_t)idx,
	    config->iov_len);
	if (dev->config_load != NULL) {
		r = dev->config_load(dev->opaque, data, config->iov_len);
	} else if (dev->backend->ops.config_load != NULL) {
		device_lock(dev);
		r = dev->backend->ops.config_load(dev->handle, data,
		    config->iov_len);
		device_unlock(dev);
	}
	trace(dev->mig, VFIOMIG_TRACE_CONFIG_END, NULL, dev, (uint32_t)idx,
	    config->iov_len);
	count_own(&dev->config_ns, now_ns() - start);
	return r < 0 ? r : 0;
}

/* The config packet is next: the last steps.  0 or the failure. */
static int
drain_finish(struct vfiomig_device *dev, uint32_t handle)
{
	struct vfiomig *mig = dev->mig;
	const struct iovec config = buffer_data(mig->pool, handle);
	uint64_t idx = ring_next(dev->ring);
	enum verdict verdict;
	int r;

	r = config_load(dev, &config, idx);
	if (r < 0)
		return load_failed(dev, "config state not accepted", idx, r);
	r = failed(mig);
	if (r < 0)
		return r;
	r = device_set_state(dev, VFIOMIG_STATE_STOP);
	if (r < 0)
		return load_failed(dev, "refuses what was loaded", idx, r);
	count_own(&dev->bytes_done, config.iov_len);
	count_own(&dev->packets_done, 1);
	count_own(&dev->config_bytes, config.iov_len);
	atomic_fetch_sub_explicit(&dev->queued, config.iov_len, relaxed);
	buffer_give(dev, HANDLE_BLOCK(handle));
	ring_advance(dev->ring, 1);
	atomic_store_explicit(&dev->complete, 1, COMPLETE_C1);
	parked_wake(mig, true);
	trace(mig, VFIOMIG_TRACE_DONE, NULL, dev, 0, 0);
	say(mig, VFIOMIG_LOG_INFO, "device complete: device=\"%s\", "
	    "packets=%llu, bytes=%llu", dev->idstr,
	    (unsigned long long)counted(&dev->packets_done),
	    (unsigned long long)counted(&dev->bytes_done));
	verdict = admission_device_stop(&mig->admission);
	if (verdict == STUCK)
		verdict_draw(mig, verdict);
	return failed(mig);
}

/* ---- waiting for the next packet ---- */

/* Awake again: close the books on this wait. */
static void
drain_feed(struct vfiomig_device *dev)
{
	dev->starving = false;
	wait_over(dev->mig, &dev->waiter);
	count_own(&dev->starved_ns, now_ns() - dev->since);
}

/* A nonblocking drain is called again. */
static void
drain_resume(struct vfiomig_device *dev)
{
	if (!dev->starving)
		return;
	admission_device_go(&dev->mig->admission);
	if (waiter_disarm(&dev->waiter))	/* who woke it has counted it */
		admission_device_stop(&dev->mig->admission);
	drain_feed(dev);
}

/*
 * Begin to wait for the next packet.  0: it is there after all; -EAGAIN: the
 * waiter is armed; or the failure.
 */
static int
drain_starve(struct vfiomig_device *dev)
{
	struct vfiomig *mig = dev->mig;
	uint64_t idx = ring_next(dev->ring);
	enum verdict verdict;

	waiter_arm(&dev->waiter);
	if (ring_wait(dev->ring)) {
		if (waiter_disarm(&dev->waiter))
			admission_device_stop(&mig->admission);
		return 0;
	}
	if (pool_flush(mig->pool))
		parked_wake(mig, true);
	dev->starving = true;
	dev->since = now_ns();
	count_own(&dev->starved, 1);
	trace(mig, VFIOMIG_TRACE_STARVED, NULL, dev, (uint32_t)idx, 0);
	verdict = admission_device_stop(&mig->admission);
	if (verdict == GO_ON || !ring_ready(dev->ring))
		verdict_draw(mig, verdict);
	/* else it came before the end did */
	return failed(mig) ? failed(mig) : -EAGAIN;
}

/* Wait for the next packet.  0: look again; -EAGAIN; or the failure. */
static int
drain_wait(struct vfiomig_device *dev)
{
	int r = drain_starve(dev);

	if (r != -EAGAIN || dev->flags & VFIOMIG_DEVICE_NONBLOCK)
		return r;
	r = migration_sleep(dev->mig, &dev->waiter, dev->idstr);
	drain_feed(dev);
	return r;
}

static int
drain_run(struct vfiomig_device *dev)
{
	uint32_t next;
	int r;

	drain_resume(dev);
	r = load_begin(dev);
	while (r >= 0) {
		r = failed(dev->mig);
		if (r < 0)
			break;
		r = drain_batch(dev);
		if (r != 0)
			continue;
		if (!ring_peek(dev->ring, 0, &next)) {
			r = drain_wait(dev);
			continue;
		}
		if (!HANDLE_CONFIG(next))
			continue;
		parked_wake(dev->mig, true);
		r = config_wait(dev);
		return r < 0 ? r : drain_finish(dev, next);
	}
	return r;
}

API int
vfiomig_buffer_drain(struct vfiomig_device *dev)
{
	int r;

	if (dev == NULL || dev->mig->direction != VFIOMIG_INCOMING)
		return -EINVAL;
	r = failed(dev->mig);
	if (r < 0)
		return r;
	if (!device_enter(dev, ROLE_LOAD))
		return -EBUSY;
	if (!atomic_load_explicit(&dev->complete, relaxed))
		r = drain_run(dev);
	device_leave(dev);
	return r;
}

API int
vfiomig_state_load(struct vfiomig_device *dev, const void *data, size_t size)
{
	struct iovec iov = {
		.iov_base = (void *)(uintptr_t)data,
		.iov_len = size
	};
	uint64_t before;
	int r;

	if (dev == NULL || (data == NULL && size != 0) ||
	    dev->mig->direction != VFIOMIG_INCOMING)
		return -EINVAL;
	r = failed(dev->mig);
	if (r < 0)
		return r;
	if (!device_enter(dev, ROLE_LOAD))
		return -EBUSY;
	before = counted(&dev->bytes_done);
	if (ring_next(dev->ring) != 0)
		r = -EBUSY;
	else
		r = load_begin(dev);
	if (r == 0 && size != 0)
		r = load_timed(dev, &iov, 1, 0, size);
	count_own(&dev->state_bytes, counted(&dev->bytes_done) - before);
	device_leave(dev);
	return r;
}

API int
vfiomig_initial_set(struct vfiomig_device *dev, uint64_t bytes)
{
	if (dev == NULL)
		return -EINVAL;
	atomic_store_explicit(&dev->initial, bytes < UINT64_MAX ? bytes + 1 :
	    bytes, relaxed);
	return 0;
}

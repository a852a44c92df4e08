/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fill.c - from a device into its line of packets
 *
 * Idea
 *
 *   The mirror of drain.c.  Data is read straight into a block of the pool
 *   and put in line; in STOP_COPY one read is one packet, as in QEMU.  The
 *   config packet, which makes the stream whole
 *   at the other end, is put in line last: after the device gave all its
 *   data, the VMM its config state, and the device went to STOP.  So a
 *   source that fails anywhere has not sent a stream that looks complete.
 *
 *   A fill that lacks memory waits for a channel to give some back.  All of
 *   its state is in the device, so that a nonblocking one goes on where it
 *   was.
 */
#include "internal.h"

static int
save_failed(struct vfiomig_device *dev, const char *what, int code)
{
	return fail(dev->mig, code, "device %s: device=\"%s\", instance=%u, "
	    "idx=%u, error=%d", what, dev->idstr, dev->instance_id,
	    dev->fill.idx, code);
}

/* ---- memory ---- */

/* Wait for a block.  0: dev->fill has one; -EAGAIN; or the failure. */
static int
fill_block(struct vfiomig_device *dev)
{
	struct vfiomig *mig = dev->mig;
	int r;

	while (!dev->fill.has && !outgoing_block(dev, &dev->fill.block)) {
		outgoing_stop(dev);
		waiter_arm(&dev->waiter);
		pool_park(mig->pool);
		r = failed(mig);
		dev->fill.has = r == 0 &&
		    outgoing_block(dev, &dev->fill.block);
		if (r == 0 && !dev->fill.has) {
			count_own(&dev->starved, 1);
			dev->since = now_ns();
			if (dev->flags & VFIOMIG_DEVICE_NONBLOCK) {
				dev->starving = true;
				return -EAGAIN;
			}
			waiter_sleep(&dev->waiter, 0);
			count_own(&dev->starved_ns, now_ns() - dev->since);
		}
		waiter_disarm(&dev->waiter);
		pool_unpark(mig->pool);
		if (failed(mig) != 0)
			return failed(mig);
		if (dev->fill.has)
			break;
	}
	dev->fill.has = true;
	return 0;
}

/* A nonblocking fill is called again. */
static void
fill_resume(struct vfiomig_device *dev)
{
	if (!dev->starving)
		return;
	dev->starving = false;
	waiter_disarm(&dev->waiter);
	wait_over(dev->mig, &dev->waiter);
	pool_unpark(dev->mig->pool);
	count_own(&dev->starved_ns, now_ns() - dev->since);
}

/* Put what is in the block in line. */
static void
fill_put(struct vfiomig_device *dev, uint32_t flags)
{
	const struct entry entry = {
		.block = outgoing_shrink(dev, dev->fill.block,
		    dev->fill.size),
		.size = dev->fill.size,
		.idx = dev->fill.idx++,
		.flags = flags
	};

	dev->fill.has = false;
	dev->fill.size = 0;
	outgoing_put(dev, &entry);
}

/* A fill that gives up gives its block back. */
static void
fill_drop(struct vfiomig_device *dev)
{
	if (dev->fill.has)
		outgoing_give(dev, dev->fill.block);
	dev->fill.has = false;
}

/* ---- the device's data ---- */

/* One read.  >0 bytes, 0: no more, or nothing now; or the failure. */
static ssize_t
fill_read(struct vfiomig_device *dev, void *data, size_t size)
{
	const struct vfiomig_backend *ops = &dev->backend->ops;
	bool now_empty = atomic_load_explicit(&dev->state, relaxed) !=
	    VFIOMIG_STATE_STOP_COPY;
	uint64_t start = now_ns();
	ssize_t r;

	trace(dev->mig, VFIOMIG_TRACE_SAVE_START, NULL, dev, dev->fill.idx,
	    size);
	do {
		r = failed(dev->mig);
		if (r < 0)
			return r;
		device_lock(dev);
		r = ops->read(dev->handle, data, size);
		device_unlock(dev);
	} while (r == -EINTR);
	count_own(&dev->backend_ns, now_ns() - start);
	trace(dev->mig, VFIOMIG_TRACE_SAVE_END, NULL, dev, dev->fill.idx,
	    r > 0 ? (uint64_t)r : 0);
	if (r == -ENOMSG && now_empty)
		return 0;
	if (r < 0 || (size_t)r > size)
		return save_failed(dev, "failed to save",
		    r < 0 ? (int)r : -EIO);
	return r;
}

/*
 * Read at most @limit bytes into packets, until there are no more.  In
 * STOP_COPY each read is a packet; pre-copy data, which may come in drops, is
 * gathered.  Adds to *@done.  0, -EAGAIN or the failure.
 */
static int
fill_data(struct vfiomig_device *dev, uint64_t limit, uint64_t *done)
{
	struct vfiomig *mig = dev->mig;
	bool gather = atomic_load_explicit(&dev->state, relaxed) !=
	    VFIOMIG_STATE_STOP_COPY;
	size_t room;
	ssize_t r = 1;

	while (r > 0 && *done < limit) {
		r = fill_block(dev);
		if (r < 0)
			return (int)r;
		room = mig->packet_max - dev->fill.size;
		if (room > limit - *done)
			room = (size_t)(limit - *done);
		r = fill_read(dev, (char *)pool_data(mig->pool,
		    dev->fill.block) + dev->fill.size, room);
		if (r < 0)
			return (int)r;
		*done += (uint64_t)r;
		dev->fill.size += (uint32_t)r;
		if (dev->fill.size == mig->packet_max || (r > 0 && !gather))
			fill_put(dev, 0);
	}
	if (dev->fill.size != 0)
		fill_put(dev, 0);
	return 0;
}

/* ---- the phases ---- */

/* The config state into a block.  0, -EAGAIN or the failure. */
static int
fill_config(struct vfiomig_device *dev)
{
	struct vfiomig *mig = dev->mig;
	const struct vfiomig_backend *ops = &dev->backend->ops;
	uint64_t start;
	ssize_t r;
	void *data;

	r = fill_block(dev);
	if (r < 0)
		return (int)r;
	data = pool_data(mig->pool, dev->fill.block);
	start = now_ns();
	trace(mig, VFIOMIG_TRACE_CONFIG_START, NULL, dev, dev->fill.idx, 0);
	if (dev->config_save != NULL) {
		r = dev->config_save(dev->opaque, data, mig->packet_max);
	} else if (ops->config_save != NULL) {
		device_lock(dev);
		r = ops->config_save(dev->handle, data, mig->packet_max);
		device_unlock(dev);
	}
	count_own(&dev->config_ns, now_ns() - start);
	trace(mig, VFIOMIG_TRACE_CONFIG_END, NULL, dev, dev->fill.idx,
	    r > 0 ? (uint64_t)r : 0);
	if (r > (ssize_t)mig->packet_max)
		r = -EMSGSIZE;
	if (r < 0)
		return save_failed(dev, "has no config state", (int)r);
	dev->fill.size = (uint32_t)r;
	count_own(&dev->config_bytes, (uint64_t)r);
	return 0;
}

/* Into STOP_COPY, once. */
static int
fill_begin(struct vfiomig_device *dev)
{
	int r;

	if (atomic_load_explicit(&dev->state, relaxed) ==
	    VFIOMIG_STATE_STOP_COPY)
		return 0;
	r = device_set_state(dev, VFIOMIG_STATE_STOP_COPY);
	return r < 0 ? save_failed(dev, "refuses STOP_COPY", r) : 0;
}

static int
fill_run(struct vfiomig_device *dev)
{
	uint64_t done = 0;
	int r;

	fill_resume(dev);
	r = fill_begin(dev);
	if (r == 0)
		r = fill_data(dev, UINT64_MAX, &done);
	if (r == 0)
		r = fill_config(dev);
	if (r < 0)
		return r;
	r = device_set_state(dev, VFIOMIG_STATE_STOP);
	if (r < 0)
		return save_failed(dev, "refuses STOP", r);
	atomic_store_explicit(&dev->complete, 1, COMPLETE_C1);
	fill_put(dev, WIRE_STATE_CONFIG);
	atomic_fetch_add_explicit(&dev->mig->filled, 1, relaxed);
	trace(dev->mig, VFIOMIG_TRACE_DONE, NULL, dev, 0, 0);
	say(dev->mig, VFIOMIG_LOG_INFO, "device read: device=\"%s\", "
	    "packets=%llu", dev->idstr,
	    (unsigned long long)counted(&dev->packets));
	return 0;
}

/* ---- calls ---- */

static int
fill_enter(struct vfiomig_device *dev)
{
	int r;

	if (dev == NULL || dev->mig->direction != VFIOMIG_OUTGOING)
		return -EINVAL;
	r = failed(dev->mig);
	if (r < 0)
		return r;
	return device_enter(dev, ROLE_SAVE) ? 0 : -EBUSY;
}

static void
fill_leave(struct vfiomig_device *dev, int r)
{
	if (r < 0 && r != -EAGAIN)
		fill_drop(dev);
	device_leave(dev);
}

API int
vfiomig_buffer_fill(struct vfiomig_device *dev)
{
	int r = fill_enter(dev);

	if (r < 0)
		return r;
	if (!dev->mig->quiesced)
		r = -EBUSY;
	else if (!atomic_load_explicit(&dev->complete, relaxed))
		r = fill_run(dev);
	fill_leave(dev, r);
	return r;
}

/* Between vfiomig_precopy() and vfiomig_quiesce(); @can: in PRE_COPY. */
static int
precopy_check(struct vfiomig_device *dev, bool *can)
{
	if (!dev->mig->precopy || dev->mig->quiesced)
		return -EBUSY;
	*can = dev->can & VFIOMIG_CAN_PRE_COPY;
	return 0;
}

API ssize_t
vfiomig_buffer_prefill(struct vfiomig_device *dev, size_t limit)
{
	uint64_t done = 0;
	bool can = false;
	int r = fill_enter(dev);

	if (r < 0)
		return r;
	fill_resume(dev);
	r = precopy_check(dev, &can);
	if (r == 0 && can)
		r = fill_data(dev, limit, &done);
	fill_drop(dev);
	fill_leave(dev, r);
	return r == 0 || (r == -EAGAIN && done != 0) ? (ssize_t)done : r;
}

API ssize_t
vfiomig_state_save(struct vfiomig_device *dev, void *data, size_t size)
{
	bool can = false;
	ssize_t r = fill_enter(dev);

	if (r < 0)
		return r;
	r = data == NULL ? -EINVAL : precopy_check(dev, &can);
	if (r == 0 && dev->fill.idx != 0)
		r = -EBUSY;	/* the stream's first bytes are packets */
	if (r == 0 && can)
		r = fill_read(dev, data, size);
	if (r > 0)
		count_own(&dev->state_bytes, (uint64_t)r);
	device_leave(dev);
	return r;
}

API int
vfiomig_pending(struct vfiomig_device *dev, struct vfiomig_pending *pending)
{
	struct vfiomig_pending p = { .size = sizeof p };
	int r;

	if (dev == NULL || pending == NULL || pending->size < sizeof p)
		return -EINVAL;
	if (!device_enter(dev, ROLE_OTHER))
		return -EBUSY;
	r = 0;
	if (dev->backend->ops.pending != NULL) {
		device_lock(dev);
		r = dev->backend->ops.pending(dev->handle, &p);
		device_unlock(dev);
	}
	device_leave(dev);
	if (r == 0) {
		p.size = pending->size;
		*pending = p;
	}
	return r;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dirty.c - the device's record of the memory it writes
 *
 * These run beside a drain or a fill, so a backend that bears one call a
 * device only makes them -EBUSY then.
 */
#include "internal.h"

/* Take the device, unless its backend bears calls beside each other. */
static int
dirty_enter(struct vfiomig_device *dev)
{
	if (dev->backend->ops.threads != VFIOMIG_THREADS_ANY &&
	    !device_enter(dev, ROLE_OTHER))
		return -EBUSY;
	device_lock(dev);
	return 0;
}

static void
dirty_leave(struct vfiomig_device *dev)
{
	device_unlock(dev);
	if (dev->backend->ops.threads != VFIOMIG_THREADS_ANY)
		device_leave(dev);
}

static bool
page_size_valid(uint64_t page_size)
{
	return page_size != 0 && (page_size & (page_size - 1)) == 0;
}

API int
vfiomig_dirty_start(struct vfiomig_device *dev,
    const struct vfiomig_range *ranges, uint32_t n, uint64_t *page_size)
{
	int r;

	if (dev == NULL || ranges == NULL || n == 0 || page_size == NULL ||
	    !page_size_valid(*page_size))
		return -EINVAL;
	if (dev->backend->ops.dirty_start == NULL)
		return -EOPNOTSUPP;
	r = dirty_enter(dev);
	if (r < 0)
		return r;
	r = dev->backend->ops.dirty_start(dev->handle, ranges, n, page_size);
	dirty_leave(dev);
	return r;
}

API int
vfiomig_dirty_report(struct vfiomig_device *dev, uint64_t iova,
    uint64_t length, uint64_t page_size, uint64_t *bitmap)
{
	int r;

	if (dev == NULL || bitmap == NULL || !page_size_valid(page_size))
		return -EINVAL;
	if (dev->backend->ops.dirty_report == NULL)
		return -EOPNOTSUPP;
	r = dirty_enter(dev);
	if (r < 0)
		return r;
	r = dev->backend->ops.dirty_report(dev->handle, iova, length,
	    page_size, bitmap);
	dirty_leave(dev);
	return r;
}

API int
vfiomig_dirty_stop(struct vfiomig_device *dev)
{
	int r;

	if (dev == NULL)
		return -EINVAL;
	if (dev->backend->ops.dirty_stop == NULL)
		return -EOPNOTSUPP;
	r = dirty_enter(dev);
	if (r < 0)
		return r;
	r = dev->backend->ops.dirty_stop(dev->handle);
	dirty_leave(dev);
	return r;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dirty.c - the memory a kernel VFIO device wrote to
 *
 * Idea: two sources behind the same three calls.  Some devices keep a log of
 * their DMA; where one does not, the IOMMU's page tables have dirty bits, in a
 * page table object of the VMM's iommufd that it names to us.
 *
 * The kernel only sets bits in a bitmap and clears its own record as it
 * reports.  After an error the record is lost.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "../say.h"
#include "device.h"
#include "feature.h"
#include "sys.h"
#include "uapi.h"

_Static_assert(sizeof(struct vfiomig_range) ==
    sizeof(struct uapi_logging_range) &&
    offsetof(struct vfiomig_range, length) ==
    offsetof(struct uapi_logging_range, length),
    "the caller's ranges are handed to the kernel as they are");

static uint64_t
pointer_bits(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

/* *@dirty: how this device's dirty pages are had.  0, or from the kernel. */
int
vfio_dirty_probe(struct vfio_device *device)
{
	enum vfio_dirty wanted = device->params.dirty;
	int found;

	device->dirty = VFIO_DIRTY_OFF;
	if (wanted == VFIO_DIRTY_OFF)
		return 0;
	if (wanted == VFIO_DIRTY_IOMMU) {
		device->dirty = VFIO_DIRTY_IOMMU;
		return 0;
	}
	found = feature_probe(device->fd, UAPI_FEATURE_SET,
	    UAPI_FEATURE_DMA_LOGGING_START);
	if (found > 0)
		found = feature_probe(device->fd, UAPI_FEATURE_GET,
		    UAPI_FEATURE_DMA_LOGGING_REPORT);
	if (found > 0)
		device->dirty = VFIO_DIRTY_DEVICE;
	else if (found == 0 && device->params.iommufd >= 0)
		device->dirty = VFIO_DIRTY_IOMMU;
	return found < 0 ? found : 0;
}

static int
hwpt_tracking(struct vfio_device *device, uint32_t flags)
{
	struct uapi_hwpt_set_dirty_tracking call;
	int error;

	memset(&call, 0, sizeof call);
	call.size = sizeof call;
	call.flags = flags;
	call.hwpt_id = (uint32_t)device->params.hwpt;
	error = vfio_sys_ioctl(device->params.iommufd,
	    UAPI_HWPT_SET_DIRTY_TRACKING, &call);
	return error != -EINVAL && feature_absent(error) ? -EOPNOTSUPP : error;
}

static int
hwpt_report(struct vfio_device *device, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap)
{
	struct uapi_hwpt_get_dirty_bitmap call;

	memset(&call, 0, sizeof call);
	call.size = sizeof call;
	call.hwpt_id = (uint32_t)device->params.hwpt;
	call.iova = iova;
	call.length = length;
	call.page_size = page_size;
	call.data = pointer_bits(bitmap);
	return vfio_sys_ioctl(device->params.iommufd,
	    UAPI_HWPT_GET_DIRTY_BITMAP, &call);
}

/* The IOMMU's record has no ranges: it is of all that the object maps. */
int
vfio_dirty_start(void *opaque, const struct vfiomig_range *ranges,
    uint32_t count, uint64_t *page_size)
{
	struct vfio_device *device = opaque;
	struct uapi_logging_control call;
	int error;

	if (device->dirty == VFIO_DIRTY_OFF)
		return -EOPNOTSUPP;
	if (count == 0 || ranges == NULL)
		return -EINVAL;
	if (device->dirty == VFIO_DIRTY_IOMMU)
		return hwpt_tracking(device, UAPI_HWPT_DIRTY_TRACKING_ENABLE);
	memset(&call, 0, sizeof call);
	call.page_size = *page_size;
	call.num_ranges = count;
	call.ranges = pointer_bits(ranges);
	error = feature_call(device->fd, UAPI_FEATURE_SET,
	    UAPI_FEATURE_DMA_LOGGING_START, &call, sizeof call);
	if (error < 0)
		return say_error(device->host, error, "vfio: DMA log did not "
		    "start: ranges=%u, errno=%d", count, -error);
	*page_size = call.page_size;
	return 0;
}

int
vfio_dirty_report(void *opaque, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap)
{
	struct vfio_device *device = opaque;
	struct uapi_logging_report call;
	int error;

	if (device->dirty == VFIO_DIRTY_OFF)
		return -EOPNOTSUPP;
	if (device->dirty == VFIO_DIRTY_IOMMU) {
		error = hwpt_report(device, iova, length, page_size, bitmap);
	} else {
		memset(&call, 0, sizeof call);
		call.iova = iova;
		call.length = length;
		call.page_size = page_size;
		call.bitmap = pointer_bits(bitmap);
		error = feature_call(device->fd, UAPI_FEATURE_GET,
		    UAPI_FEATURE_DMA_LOGGING_REPORT, &call, sizeof call);
	}
	if (error < 0)
		return say_error(device->host, error, "vfio: dirty pages are "
		    "lost, take all as dirty: errno=%d", -error);
	return 0;
}

int
vfio_dirty_stop(void *opaque)
{
	struct vfio_device *device = opaque;

	if (device->dirty == VFIO_DIRTY_OFF)
		return -EOPNOTSUPP;
	if (device->dirty == VFIO_DIRTY_IOMMU)
		return hwpt_tracking(device, 0);
	return feature_call(device->fd, UAPI_FEATURE_SET,
	    UAPI_FEATURE_DMA_LOGGING_STOP, NULL, 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kernel.c - a kernel for the vfio backend's tests
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "../../plugins/states.h"
#include "../../plugins/vfio/sys.h"
#include "../../plugins/vfio/uapi.h"
#include "kernel.h"

struct kernel kernel;

void
kernel_boot(uint64_t flags, size_t size, size_t precopy)
{
	size_t i;

	memset(&kernel, 0, sizeof kernel);
	kernel.flags = flags;
	kernel.state = kernel.reset_lands = VFIOMIG_STATE_RUNNING;
	kernel.data_fd = kernel.old_fd = -1;
	kernel.data_size = size;
	kernel.save_size = size;
	kernel.precopy_size = precopy;
	for (i = 0; i < size; i++)
		kernel.save[i] = (unsigned char)(i * 131 + (i >> 8));
}

static int
in_session(uint32_t state)
{
	return states_saving(state) || states_loading(state);
}

static void
step(uint32_t to)
{
	if (states_saving(to) && !states_saving(kernel.state))
		kernel.read_at = 0;
	if (states_loading(to) && !states_loading(kernel.state))
		kernel.loaded = 0;
	kernel.state = to;
}

/* Walk to call->device_state as Linux does. */
static int
move(struct uapi_mig_state *call)
{
	uint32_t to = call->device_state, from = kernel.state;
	int next;

	call->data_fd = -1;
	kernel.sets++;
	ck_assert_msg(states_next((uint32_t)kernel.flags & 7, from, to) >= 0,
	    "asked for a way that is not there: %u to %u", from, to);
	while (kernel.state != to) {
		if (kernel.move_error != 0 && (kernel.move_until == 0 ||
		    kernel.move_until == kernel.state)) {
			int error = kernel.move_error;

			kernel.move_error = 0;
			if (kernel.lose_fd)
				step(to);
			return error;
		}
		next = states_next((uint32_t)kernel.flags & 7, kernel.state,
		    to);
		step((uint32_t)next);
	}
	if (in_session(to) && !(states_saving(from) && states_saving(to)) &&
	    from != to && !kernel.no_fd) {
		ck_assert_int_eq(kernel.old_fd, -1);
		kernel.old_fd = kernel.data_fd;
		call->data_fd = kernel.data_fd = KERNEL_DATA + kernel.sets;
	}
	return 0;
}

static int
feature(struct uapi_feature *call)
{
	uint32_t number = call->flags & 0xffff;
	int set = (call->flags & UAPI_FEATURE_SET) != 0;
	union {
		struct uapi_mig_state state;
		struct uapi_logging_control log;
		struct uapi_logging_report report;
		uint64_t number;
	} *data = (void *)(call + 1);

	ck_assert_uint_ge(call->argsz, sizeof *call);
	if (number >= KERNEL_FEATURES)
		return -ENOTTY;
	if (kernel.absent[number] != 0)
		return kernel.absent[number];
	if (call->flags & UAPI_FEATURE_PROBE)
		return 0;
	switch (number) {
	case UAPI_FEATURE_MIGRATION:
		data->number = kernel.flags;
		return 0;
	case UAPI_FEATURE_MIG_DEVICE_STATE:
		if (set)
			return move(&data->state);
		kernel.gets++;
		data->state.device_state = kernel.state;
		return 0;
	case UAPI_FEATURE_MIG_DATA_SIZE:
		data->number = kernel.data_size;
		return 0;
	case UAPI_FEATURE_PRECOPY_INFO_V2:
		kernel.infov2 = 1;
		return 0;
	case UAPI_FEATURE_DMA_LOGGING_START:
		if (kernel.dirty_error != 0)
			return kernel.dirty_error;
		kernel.ranges = data->log.num_ranges;
		kernel.page_size = data->log.page_size;
		data->log.page_size = 8192;
		return 0;
	case UAPI_FEATURE_DMA_LOGGING_REPORT:
		if (kernel.dirty_error != 0)
			return kernel.dirty_error;
		kernel.reported = data->report.iova;
		*(uint64_t *)(uintptr_t)data->report.bitmap |= 5;
		return 0;
	case UAPI_FEATURE_DMA_LOGGING_STOP:
		kernel.page_size = 0;
		return 0;
	default:
		return -ENOTTY;
	}
}

static int
reset(void)
{
	kernel.resets++;
	if (kernel.reset_error != 0)
		return kernel.reset_error;
	step(kernel.reset_lands);
	return 0;
}

static int
precopy_info(struct uapi_precopy_info *info)
{
	ck_assert_uint_eq(info->argsz, sizeof *info);
	ck_assert_uint_eq(info->flags, 0);
	if (kernel.info_error != 0)
		return kernel.info_error;
	info->initial_bytes = kernel.initial;
	info->dirty_bytes = kernel.dirty;
	info->flags = kernel.info_flags;
	return 0;
}

static int
hwpt_report(struct uapi_hwpt_get_dirty_bitmap *call)
{
	ck_assert_uint_eq(call->size, sizeof *call);
	if (kernel.dirty_error != 0)
		return kernel.dirty_error;
	kernel.reported = call->iova;
	*(uint64_t *)(uintptr_t)call->data |= 9;
	return 0;
}

int
vfio_sys_ioctl(int fd, unsigned long request, void *argument)
{
	struct uapi_hwpt_set_dirty_tracking *hwpt = argument;

	if (request != UAPI_DEVICE_FEATURE && request != UAPI_DEVICE_RESET)
		kernel.extras++;
	if (kernel.refused != 0 && request == kernel.refused)
		return kernel.refused_with;
	switch (request) {
	case UAPI_GET_API_VERSION:
	case UAPI_GROUP_SET_CONTAINER:
	case UAPI_SET_IOMMU:
		return 0;
	case UAPI_GROUP_GET_STATUS:
		((struct uapi_group_status *)argument)->flags =
		    kernel.group_error ? 0 : UAPI_GROUP_VIABLE;
		return 0;
	case UAPI_GROUP_GET_DEVICE_FD:
		ck_assert_int_eq(fd, KERNEL_GROUP);
		kernel.device_open = 1;
		kernel.opens++;
		kernel.state = VFIOMIG_STATE_RUNNING;
		return KERNEL_DEVICE;
	case UAPI_DEVICE_BIND_IOMMUFD:
		return kernel.bind_error;
	case UAPI_DEVICE_FEATURE:
		ck_assert_int_eq(fd, KERNEL_DEVICE);
		return feature(argument);
	case UAPI_DEVICE_RESET:
		return reset();
	case UAPI_MIG_GET_PRECOPY_INFO:
		ck_assert_int_eq(fd, kernel.data_fd);
		return precopy_info(argument);
	case UAPI_HWPT_SET_DIRTY_TRACKING:
		ck_assert_int_eq(fd, KERNEL_IOMMUFD);
		if (kernel.hwpt_error != 0)
			return kernel.hwpt_error;
		kernel.hwpt = hwpt->hwpt_id;
		kernel.hwpt_flags = hwpt->flags;
		return 0;
	case UAPI_HWPT_GET_DIRTY_BITMAP:
		return hwpt_report(argument);
	default:
		ck_abort_msg("unknown ioctl %#lx", request);
		return -ENOTTY;
	}
}

int
vfio_sys_open(const char *path)
{
	if (kernel.open_error != 0)
		return kernel.open_error;
	if (strcmp(path, "/dev/vfio/vfio") == 0)
		return KERNEL_CONTAINER;
	if (strcmp(path, "/dev/vfio/7") == 0)
		return KERNEL_GROUP;
	if (strcmp(path, "/dev/iommu") == 0)
		return KERNEL_IOMMUFD;
	if (strcmp(path, "/dev/vfio/devices/vfio0") == 0) {
		kernel.device_open = 1;
		kernel.opens++;
		return KERNEL_DEVICE;
	}
	return -ENOENT;
}

void
vfio_sys_close(int fd)
{
	if (fd >= KERNEL_DATA && fd == kernel.old_fd) {
		kernel.old_fd = -1;
	} else if (fd >= KERNEL_DATA) {
		ck_assert_int_eq(fd, kernel.data_fd);
		kernel.data_fd = -1;
	} else if (fd == KERNEL_DEVICE) {
		ck_assert(kernel.device_open);
		kernel.device_open = 0;
	}
}

ssize_t
vfio_sys_read(int fd, void *data, size_t size)
{
	size_t end = kernel.state == VFIOMIG_STATE_STOP_COPY ?
	    kernel.save_size : kernel.precopy_size;

	ck_assert_int_eq(fd, kernel.data_fd);
	if (kernel.read_error != 0)
		return kernel.read_error;
	if (size > end - kernel.read_at)
		size = end - kernel.read_at;
	memcpy(data, kernel.save + kernel.read_at, size);
	kernel.read_at += size;
	return (ssize_t)size;
}

ssize_t
vfio_sys_write(int fd, const void *data, size_t size)
{
	ck_assert_int_eq(fd, kernel.data_fd);
	ck_assert_uint_eq(kernel.state, VFIOMIG_STATE_RESUMING);
	if (kernel.write_error != 0 &&
	    kernel.loaded >= (size_t)kernel.write_after)
		return kernel.write_error == -ENODATA ? 0 :
		    kernel.write_error;
	if (kernel.write_short != 0 && size > (size_t)kernel.write_short)
		size = (size_t)kernel.write_short;
	if (kernel.writes++ == 0)
		kernel.first = size;
	if (size > kernel.longest)
		kernel.longest = size;
	memcpy(kernel.load + kernel.loaded, data, size);
	kernel.loaded += size;
	return (ssize_t)size;
}

ssize_t
vfio_sys_writev(int fd, const struct iovec *iov, int count)
{
	ssize_t n, total = 0;
	int i;

	for (i = 0; i < count; i++) {
		n = vfio_sys_write(fd, iov[i].iov_base, iov[i].iov_len);
		if (n < 0)
			return total > 0 ? total : n;
		total += n;
		if ((size_t)n < iov[i].iov_len)
			break;
	}
	return total;
}

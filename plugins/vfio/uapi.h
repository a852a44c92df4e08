/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uapi.h - the part of the kernel's VFIO and iommufd interface we speak
 *
 * Written anew in place of <linux/vfio.h>: the header of Linux 6.1 lacks half
 * of it, some of that as enumerators no preprocessor can ask for, and a number
 * of the kernel's interface never changes.
 */
#ifndef PLUGINS_VFIO_UAPI_H
#define PLUGINS_VFIO_UAPI_H

#include <stdint.h>

/* All of them are _IO(';', n): no size, no direction. */
#define UAPI(n)				(0x3b00 | (n))

/* Containers, groups and devices. */
#define UAPI_GET_API_VERSION		UAPI(100)
#define UAPI_SET_IOMMU			UAPI(102)
#define UAPI_GROUP_GET_STATUS		UAPI(103)
#define UAPI_GROUP_SET_CONTAINER	UAPI(104)
#define UAPI_GROUP_GET_DEVICE_FD	UAPI(106)
#define UAPI_DEVICE_RESET		UAPI(111)
#define UAPI_DEVICE_FEATURE		UAPI(117)
#define UAPI_DEVICE_BIND_IOMMUFD	UAPI(118)
#define UAPI_MIG_GET_PRECOPY_INFO	UAPI(121)

#define UAPI_API_VERSION		0
#define UAPI_TYPE1v2_IOMMU		3
#define UAPI_GROUP_VIABLE		(UINT32_C(1) << 0)

struct uapi_group_status {
	uint32_t argsz;
	uint32_t flags;
};

struct uapi_bind_iommufd {
	uint32_t argsz;
	uint32_t flags;
	int32_t iommufd;
	uint32_t out_devid;
};

/* The envelope of all features, and their numbers. */
struct uapi_feature {
	uint32_t argsz;
	uint32_t flags;
};

#define UAPI_FEATURE_GET		(UINT32_C(1) << 16)
#define UAPI_FEATURE_SET		(UINT32_C(1) << 17)
#define UAPI_FEATURE_PROBE		(UINT32_C(1) << 18)

#define UAPI_FEATURE_MIGRATION		1
#define UAPI_FEATURE_MIG_DEVICE_STATE	2
#define UAPI_FEATURE_DMA_LOGGING_START	6
#define UAPI_FEATURE_DMA_LOGGING_STOP	7
#define UAPI_FEATURE_DMA_LOGGING_REPORT	8
#define UAPI_FEATURE_MIG_DATA_SIZE	9
#define UAPI_FEATURE_PRECOPY_INFO_V2	12

struct uapi_mig_state {
	uint32_t device_state;
	int32_t data_fd;
};

struct uapi_logging_control {
	uint64_t page_size;
	uint32_t num_ranges;
	uint32_t reserved;
	uint64_t ranges;	/* of struct uapi_logging_range */
};

struct uapi_logging_range {
	uint64_t iova;
	uint64_t length;
};

struct uapi_logging_report {
	uint64_t iova;
	uint64_t length;
	uint64_t page_size;
	uint64_t bitmap;
};

struct uapi_precopy_info {
	uint32_t argsz;
	uint32_t flags;
	uint64_t initial_bytes;
	uint64_t dirty_bytes;
};

#define UAPI_PRECOPY_INFO_REINIT	(UINT32_C(1) << 0)

/* iommufd. */
#define UAPI_HWPT_SET_DIRTY_TRACKING	UAPI(0x8b)
#define UAPI_HWPT_GET_DIRTY_BITMAP	UAPI(0x8c)

struct uapi_hwpt_set_dirty_tracking {
	uint32_t size;
	uint32_t flags;
	uint32_t hwpt_id;
	uint32_t reserved;
};

#define UAPI_HWPT_DIRTY_TRACKING_ENABLE	(UINT32_C(1) << 0)

struct uapi_hwpt_get_dirty_bitmap {
	uint32_t size;
	uint32_t hwpt_id;
	uint32_t flags;
	uint32_t reserved;
	uint64_t iova;
	uint64_t length;
	uint64_t page_size;
	uint64_t data;
};

#endif

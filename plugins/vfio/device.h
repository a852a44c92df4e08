/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * device.h - one kernel VFIO device, as the backend's files share it
 *
 * Invariants
 *	data_fd is open exactly while the kernel has a saving or loading
 *	session that we were given the fd of; it is ours, and closed after the
 *	session has ended, not before.
 *	tainted is set by a load that went wrong and by a reply that was lost,
 *	and cleared by a reset only; a tainted device never comes to RUNNING.
 *	held counts the bytes in hold, which the device has not seen; it is 0
 *	outside of RESUMING.
 *
 * One thread at a time a device; cancelled alone is set from any thread.
 */
#ifndef PLUGINS_VFIO_DEVICE_H
#define PLUGINS_VFIO_DEVICE_H

#include <stdatomic.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "header.h"

#define VFIO_CHUNK_MAX	(UINT32_C(1) << 20)	/* bytes in one read or write */
#define VFIO_HOLD_MAX	4096			/* bytes of a small state */
#define VFIO_PATH_MAX	256

enum vfio_dirty {
	VFIO_DIRTY_OFF,
	VFIO_DIRTY_DEVICE,	/* the device's own log */
	VFIO_DIRTY_IOMMU	/* the page tables' dirty bits */
};

/* What open was asked for. */
struct vfio_params {
	int fd;				/* -1: open group or cdev */
	int reset;			/* start from a reset */
	int precopy, p2p, infov2, data_size;	/* 0: do not use it */
	int stopcopy;			/* nothing of pre-copy, no iommufd */
	int iommufd;			/* with hwpt: dirty pages; or -1 */
	uint64_t hwpt;
	uint64_t hold;			/* bytes of state written in one go */
	uint64_t cap;			/* bytes a stream's header may ask for */
	enum header_format check;
	enum vfio_dirty dirty;
	char group[VFIO_PATH_MAX];
	char name[VFIO_PATH_MAX];	/* of the device in the group */
	char cdev[VFIO_PATH_MAX];
};

struct vfio_device {
	const struct vfiomig_host *host;
	struct vfio_params params;
	int fd;				/* of the device */
	int container, group, iommufd;	/* ours, kept open beside fd, or -1 */
	uint32_t kernel_flags;		/* migration flags as the kernel said */
	uint32_t flags;			/* those of them that are used */
	int have_data_size, have_infov2;
	enum vfio_dirty dirty;		/* how dirty pages are had */
	uint32_t state;			/* as last known */
	int data_fd;
	int tainted;
	int reset_failed;
	_Atomic int cancelled;
	struct header_walk walk;
	uint32_t hold_limit;		/* 0: held bytes were written already */
	uint32_t held;
	unsigned char hold[VFIO_HOLD_MAX];
};

/* open.c: the fds of a device, and what it can do. */
int vfio_open(const struct vfiomig_host *host, const char *params,
    int incoming, void **device);
void vfio_close(void *device);
int vfio_query(void *device, uint32_t *can);

/*
 * node.c: open the device's fd as params say, or take the one handed over.
 * After an error nothing is open.  vfio_node_reopen: the same again, for a
 * device that cannot be reset; -EOPNOTSUPP for a fd that was handed over.
 */
int vfio_node_open(struct vfio_device *device);
void vfio_node_close(struct vfio_device *device);
int vfio_node_reopen(struct vfio_device *device);

/* params.c */
int vfio_params_read(const struct vfiomig_host *host, const char *text,
    struct vfio_params *params);

/* state.c.  vfio_session_end: forget the data fd and what was held. */
void vfio_session_end(struct vfio_device *device);
int vfio_get_state(void *device, uint32_t *state);
int vfio_set_state(void *device, uint32_t state);
int vfio_reset(void *device);

/*
 * data.c.  vfio_data_start: a session has begun.  vfio_data_flush: the device
 * sees what was held; 0, or the error of a write, which taints.
 */
ssize_t vfio_read(void *device, void *data, size_t size);
ssize_t vfio_write(void *device, const void *data, size_t size);
ssize_t vfio_writev(void *device, const struct iovec *iov, int count);
void vfio_cancel(void *device);
int vfio_pending(void *device, struct vfiomig_pending *pending);
void vfio_data_start(struct vfio_device *device);
int vfio_data_flush(struct vfio_device *device);

/* dirty.c.  vfio_dirty_probe: how, of the ways that params allow. */
int vfio_dirty_probe(struct vfio_device *device);
int vfio_dirty_start(void *device, const struct vfiomig_range *ranges,
    uint32_t count, uint64_t *page_size);
int vfio_dirty_report(void *device, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap);
int vfio_dirty_stop(void *device);

#endif

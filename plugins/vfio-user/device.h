/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * device.h - one device in another process, as the backend's files share it
 *
 * Invariants
 *	outstanding writes are those sent whose replies were not taken; no
 *	other request is sent while there are any.
 *	tainted is set by a write that failed and by the end of a load that
 *	failed, and cleared by a reset only; a tainted device is moved to
 *	STOP at most.
 */
#ifndef PLUGINS_VFIO_USER_DEVICE_H
#define PLUGINS_VFIO_USER_DEVICE_H

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "conn.h"

#define USER_TRANSFER_MAX (UINT32_C(1) << 20)	/* the protocol's default */

enum { USER_WINDOW_MAX = 64, USER_PATH_MAX = 108 };

/* What open was asked for. */
struct user_params {
	char socket[USER_PATH_MAX];	/* or fd */
	int fd;
	int version;			/* 0: the caller has negotiated it */
	int dirty, precopy;		/* 0: do not use it */
	uint64_t transfer;		/* bytes of data in a message at most */
	uint64_t window;		/* writes on their way at once */
	uint64_t timeout;		/* ms */
};

struct user_device {
	const struct vfiomig_host *host;
	struct user_params params;
	struct conn conn;
	uint32_t transfer;		/* as negotiated */
	uint32_t can;
	int have_data_size;
	uint32_t state;			/* as last known */
	int tainted;
	int load_error;			/* of the first write that failed */
	uint32_t outstanding;
	uint16_t oldest;		/* id of the oldest of them */
};

/* open.c */
int user_open(const struct vfiomig_host *host, const char *params,
    int incoming, void **device);
void user_close(void *device);
int user_query(void *device, uint32_t *can);
void user_cancel(void *device);

/* params.c */
int user_params_read(const struct vfiomig_host *host, const char *text,
    struct user_params *params);

/*
 * feature.c: one operation on a feature.  @data goes out, @in bytes of it, and
 * is overwritten with what a GET brings, @out bytes.
 */
int user_feature(struct user_device *device, uint32_t flags, void *data,
    uint32_t in, uint32_t out);
/* Say why @error came, once, and return it. */
int user_failed(struct user_device *device, const char *what, int error);

/* state.c */
int user_get_state(void *device, uint32_t *state);
int user_set_state(void *device, uint32_t state);
int user_reset(void *device);

/* data.c.  user_settle: take the replies of all writes on their way. */
ssize_t user_read(void *device, void *data, size_t size);
ssize_t user_write(void *device, const void *data, size_t size);
ssize_t user_writev(void *device, const struct iovec *iov, int count);
int user_settle(struct user_device *device);
int user_pending(void *device, struct vfiomig_pending *pending);

/* dirty.c */
int user_dirty_start(void *device, const struct vfiomig_range *ranges,
    uint32_t count, uint64_t *page_size);
int user_dirty_report(void *device, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap);
int user_dirty_stop(void *device);

#endif

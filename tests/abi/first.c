/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * first.c - a backend as it was written for libvfiomig 0.1
 *
 * It includes nothing of libvfiomig: what it needs of the headers of 0.1 is
 * copied below and NEVER CHANGED AGAIN.  When this does not load any more, no
 * backend in the field does.
 *
 * The device: bytes n of its stream are n mod 251.  It refuses all others,
 * keeps the order of its functions, and says in its log what it had.
 */
#include <sys/types.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* ---- the headers of 0.1; see above ---- */

struct vfiomig_pending {
	size_t size;
	uint64_t initial;
	uint64_t dirty;
	uint64_t stop_copy;
	uint32_t reinit;
};

struct vfiomig_range {
	uint64_t iova;
	uint64_t length;
};

struct vfiomig_host {
	size_t size;
	void (*log)(const struct vfiomig_host *host, int level,
	    const char *line);
	int (*cancelled)(const struct vfiomig_host *host);
};

struct vfiomig_backend {
	size_t size;
	uint32_t api;
	int threads;
	const char *name;
	const char *description;
	int (*open)(const struct vfiomig_host *host, const char *params,
	    int incoming, void **device);
	void (*close)(void *device);
	int (*query)(void *device, uint32_t *can);
	int (*get_state)(void *device, uint32_t *state);
	int (*set_state)(void *device, uint32_t state);
	ssize_t (*read)(void *device, void *data, size_t size);
	ssize_t (*write)(void *device, const void *data, size_t size);
	ssize_t (*writev)(void *device, const struct iovec *iov, int count);
	int (*reset)(void *device);
	void (*cancel)(void *device);
	int (*config_load)(void *device, const void *data, size_t size);
	ssize_t (*config_save)(void *device, void *data, size_t size);
	int (*pending)(void *device, struct vfiomig_pending *pending);
	int (*dirty_start)(void *device, const struct vfiomig_range *ranges,
	    uint32_t count, uint64_t *page_size);
	int (*dirty_report)(void *device, uint64_t iova, uint64_t length,
	    uint64_t page_size, uint64_t *bitmap);
	int (*dirty_stop)(void *device);
};

enum { STOP = 1, RUNNING = 2, STOP_COPY = 3, RESUMING = 4 };
enum { PER_DEVICE = 2, CAN_STOP_COPY = 1, CAN_DIRTY = 1 << 16, LOG_INFO = 3 };

/* ---- the backend ---- */

#define SIZE 100000			/* bytes of the stream */

struct first {
	const struct vfiomig_host *host;
	uint32_t state;
	uint64_t position;
	int config;			/* its config state was right */
	uint64_t dirty_page;
};

static int
first_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	struct first *first;

	(void)incoming;
	if (host->size < sizeof *host || params[0] != 'f' || params[1] != '\0')
		return -EINVAL;
	first = calloc(1, sizeof *first);
	if (first == NULL)
		return -ENOMEM;
	first->host = host;
	first->state = RUNNING;
	*device = first;
	return 0;
}

static void
first_close(void *device)
{
	struct first *first = device;

	first->host->log(first->host, LOG_INFO, "first: closed");
	free(first);
}

static int
first_query(void *device, uint32_t *can)
{
	(void)device;
	*can = CAN_STOP_COPY | CAN_DIRTY;
	return 0;
}

static int
first_get_state(void *device, uint32_t *state)
{
	struct first *first = device;

	*state = first->state;
	return 0;
}

static int
first_set_state(void *device, uint32_t state)
{
	struct first *first = device;

	if (state < STOP || state > RESUMING)
		return -EINVAL;
	if (first->state == RESUMING && state != RESUMING &&
	    (first->position != SIZE || !first->config))
		return -EINVAL;
	if ((state == RESUMING || state == STOP_COPY) &&
	    first->state != state)
		first->position = 0;
	first->state = state;
	return 0;
}

static ssize_t
first_read(void *device, void *data, size_t size)
{
	struct first *first = device;
	uint8_t *d = data;
	size_t n;

	if (first->state != STOP_COPY)
		return -ENODEV;
	for (n = 0; n < size && first->position < SIZE; n++)
		d[n] = (uint8_t)(first->position++ % 251);
	return (ssize_t)n;
}

static ssize_t
first_write(void *device, const void *data, size_t size)
{
	struct first *first = device;
	const uint8_t *d = data;
	size_t n;

	if (first->state != RESUMING || first->host->cancelled(first->host))
		return -ENODEV;
	for (n = 0; n < size; n++)
		if (d[n] != first->position++ % 251)
			return -EILSEQ;
	return (ssize_t)size;
}

static ssize_t
first_writev(void *device, const struct iovec *iov, int count)
{
	ssize_t n, sum = 0;
	int i;

	for (i = 0; i < count; i++) {
		n = first_write(device, iov[i].iov_base, iov[i].iov_len);
		if (n < 0)
			return n;
		sum += n;
	}
	return sum;
}

static int
first_reset(void *device)
{
	struct first *first = device;

	first->state = RUNNING;
	first->position = 0;
	return 0;
}

static void
first_cancel(void *device)
{
	(void)device;
}

static int
first_config_load(void *device, const void *data, size_t size)
{
	struct first *first = device;

	first->config = size == 1 && *(const char *)data == 'c';
	return first->config ? 0 : -EILSEQ;
}

static ssize_t
first_config_save(void *device, void *data, size_t size)
{
	(void)device;
	if (size < 1)
		return -EMSGSIZE;
	*(char *)data = 'c';
	return 1;
}

static int
first_pending(void *device, struct vfiomig_pending *pending)
{
	struct first *first = device;

	if (pending->size < sizeof *pending)
		return -EINVAL;
	pending->initial = 1;
	pending->dirty = 2;
	pending->stop_copy = SIZE - first->position;
	pending->reinit = 1;
	return 0;
}

static int
first_dirty_start(void *device, const struct vfiomig_range *ranges,
    uint32_t count, uint64_t *page_size)
{
	struct first *first = device;

	if (count != 1 || ranges->iova != 4096 || ranges->length != 8192)
		return -EINVAL;
	first->dirty_page = *page_size = 4096;
	return 0;
}

static int
first_dirty_report(void *device, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap)
{
	struct first *first = device;

	if (iova != 4096 || length != 8192 || page_size != first->dirty_page)
		return -EINVAL;
	bitmap[0] |= 2;
	return 0;
}

static int
first_dirty_stop(void *device)
{
	struct first *first = device;

	return first->dirty_page == 4096 ? 0 : -EINVAL;
}

static struct vfiomig_backend first_backend = {
	.size		= sizeof(struct vfiomig_backend),
	.api		= 1,
	.threads	= PER_DEVICE,
	.name		= "first",
	.description	= "as it was written for 0.1",
	.open		= first_open,
	.close		= first_close,
	.query		= first_query,
	.get_state	= first_get_state,
	.set_state	= first_set_state,
	.read		= first_read,
	.write		= first_write,
	.writev		= first_writev,
	.reset		= first_reset,
	.cancel		= first_cancel,
	.config_load	= first_config_load,
	.config_save	= first_config_save,
	.pending	= first_pending,
	.dirty_start	= first_dirty_start,
	.dirty_report	= first_dirty_report,
	.dirty_stop	= first_dirty_stop,
};

__attribute__((visibility("default")))
const struct vfiomig_backend *vfiomig_backend_v1(void);

const struct vfiomig_backend *
vfiomig_backend_v1(void)
{
	return &first_backend;
}

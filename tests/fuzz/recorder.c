/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recorder.c - a backend that keeps what is loaded into it
 */
#include <errno.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "recorder.h"

struct recorder recorder[RECORDER_DEVICES];

static int
recorder_open(const struct vfiomig_host *host, const char *params,
    int incoming, void **device)
{
	struct recorder *r;

	(void)host;
	if (!incoming || params[0] < '0' || params[0] > '3')
		return -EINVAL;
	r = &recorder[params[0] - '0'];
	r->manner = params[1];
	r->open = true;
	r->state = VFIOMIG_STATE_RUNNING;
	r->calls = r->configs = 0;
	r->config_at = r->size = 0;
	*device = r;
	return 0;
}

static void
recorder_close(void *device)
{
	((struct recorder *)device)->open = false;
}

static int
recorder_query(void *device, uint32_t *can)
{
	(void)device;
	*can = VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P;
	return 0;
}

static int
recorder_get_state(void *device, uint32_t *state)
{
	*state = ((struct recorder *)device)->state;
	return 0;
}

static int
recorder_set_state(void *device, uint32_t state)
{
	((struct recorder *)device)->state = state;
	return 0;
}

static ssize_t
recorder_read(void *device, void *data, size_t size)
{
	(void)device;
	(void)data;
	(void)size;
	return -EINVAL;
}

static ssize_t
recorder_writev(void *device, const struct iovec *iov, int count)
{
	struct recorder *r = device;
	size_t room = r->manner == 's' ? 7 : RECORDER_BYTES, total = 0, n;

	if (r->state != VFIOMIG_STATE_RESUMING)
		return -ENODEV;
	if (r->manner == 'i' && r->calls++ % 2 == 0)
		return -EINTR;
	for (; count > 0 && room > 0; iov++, count--) {
		n = iov->iov_len < room ? iov->iov_len : room;
		if (n > RECORDER_BYTES - r->size)
			return -ENOSPC;
		if (n > 0)
			memcpy(r->data + r->size, iov->iov_base, n);
		r->size += n;
		total += n;
		room -= n;
	}
	return (ssize_t)total;
}

static ssize_t
recorder_write(void *device, const void *data, size_t size)
{
	struct iovec iov = { (void *)(uintptr_t)data, size };

	return recorder_writev(device, &iov, 1);
}

static int
recorder_reset(void *device)
{
	((struct recorder *)device)->state = VFIOMIG_STATE_RUNNING;
	return 0;
}

static int
recorder_config_load(void *device, const void *data, size_t size)
{
	struct recorder *r = device;

	r->configs++;
	r->config_at = r->size;
	r->config_size = (uint32_t)size;
	memcpy(r->config, data, size);
	return 0;
}

struct vfiomig_backend recorder_backend = {
	.size		= sizeof recorder_backend,
	.api		= VFIOMIG_BACKEND_API,
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "recorder",
	.open		= recorder_open,
	.close		= recorder_close,
	.query		= recorder_query,
	.get_state	= recorder_get_state,
	.set_state	= recorder_set_state,
	.read		= recorder_read,
	.write		= recorder_write,
	.writev		= recorder_writev,
	.reset		= recorder_reset,
	.config_load	= recorder_config_load,
};

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * null.c - a device that eats everything and has nothing to say
 *
 * For measuring what everything but the device costs.  Takes no parameters.
 * It has every state and keeps their order, so that several of them migrate
 * as real devices do.
 *
 * Ordering: state is alone in its word and guards nothing else, so it is
 * relaxed everywhere.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "../params.h"
#include "../say.h"
#include "../states.h"

#define NULL_FLAGS \
	(VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P | VFIOMIG_CAN_PRE_COPY)

struct null {
	_Atomic uint32_t state;
};

static int
null_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	struct null *null;
	char why[256];

	(void)incoming;
	if (params_parse(params, NULL, 0, why, sizeof why) < 0)
		return say_error(host, -EINVAL, "null: %s", why);
	null = malloc(sizeof *null);
	if (null == NULL)
		return -ENOMEM;
	atomic_init(&null->state, VFIOMIG_STATE_RUNNING);
	*device = null;
	return 0;
}

static void
null_close(void *device)
{
	free(device);
}

static int
null_query(void *device, uint32_t *can)
{
	(void)device;
	*can = NULL_FLAGS;
	return 0;
}

static int
null_get_state(void *device, uint32_t *state)
{
	struct null *null = device;

	*state = atomic_load_explicit(&null->state, memory_order_relaxed);
	return 0;
}

static int
null_set_state(void *device, uint32_t state)
{
	struct null *null = device;
	uint32_t from;

	from = atomic_load_explicit(&null->state, memory_order_relaxed);
	if (states_next(NULL_FLAGS, from, state) < 0)
		return -EINVAL;
	atomic_store_explicit(&null->state, state, memory_order_relaxed);
	return 0;
}

static ssize_t
null_read(void *device, void *data, size_t size)
{
	struct null *null = device;

	(void)data;
	(void)size;
	return states_saving(atomic_load_explicit(&null->state,
	    memory_order_relaxed)) ? 0 : -ENODEV;
}

static ssize_t
null_write(void *device, const void *data, size_t size)
{
	struct null *null = device;

	(void)data;
	return states_loading(atomic_load_explicit(&null->state,
	    memory_order_relaxed)) ? (ssize_t)size : -ENODEV;
}

static ssize_t
null_writev(void *device, const struct iovec *iov, int count)
{
	size_t size = 0;
	int i;

	for (i = 0; i < count; i++)
		size += iov[i].iov_len;
	return null_write(device, NULL, size);
}

static int
null_reset(void *device)
{
	struct null *null = device;

	atomic_store_explicit(&null->state, VFIOMIG_STATE_RUNNING,
	    memory_order_relaxed);
	return 0;
}

static void
null_cancel(void *device)
{
	(void)device;		/* nothing here blocks */
}

static int
null_config_load(void *device, const void *data, size_t size)
{
	(void)device;
	(void)data;
	(void)size;
	return 0;
}

static ssize_t
null_config_save(void *device, void *data, size_t size)
{
	(void)device;
	(void)data;
	(void)size;
	return 0;
}

static int
null_pending(void *device, struct vfiomig_pending *pending)
{
	(void)device;
	(void)pending;		/* zero already */
	return 0;
}

static struct vfiomig_backend null_backend = {
	.threads	= VFIOMIG_THREADS_ANY,
	.name		= "null",
	.description	= "eats everything, has nothing to say",
	.open		= null_open,
	.close		= null_close,
	.query		= null_query,
	.get_state	= null_get_state,
	.set_state	= null_set_state,
	.read		= null_read,
	.write		= null_write,
	.writev		= null_writev,
	.reset		= null_reset,
	.cancel		= null_cancel,
	.config_load	= null_config_load,
	.config_save	= null_config_save,
	.pending	= null_pending,
};
VFIOMIG_BACKEND(null_backend)

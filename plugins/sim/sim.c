/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sim.c - the software device as a backend: the oracle of the tests and the
 * default of the demo; sim.h says what it can be told
 *
 * Idea: each function lets itself in, has its part done by the file that
 * knows it, and lets itself out.  The one that finds another call in has
 * caught its caller breaking VFIOMIG_THREADS_PER_DEVICE; it touches nothing.
 */
#include <errno.h>
#include <stdlib.h>

#include "device.h"

/* 0, or -EBUSY: somebody is in. */
static int
call_in(struct sim *sim)
{
	if (!atomic_exchange_explicit(&sim->busy, 1, memory_order_relaxed))
		return 0;
	sim_view_lock(sim)->violations++;
	sim_view_unlock(sim);
	return say_error(sim->host, -EBUSY, "sim: called beside another call");
}

static ssize_t
call_out(struct sim *sim, ssize_t result)
{
	atomic_store_explicit(&sim->busy, 0, memory_order_relaxed);
	return result;
}

/* The result of @call, made alone. */
#define ALONE(sim, call) \
	(call_in(sim) < 0 ? -EBUSY : call_out((sim), (call)))

static int
sim_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	struct sim *sim;
	char why[256];
	int error;

	(void)incoming;		/* its states say which way */
	sim = calloc(1, sizeof *sim);
	if (sim == NULL)
		return -ENOMEM;
	sim->host = host;
	sim->state = VFIOMIG_STATE_RUNNING;
	pthread_mutex_init(&sim->lock, NULL);
	error = sim_options_read(&sim->o, params, why, sizeof why);
	if (error < 0)
		say(host, VFIOMIG_LOG_ERROR, "sim: %s", why);
	else if (sim->o.fail_open != 0)
		error = say_error(host, sim->o.fail_open,
		    "sim: cannot be opened: why=\"fail_open\", error=%d",
		    sim->o.fail_open);
	else if ((error = sim_watch_add(sim)) < 0)
		say(host, VFIOMIG_LOG_ERROR, "sim: tag is taken: tag=%s",
		    sim->o.tag);
	if (error < 0) {
		pthread_mutex_destroy(&sim->lock);
		free(sim);
		return error;
	}
	*device = sim;
	return 0;
}

static void
sim_close(void *device)
{
	struct sim *sim = device;

	call_in(sim);
	sim_watch_remove(sim);
	pthread_mutex_destroy(&sim->lock);
	free(sim);
}

static int
query(struct sim *sim, uint32_t *can)
{
	*can = (uint32_t)sim->o.flags;
	if (sim->o.logging)
		*can |= VFIOMIG_CAN_DIRTY;
	return sim->o.fail_query;
}

static int
sim_query(void *device, uint32_t *can)
{
	struct sim *sim = device;

	return (int)ALONE(sim, query(sim, can));
}

static int
get_state(struct sim *sim, uint32_t *state)
{
	if (sim->o.fail_get == 0)
		*state = sim->state;
	return sim->o.fail_get;
}

static int
sim_get_state(void *device, uint32_t *state)
{
	struct sim *sim = device;

	return (int)ALONE(sim, get_state(sim, state));
}

static int
sim_set_state(void *device, uint32_t state)
{
	struct sim *sim = device;

	return (int)ALONE(sim, sim_machine_move(sim, state));
}

static int
sim_reset(void *device)
{
	struct sim *sim = device;

	return (int)ALONE(sim, sim_machine_reset(sim));
}

static ssize_t
sim_read(void *device, void *data, size_t size)
{
	struct sim *sim = device;

	return ALONE(sim, sim_stream_read(sim, data, size));
}

static ssize_t
sim_write(void *device, const void *data, size_t size)
{
	struct iovec iov = { (void *)(uintptr_t)data, size };
	struct sim *sim = device;

	sim_view_lock(sim)->writes++;
	sim_view_unlock(sim);
	return ALONE(sim, sim_stream_write(sim, &iov, 1));
}

static ssize_t
sim_writev(void *device, const struct iovec *iov, int count)
{
	struct sim *sim = device;
	struct sim_view *view;
	uint64_t size = 0;
	int i;

	for (i = 0; i < count; i++)
		size += iov[i].iov_len;
	view = sim_view_lock(sim);
	view->writes++;
	view->writevs++;
	if (size > view->writev_bytes_max)
		view->writev_bytes_max = size;
	if (count > view->writev_count_max)
		view->writev_count_max = count;
	sim_view_unlock(sim);
	return ALONE(sim, sim_stream_write(sim, iov, count));
}

static void
sim_cancel(void *device)
{
	struct sim *sim = device;

	atomic_store_explicit(&sim->cancelled, 1, memory_order_relaxed);
	sim_view_lock(sim)->cancels++;
	sim_view_unlock(sim);
}

static int
config_load(void *device, const void *data, size_t size)
{
	struct sim *sim = device;

	return (int)ALONE(sim, sim_config_load(sim, data, size));
}

static ssize_t
config_save(void *device, void *data, size_t size)
{
	struct sim *sim = device;

	return ALONE(sim, sim_config_save(sim, data, size));
}

static int
pending(void *device, struct vfiomig_pending *p)
{
	struct sim *sim = device;

	return (int)ALONE(sim, sim_stream_pending(sim, p));
}

static int
dirty_start(void *device, const struct vfiomig_range *ranges, uint32_t count,
    uint64_t *page_size)
{
	struct sim *sim = device;

	return (int)ALONE(sim, sim_dirty_start(sim, ranges, count, page_size));
}

static int
dirty_report(void *device, uint64_t iova, uint64_t length, uint64_t page_size,
    uint64_t *bitmap)
{
	struct sim *sim = device;

	return (int)ALONE(sim, sim_dirty_report(sim, iova, length, page_size,
	    bitmap));
}

static int
dirty_stop(void *device)
{
	struct sim *sim = device;

	return (int)ALONE(sim, sim_dirty_stop(sim));
}

static struct vfiomig_backend sim_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "sim",
	.description	= "a device made of software, with every fault on demand",
	.open		= sim_open,
	.close		= sim_close,
	.query		= sim_query,
	.get_state	= sim_get_state,
	.set_state	= sim_set_state,
	.read		= sim_read,
	.write		= sim_write,
	.writev		= sim_writev,
	.reset		= sim_reset,
	.cancel		= sim_cancel,
	.config_load	= config_load,
	.config_save	= config_save,
	.pending	= pending,
	.dirty_start	= dirty_start,
	.dirty_report	= dirty_report,
	.dirty_stop	= dirty_stop,
};
VFIOMIG_BACKEND(sim_backend)

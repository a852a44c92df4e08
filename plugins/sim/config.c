/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * config.c - the software device's config state
 */
#include <errno.h>

#include "device.h"

/* So that config state and stream of a seed differ. */
#define SALT UINT64_C(0x636f6e6669670000)

void
sim_config(uint64_t seed, void *data, size_t size)
{
	content_fill(seed ^ SALT, 0, data, size);
}

void
sim_stream(uint64_t seed, uint64_t offset, void *data, size_t size)
{
	content_fill(seed, offset, data, size);
}

int
sim_config_load(struct sim *sim, const void *data, size_t size)
{
	struct sim_view *view;
	size_t right;
	int error;

	view = sim_view_lock(sim);
	view->config_loads++;
	view->config_bytes = size;
	view->config_at = sim->position;
	sim_view_unlock(sim);
	error = sim_pause(sim, sim->o.config_latency * 1000000);
	if (error < 0)
		return error;
	if (sim->o.fail_config != 0)
		return sim->o.fail_config;
	if (sim->o.config_size == SIM_NONE)
		return 0;
	if (size != sim->o.config_size)
		return say_error(sim->host, -EINVAL, "sim: config state has "
		    "the wrong length: bytes=%zu, config_size=%llu", size,
		    (unsigned long long)sim->o.config_size);
	right = content_verify(sim->o.seed ^ SALT, 0, data, size);
	if (right < size)
		return say_error(sim->host, -EILSEQ, "sim: a byte of the "
		    "config state is wrong: offset=%zu", right);
	return 0;
}

ssize_t
sim_config_save(struct sim *sim, void *data, size_t size)
{
	uint64_t length = sim->o.config_size;

	if (sim->o.fail_config != 0)
		return sim->o.fail_config;
	if (length == SIM_NONE)
		length = 0;
	if (length > size)
		return say_error(sim->host, -EMSGSIZE, "sim: config state is "
		    "too long: bytes=%llu, room=%zu",
		    (unsigned long long)length, size);
	sim_config(sim->o.seed, data, (size_t)length);
	return (ssize_t)length;
}

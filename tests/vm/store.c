/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * store.c - a backend that keeps a device's state in memory
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VFIOMIG_BACKEND_STATIC
#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "../../plugins/states.h"
#include "store.h"

#define CONFIG_SIZE 65536

static struct slot {
	uint32_t state;
	size_t size, config_size;
	size_t at;			/* of the next byte to read */
	size_t piece;
	unsigned char data[STORE_SIZE];
	unsigned char config[CONFIG_SIZE];
} slots[STORE_SLOTS];

static int
store_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	char *end;
	unsigned long slot = strtoul(params, &end, 10);

	(void)host;
	if (slot >= STORE_SLOTS || *end != ':')
		return -EINVAL;
	slots[slot].piece = strtoul(end + 1, NULL, 10);
	slots[slot].state = VFIOMIG_STATE_RUNNING;
	slots[slot].at = 0;
	if (incoming)
		slots[slot].size = slots[slot].config_size = 0;
	*device = &slots[slot];
	return 0;
}

static void
store_close(void *device)
{
	(void)device;
}

static int
store_query(void *device, uint32_t *can)
{
	(void)device;
	*can = VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P;
	return 0;
}

static int
store_get_state(void *device, uint32_t *state)
{
	*state = ((struct slot *)device)->state;
	return 0;
}

static int
store_set_state(void *device, uint32_t state)
{
	struct slot *slot = device;

	if (states_next(VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P, slot->state,
	    state) < 0)
		return -EINVAL;
	slot->state = state;
	return 0;
}

static ssize_t
store_read(void *device, void *data, size_t size)
{
	struct slot *slot = device;

	if (size > slot->piece)
		size = slot->piece;
	if (size > slot->size - slot->at)
		size = slot->size - slot->at;
	memcpy(data, slot->data + slot->at, size);
	slot->at += size;
	return (ssize_t)size;
}

static ssize_t
store_write(void *device, const void *data, size_t size)
{
	struct slot *slot = device;

	if (size > sizeof slot->data - slot->size)
		return -ENOSPC;
	memcpy(slot->data + slot->size, data, size);
	slot->size += size;
	return (ssize_t)size;
}

static int
store_config_load(void *device, const void *data, size_t size)
{
	struct slot *slot = device;

	if (size > sizeof slot->config)
		return -ENOSPC;
	memcpy(slot->config, data, size);
	slot->config_size = size;
	return 0;
}

static ssize_t
store_config_save(void *device, void *data, size_t size)
{
	struct slot *slot = device;

	if (slot->config_size > size)
		return -EMSGSIZE;
	memcpy(data, slot->config, slot->config_size);
	return (ssize_t)slot->config_size;
}

static struct vfiomig_backend store_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "store",
	.open		= store_open,
	.close		= store_close,
	.query		= store_query,
	.get_state	= store_get_state,
	.set_state	= store_set_state,
	.read		= store_read,
	.write		= store_write,
	.config_load	= store_config_load,
	.config_save	= store_config_save,
};
VFIOMIG_BACKEND(store_backend)

size_t
store_size(unsigned int slot)
{
	return slots[slot].size;
}

size_t
store_config_size(unsigned int slot)
{
	return slots[slot].config_size;
}

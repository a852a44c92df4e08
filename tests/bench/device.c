/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * device.c - a sink as a device of the library; see device.h
 *
 * The backend checks no states: the library does, and what it costs is part
 * of what is measured.
 */
#include <stdio.h>
#include <stdlib.h>

#define VFIOMIG_BACKEND_STATIC
#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "device.h"
#include "sink.h"

enum { PACKET_MAX = 1024 * 1024 };

struct handle {
	struct sink *sink;
	uint32_t state;
	uint32_t number;
	bool begun;
};

static struct run *running;	/* one a process */
static struct vfiomig_device *devices[DEVICES_MOST];
static uint64_t starved_before[DEVICES_MOST];

static int
sink_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	struct handle *h = calloc(1, sizeof *h);

	(void)host;
	(void)incoming;
	must(h != NULL);
	h->number = (uint32_t)atoi(params);
	h->sink = running->sink[h->number];
	h->state = VFIOMIG_STATE_RUNNING;
	*device = h;
	return 0;
}

static int
sink_query(void *device, uint32_t *can)
{
	(void)device;
	*can = VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P;
	return 0;
}

static int
sink_get_state(void *device, uint32_t *state)
{
	*state = ((struct handle *)device)->state;
	return 0;
}

static int
sink_set_state(void *device, uint32_t state)
{
	((struct handle *)device)->state = state;
	return 0;
}

static ssize_t
device_read(void *device, void *data, size_t size)
{
	return (ssize_t)sink_read(((struct handle *)device)->sink, data, size);
}

/* The first write: what was waited before it was not the library's time. */
static void
device_begins(struct handle *h)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };

	h->begun = true;
	vfiomig_device_stats(devices[h->number], &stats);
	starved_before[h->number] = stats.starved_ns;
}

uint64_t
device_starved_before(uint32_t number)
{
	return starved_before[number];
}

static ssize_t
device_writev(void *device, const struct iovec *iov, int n)
{
	struct handle *h = device;
	size_t size = 0;
	int k;

	if (!h->begun)
		device_begins(h);
	sink_write(h->sink, iov, n);
	for (k = 0; k < n; k++)
		size += iov[k].iov_len;
	return (ssize_t)size;
}

static ssize_t
device_write(void *device, const void *data, size_t size)
{
	const struct iovec iov = {
		.iov_base = (void *)(uintptr_t)data, .iov_len = size
	};

	return device_writev(device, &iov, 1);
}

static struct vfiomig_backend sink_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "sink",
	.description	= "the benchmark's",
	.open		= sink_open,
	.close		= free,
	.query		= sink_query,
	.get_state	= sink_get_state,
	.set_state	= sink_set_state,
	.read		= device_read,
	.write		= device_write,
	.writev		= device_writev
};
const struct vfiomig_backend *vfiomig_backend_v1_sink_backend(void);
VFIOMIG_BACKEND(sink_backend)

static void
device_log(void *opaque, enum vfiomig_log_level level, const char *line)
{
	(void)opaque;
	if (level == VFIOMIG_LOG_ERROR)
		fprintf(stderr, "bench: %s\n", line);
}

struct vfiomig *
device_migration(struct run *run, enum vfiomig_direction direction)
{
	const struct vfiomig_config config = {
		.size = sizeof config,
		.channels = run->plan->channels,
		.budget = run->plan->budget,
		.packet_max = PACKET_MAX,
		.log = device_log
	};
	struct vfiomig *mig;

	running = run;
	must(vfiomig_backend_register(vfiomig_backend_v1_sink_backend()) == 0);
	must(vfiomig_new(&mig, direction, &config) == 0);
	return mig;
}

struct vfiomig_device *
device_add(struct run *run, struct vfiomig *mig, uint32_t number,
    int (*config_load)(void *, const void *, size_t))
{
	char idstr[32], params[16];
	const struct vfiomig_device_config config = {
		.size = sizeof config,
		.idstr = idstr,
		.backend = "sink",
		.params = params,
		.config_load = config_load,
		.opaque = run
	};
	struct vfiomig_device *device;

	snprintf(idstr, sizeof idstr, "0000:00:%02x.0/vfio", number);
	snprintf(params, sizeof params, "%u", number);
	must(vfiomig_device_add(mig, &config, &device) == 0);
	devices[number] = device;
	return device;
}

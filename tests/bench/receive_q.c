/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * receive_q.c - side Q, receiving: the algorithm of QEMU 10, anew from a
 * description
 *
 * A channel reads a packet's header, the rest of its header, and its payload
 * into memory of the payload's size.  Under the device's mutex it makes the
 * array reach to the packet's idx, copies the data into a second piece of
 * memory, puts that at idx, and signals, for each packet.  A device's load
 * thread takes what is next, lets go of the mutex while it writes it, and
 * frees it.  Config states are loaded under one mutex of the process.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "lib/wire.h"
#include "sink.h"
#include "tcp.h"

struct loaded {
	bool here;
	void *data;
	size_t size;
};

struct device {
	pthread_mutex_t lock;
	pthread_cond_t came;
	struct loaded *array;
	uint32_t length;
	uint32_t last;		/* idx of the config state, once it is known */
	char idstr[WIRE_IDSTR];
};

static struct device device[DEVICES_MOST];
static pthread_mutex_t big_lock = PTHREAD_MUTEX_INITIALIZER;

static struct device *
device_find(uint32_t devices, const char *idstr)
{
	uint32_t k;

	for (k = 0; k < devices; k++)
		if (strcmp(device[k].idstr, idstr) == 0)
			return &device[k];
	must_failed(idstr, __FILE__, __LINE__);
}

static void
packet_put(struct device *d, const uint8_t *payload, size_t size)
{
	struct wire_state state;
	const char *why;
	struct loaded *l;

	must(wire_state_decode(payload, &state, &why) == 0);
	pthread_mutex_lock(&d->lock);
	if (state.idx >= d->length) {
		d->array = realloc(d->array, (state.idx + 1) * sizeof *l);
		must(d->array != NULL);
		memset(d->array + d->length, 0, (state.idx + 1 - d->length) *
		    sizeof *l);
		d->length = state.idx + 1;
	}
	l = &d->array[state.idx];
	must(!l->here);
	l->size = size - WIRE_STATE;
	l->data = malloc(l->size);
	must(l->data != NULL);
	memcpy(l->data, payload + WIRE_STATE, l->size);
	l->here = true;
	if (state.flags & WIRE_STATE_CONFIG)
		d->last = state.idx;
	pthread_cond_signal(&d->came);
	pthread_mutex_unlock(&d->lock);
}

static void
channel_run(struct run *run, uint32_t number)
{
	int fd = run->fd[number];
	uint8_t head[WIRE_DEVICE];
	struct wire_device packet;
	const char *why;
	uint32_t flags;
	uint8_t *payload;

	must(tcp_read(fd, head, WIRE_HELLO));
	while (tcp_read(fd, head, WIRE_HEADER)) {
		must(wire_header_decode(head, &flags, &why) == 0);
		must(tcp_read(fd, head + WIRE_HEADER,
		    WIRE_DEVICE - WIRE_HEADER));
		must(wire_device_decode(head, &packet, &why) == 0);
		payload = malloc(packet.size);
		must(payload != NULL);
		must(tcp_read(fd, payload, packet.size));
		packet_put(device_find(run->plan->devices, packet.idstr),
		    payload, packet.size);
		free(payload);
	}
}

/* The config state of a device, one at a time. */
static void
config_load(struct run *run)
{
	pthread_mutex_lock(&big_lock);
	if (run->plan->config_ms != 0)
		sleep_until(clock_ns() + run->plan->config_ms * 1000000ull);
	pthread_mutex_unlock(&big_lock);
}

static void
load_run(struct run *run, uint32_t number)
{
	struct device *d = &device[number];
	struct loaded *l;
	struct iovec iov;
	uint32_t idx;

	pthread_mutex_lock(&d->lock);
	for (idx = 0; idx != d->last; idx++) {
		while (idx >= d->length || !d->array[idx].here)
			pthread_cond_wait(&d->came, &d->lock);
		if (idx == d->last)
			break;
		l = &d->array[idx];
		iov.iov_base = l->data;
		iov.iov_len = l->size;
		pthread_mutex_unlock(&d->lock);
		sink_write(run->sink[number], &iov, 1);
		free(iov.iov_base);
		pthread_mutex_lock(&d->lock);
	}
	free(d->array[idx].data);
	pthread_mutex_unlock(&d->lock);
	config_load(run);
}

static void
receive_q_run(struct run *run)
{
	const struct plan *plan = run->plan;
	struct crew *loads, *channels;
	uint32_t k;

	for (k = 0; k < plan->devices; k++) {
		struct device *d = &device[k];

		pthread_mutex_init(&d->lock, NULL);
		pthread_cond_init(&d->came, NULL);
		d->last = UINT32_MAX;
		snprintf(d->idstr, sizeof d->idstr, "0000:00:%02x.0/vfio", k);
	}
	loads = crew_start(run, plan->devices, load_run);
	channels = crew_start(run, plan->channels, channel_run);
	run_go(run);
	crew_wait(loads);
	run_done(run);
	run->outcome->copies = plan->packets * plan->devices;
	crew_wait(channels);
}

const struct side receive_q = { .name = "Q", .run = receive_q_run };

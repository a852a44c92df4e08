/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * send_q.c - side Q, sending: the algorithm of QEMU 10, anew from a
 * description
 *
 * A device's save thread reads the device into a buffer of its own.  Under
 * one mutex of the process it allocates a packet, copies the buffer into it,
 * waits for a channel that is idle and hands the packet over.  The channel's
 * thread sends it and frees it.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "lib/wire.h"
#include "sink.h"
#include "tcp.h"

struct channel {
	sem_t job;
	_Atomic bool busy;
	uint8_t head[WIRE_FULL];
	void *data;		/* NULL: the end */
	size_t size;
};

static struct channel channel[CHANNELS_MOST];
static sem_t idle;		/* how many channels are */
static pthread_mutex_t send_lock = PTHREAD_MUTEX_INITIALIZER;

static void
channel_run(struct run *run, uint32_t number)
{
	struct channel *c = &channel[number];
	struct iovec iov[2];

	for (;;) {
		sem_wait(&c->job);
		if (c->data == NULL)
			return;
		iov[0].iov_base = c->head;
		iov[0].iov_len = sizeof c->head;
		iov[1].iov_base = c->data;
		iov[1].iov_len = c->size;
		tcp_write(run->fd[number], iov, 2);
		free(c->data);
		atomic_store(&c->busy, false);
		sem_post(&idle);
	}
}

static void
packet_send(struct run *run, uint32_t device, uint32_t idx, const void *data,
    size_t size)
{
	struct wire_state state = { .idx = idx };
	static uint32_t next;
	struct channel *c;
	char idstr[32];
	void *copy;

	snprintf(idstr, sizeof idstr, "0000:00:%02x.0/vfio", device);
	pthread_mutex_lock(&send_lock);
	copy = malloc(size);
	must(copy != NULL);
	memcpy(copy, data, size);
	sem_wait(&idle);
	while (atomic_load(&channel[next].busy))
		next = (next + 1) % run->plan->channels;
	c = &channel[next];
	next = (next + 1) % run->plan->channels;
	atomic_store(&c->busy, true);
	wire_packet_encode(c->head, idstr, 0, &state, (uint32_t)size);
	c->data = copy;
	c->size = size;
	sem_post(&c->job);
	pthread_mutex_unlock(&send_lock);
}

static void
save_run(struct run *run, uint32_t number)
{
	void *data = malloc(run->plan->size);
	uint32_t idx = 0;
	size_t size;

	must(data != NULL);
	while ((size = sink_read(run->sink[number], data,
	    run->plan->size)) != 0)
		packet_send(run, number, idx++, data, size);
	free(data);
}

static void
send_q_run(struct run *run)
{
	const struct plan *plan = run->plan;
	struct crew *channels;
	uint32_t k;

	sem_init(&idle, 0, plan->channels);
	for (k = 0; k < plan->channels; k++)
		sem_init(&channel[k].job, 0, 0);
	run_go(run);
	channels = crew_start(run, plan->channels, channel_run);
	crew_wait(crew_start(run, plan->devices, save_run));
	for (k = 0; k < plan->channels; k++)
		sem_wait(&idle);
	for (k = 0; k < plan->channels; k++) {
		channel[k].data = NULL;
		sem_post(&channel[k].job);
	}
	crew_wait(channels);
	run_done(run);
	run->outcome->copies = plan->packets * plan->devices;
}

const struct side send_q = { .name = "Q", .run = send_q_run };

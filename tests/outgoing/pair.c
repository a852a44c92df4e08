/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pair.c - a source and a destination in one process; see pair.h
 */
#define _GNU_SOURCE
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pair.h"
#include "plugins/builtin.h"
#include "plugins/sim/sim.h"

void (*pair_on_thread)(void);

static void
pair_log(void *opaque, enum vfiomig_log_level level, const char *line)
{
	struct pair *pair = opaque;
	size_t at;

	if (level != VFIOMIG_LOG_ERROR)
		return;
	pthread_mutex_lock(&pair->lock);
	at = strlen(pair->log);
	snprintf(pair->log + at, sizeof pair->log - at, "%s\n", line);
	pthread_mutex_unlock(&pair->lock);
}

static void
end_open(struct pair *pair, struct pair_end *end,
    enum vfiomig_direction direction, const char *params,
    struct vfiomig_config *config)
{
	char idstr[16], full[512];
	struct vfiomig_device_config dc = {
		.size = sizeof dc, .idstr = idstr, .backend = "sim",
		.params = full
	};
	size_t at;
	int k;

	ck_assert_int_eq(vfiomig_new(&end->mig, direction, config), 0);
	for (k = 0; k < pair->devices; k++) {
		snprintf(idstr, sizeof idstr, "dev%d", k);
		snprintf(full, sizeof full, "%s%stag=%c%d", params,
		    params[0] ? "," : "",
		    direction == VFIOMIG_INCOMING ? 't' : 's', k);
		at = strlen(full);
		if (strstr(params, "seed=") == NULL)
			snprintf(full + at, sizeof full - at, ",seed=%d", k);
		ck_assert_int_eq(vfiomig_device_add(end->mig, &dc,
		    &end->device[k]), 0);
	}
}

void
pair_open(struct pair *pair, int devices, int channels, const char *source,
    const char *target, const struct vfiomig_config *config)
{
	struct vfiomig_config c = { .size = sizeof c };
	int k;

	memset(pair, 0, sizeof *pair);
	pthread_mutex_init(&pair->lock, NULL);
	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	if (config != NULL)
		c = *config;
	c.channels = (uint32_t)channels;
	c.log = pair_log;
	c.opaque = pair;
	pair->devices = devices;
	pair->channels = channels;
	end_open(pair, &pair->source, VFIOMIG_OUTGOING, source, &c);
	end_open(pair, &pair->target, VFIOMIG_INCOMING, target, &c);
	for (k = 0; k < channels; k++)
		ck_assert_int_eq(socketpair(AF_UNIX,
		    SOCK_STREAM | SOCK_CLOEXEC, 0, pair->fd[k]), 0);
}

static void
thread_begin(void)
{
	if (pair_on_thread != NULL)
		pair_on_thread();
}

/* Run one channel of an end, and let the other end see its end. */
static int
channel_job(struct pair *pair, int number, bool source)
{
	struct pair_end *end = source ? &pair->source : &pair->target;
	struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = pair->fd[number][source ? 0 : 1],
		.id = (uint32_t)number
	};
	struct vfiomig_channel *channel;
	int r;

	if (pair->dress != NULL)
		pair->dress(pair, number, source, &config);
	r = vfiomig_channel_open(end->mig, &config, &channel);
	thread_begin();
	if (r == 0)
		r = vfiomig_channel_run(channel);
	if (pair->end != NULL)
		pair->end(pair, number, source);
	else
		shutdown(config.fd, SHUT_RDWR);
	return r;
}

static void *
source_channel(void *arg)
{
	struct pair_job *job = arg;

	job->pair->source.channel_result[job->number] = channel_job(
	    job->pair, job->number, true);
	return NULL;
}

static void *
target_channel(void *arg)
{
	struct pair_job *job = arg;

	job->pair->target.channel_result[job->number] = channel_job(
	    job->pair, job->number, false);
	return NULL;
}

static void *
source_device(void *arg)
{
	struct pair_job *job = arg;
	struct pair_end *end = &job->pair->source;

	thread_begin();
	end->device_result[job->number] =
	    vfiomig_buffer_fill(end->device[job->number]);
	return NULL;
}

static void *
target_device(void *arg)
{
	struct pair_job *job = arg;
	struct pair_end *end = &job->pair->target;

	thread_begin();
	end->device_result[job->number] =
	    vfiomig_buffer_drain(end->device[job->number]);
	return NULL;
}

static void
start(struct pair *pair, void *(*run)(void *), int number)
{
	struct pair_job *job = &pair->job[pair->threads];

	job->pair = pair;
	job->number = number;
	ck_assert_int_eq(pthread_create(&pair->thread[pair->threads++], NULL,
	    run, job), 0);
}

/* Carry bytes from the source to the target, as many as it may. */
static void *
wire_run(void *arg)
{
	struct pair_wire *wire = arg;
	char data[4096];
	ssize_t n = 1;

	while (n > 0 && wire->bytes > 0) {
		n = recv(wire->from, data, wire->bytes < sizeof data ?
		    (size_t)wire->bytes : sizeof data, 0);
		if (n > 0)
			n = send(wire->to, data, (size_t)n, MSG_NOSIGNAL);
		if (n > 0)
			wire->bytes -= (uint64_t)n;
	}
	if (n <= 0 || wire->cut) {
		shutdown(wire->from, SHUT_RDWR);
		shutdown(wire->to, SHUT_RDWR);
	}
	return NULL;
}

void
pair_wire(struct pair *pair, int channel, uint64_t bytes, bool cut)
{
	struct pair_wire *wire = &pair->wire[pair->wires++];
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	wire->from = pair->fd[channel][1];
	wire->to = fd[0];
	wire->bytes = bytes;
	wire->cut = cut;
	pair->fd[channel][1] = fd[1];
	ck_assert_int_eq(pthread_create(&pair->thread[pair->threads++], NULL,
	    wire_run, wire), 0);
}

void
pair_start_channels(struct pair *pair)
{
	int k;

	for (k = 0; k < pair->channels; k++)
		start(pair, source_channel, k);
}

void
pair_start_fills(struct pair *pair)
{
	int k;

	for (k = 0; k < pair->devices; k++)
		start(pair, source_device, k);
}

void
pair_start_source(struct pair *pair)
{
	pair_start_channels(pair);
	pair_start_fills(pair);
}

void
pair_start_target(struct pair *pair)
{
	int k;

	for (k = 0; k < pair->channels; k++)
		start(pair, target_channel, k);
	for (k = 0; k < pair->devices; k++)
		start(pair, target_device, k);
}

void
pair_join(struct pair *pair)
{
	while (pair->threads > 0)
		pthread_join(pair->thread[--pair->threads], NULL);
}

void
pair_run(struct pair *pair)
{
	ck_assert_int_eq(vfiomig_quiesce(pair->source.mig), 0);
	pair_start_target(pair);
	pair_start_source(pair);
	pair_join(pair);
}

void
pair_close(struct pair *pair)
{
	int k;

	vfiomig_free(pair->source.mig);
	vfiomig_free(pair->target.mig);
	for (k = 0; k < pair->channels; k++) {
		close(pair->fd[k][0]);
		close(pair->fd[k][1]);
	}
	for (k = 0; k < pair->wires; k++) {
		close(pair->wire[k].from);
		close(pair->wire[k].to);
	}
	pthread_mutex_destroy(&pair->lock);
}

int
count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

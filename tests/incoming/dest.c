/* SPDX-License-Identifier: BSD-3-Clause */
/* dest.c - a destination under test; see dest.h */
#define _GNU_SOURCE
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"

static void
dest_log(void *opaque, enum vfiomig_log_level level, const char *line)
{
	struct dest *dest = opaque;
	size_t at;

	ck_assert_ptr_null(strchr(line, '\n'));
	pthread_mutex_lock(&dest->lock);
	at = strlen(dest->log);
	snprintf(dest->log + at, sizeof dest->log - at, "%d %s\n", (int)level,
	    line);
	pthread_mutex_unlock(&dest->lock);
}

static void
dest_trace(void *opaque, const struct vfiomig_trace *event)
{
	struct dest *dest = opaque;

	ck_assert_uint_eq(event->size, sizeof *event);
	pthread_mutex_lock(&dest->lock);
	if (dest->events < DEST_EVENTS)
		dest->event[dest->events++] = *event;
	pthread_mutex_unlock(&dest->lock);
}

void
config_fill(int device, void *data)
{
	uint8_t *bytes = data;
	int k;

	for (k = 0; k < DEST_CONFIG; k++)
		bytes[k] = (uint8_t)(k * 7 + device * 31 + 5);
}

static int
dest_config_load(void *opaque, const void *data, size_t size)
{
	struct dest_config *config = opaque;
	uint8_t right[DEST_CONFIG];

	config_fill(config->number, right);
	config->wrong = size != (config->size ? config->size :
	    sizeof right) ||
	    memcmp(data, right, sizeof right) != 0;
	atomic_fetch_add(&config->loads, 1);
	return config->call != NULL ?
	    config->call(config->dest, config->number) : 0;
}

static void
dest_device(struct dest *dest, int number, uint32_t flags,
    const char *backend)
{
	char idstr[16], params[16];
	struct vfiomig_device_config config = {
		.size = sizeof config, .flags = flags, .idstr = idstr,
		.backend = backend, .params = params,
		.config_load = dest_config_load,
		.opaque = &dest->config[number]
	};

	dest->config[number].dest = dest;
	dest->config[number].number = number;
	snprintf(idstr, sizeof idstr, "dev%d", number);
	snprintf(params, sizeof params, "%d", number);
	ck_assert_int_eq(vfiomig_device_add(dest->mig, &config,
	    &dest->device[number]), 0);
}

void
dest_open(struct dest *dest, int devices, const struct vfiomig_config *config,
    uint32_t flags, const char *backend)
{
	struct vfiomig_config c = *config;
	int k;

	memset(dest, 0, sizeof *dest);
	pthread_mutex_init(&dest->lock, NULL);
	c.log = dest_log;
	c.trace = dest_trace;
	c.opaque = dest;
	if (c.channels == 0)
		c.channels = 1;
	if (c.budget == 0)
		c.budget = 4 << 20;
	ck_assert_int_eq(vfiomig_new(&dest->mig, VFIOMIG_INCOMING, &c), 0);
	dest->devices = devices;
	for (k = 0; k < devices; k++)
		dest_device(dest, k, flags, backend);
}

void
dest_channel(struct dest *dest, int number, int fd, uint32_t flags)
{
	struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = fd, .flags = flags
	};

	ck_assert_int_eq(vfiomig_channel_open(dest->mig, &config,
	    &dest->channel[number]), 0);
}

void
dest_open_two(struct dest *dest)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 3,
	    .window = 4);

	record_start();
	dest_open(dest, 2, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(dest, 0, -1, VFIOMIG_CHANNEL_NONBLOCK);
	dest_channel(dest, 1, -1, VFIOMIG_CHANNEL_NONBLOCK);
}

void
dest_open_nonblock(struct dest *dest, int devices, int spans, int channels)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(
	    .channels = (uint32_t)channels,
	    .budget = (uint64_t)(devices + spans) * PACKET_ROOM);
	int k;

	record_start();
	dest_open(dest, devices, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	for (k = 0; k < channels; k++)
		dest_channel(dest, k, -1, VFIOMIG_CHANNEL_NONBLOCK);
}

bool
dest_told(struct dest *dest, int number)
{
	return fd_readable(vfiomig_channel_event_fd(dest->channel[number]));
}

void
dest_close(struct dest *dest)
{
	int k;

	vfiomig_free(dest->mig);
	for (k = 0; k < RECORDS; k++) {
		ck_assert_uint_eq(record[k].wrong, 0);
		ck_assert(!record[k].open);
	}
	pthread_mutex_destroy(&dest->lock);
}

void
dest_expect_whole(struct dest *dest, int device, uint64_t bytes)
{
	struct vfiomig_device_stats stats =
	    device_stats(dest->device[device]);

	ck_assert_uint_eq(record[device].loaded, bytes);
	ck_assert_uint_eq(record[device].wrong, 0);
	ck_assert_uint_eq(atomic_load(&record[device].state),
	    VFIOMIG_STATE_STOP);
	ck_assert_int_eq(dest->config[device].loads, 1);
	ck_assert_int_eq(dest->config[device].wrong, 0);
	ck_assert_uint_eq(stats.complete, 1);
}

void
words_are_in(const char *text, const char *words)
{
	char word[200];
	size_t n;

	for (; *words != '\0'; words += n + (words[n] == '|')) {
		n = strcspn(words, "|");
		ck_assert_uint_lt(n, sizeof word);
		memcpy(word, words, n);
		word[n] = '\0';
		ck_assert_msg(strstr(text, word) != NULL,
		    "\"%s\" is not in: %s", word, text);
	}
}

void
dest_expect_failure(struct dest *dest, int code, const char *words)
{
	char text[512];

	ck_assert_int_eq(vfiomig_failure(dest->mig, text, sizeof text), code);
	words_are_in(text, words);
}

int
dest_submit(struct dest *dest, int channel, int device, uint32_t idx,
    uint32_t size)
{
	return vfiomig_packet_submit(dest->channel[channel],
	    dest->device[device], packet_data(device, idx,
	    (uint64_t)idx * size, size), VFIOMIG_PACKET_HEADER + size);
}

int
dest_submit_config(struct dest *dest, int channel, int device, uint32_t idx)
{
	return vfiomig_packet_submit(dest->channel[channel],
	    dest->device[device], packet_config(device, idx),
	    VFIOMIG_PACKET_HEADER + DEST_CONFIG);
}

int
dest_run(struct dest *dest, int number, const struct script *script,
    enum carrier carrier)
{
	int fd = script_fd(script, carrier), r;

	dest_channel(dest, number, fd, 0);
	r = vfiomig_channel_run(dest->channel[number]);
	close(fd);
	return r;
}

static void *
thread_main(void *arg)
{
	struct thread *thread = arg;

	thread->result = thread->call(thread->arg);
	atomic_store(&thread->done, 1);
	return NULL;
}

void
thread_start(struct thread *thread, int (*call)(void *), void *arg)
{
	thread->call = call;
	thread->arg = arg;
	atomic_store(&thread->done, 0);
	ck_assert_int_eq(pthread_create(&thread->thread, NULL, thread_main,
	    thread), 0);
}

int
thread_join(struct thread *thread)
{
	pthread_join(thread->thread, NULL);
	return thread->result;
}

static int
drain_call(void *device)
{
	return vfiomig_buffer_drain(device);
}

static int
run_call(void *channel)
{
	return vfiomig_channel_run(channel);
}

void
drain_start(struct thread *thread, struct vfiomig_device *device)
{
	thread_start(thread, drain_call, device);
}

void
run_start(struct thread *thread, struct vfiomig_channel *channel)
{
	thread_start(thread, run_call, channel);
}

bool
fd_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	ck_assert_int_ge(fd, 0);
	return poll(&p, 1, 0) == 1;
}

struct vfiomig_device_stats
device_stats(struct vfiomig_device *device)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };

	ck_assert_int_eq(vfiomig_device_stats(device, &stats), 0);
	return stats;
}

struct vfiomig_channel_stats
channel_stats(struct vfiomig_channel *channel)
{
	struct vfiomig_channel_stats stats = { .size = sizeof stats };

	ck_assert_int_eq(vfiomig_channel_stats(channel, &stats), 0);
	return stats;
}

struct vfiomig_stats
dest_stats(struct dest *dest)
{
	struct vfiomig_stats stats = { .size = sizeof stats };

	ck_assert_int_eq(vfiomig_stats(dest->mig, &stats), 0);
	return stats;
}

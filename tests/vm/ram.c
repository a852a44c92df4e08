/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ram.c - RAM and SYNC packets from a source's channels to a destination's
 *
 * Idea: a SYNC stands for a point on the main stream: every page sent before
 * it, on any channel, is older than every page after it.  The source says so
 * with one SYNC a channel; the destination waits for one on each of its own.
 * So a channel that has come to its SYNC waits here for the others, and the
 * last one sends a SYNC to each of the destination's.  A page packet goes to
 * the destination's channel of its own source channel's number, modulo.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "intake.h"
#include "outlet.h"
#include "ram.h"

#define PAYLOAD_MAX (512 * 1024)
#define FLAG_SYNC 1		/* the last byte of the flags, at 11 */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t passed = PTHREAD_COND_INITIALIZER;
static unsigned int waiting;	/* channels that are at their SYNC */
static unsigned long packet_count, sync_count;

static unsigned int
number_of(const struct intake *intake, const struct vfiomig_channel *channel)
{
	unsigned int i;

	for (i = 0; i < intake->channels; i++)
		if (intake->channel[i] == channel)
			break;
	return i;
}

static int
sync_send(const void *header, size_t size)
{
	struct iovec iov;
	unsigned int i;
	int error = 0;

	for (i = 0; i < outlets_count() && error == 0; i++) {
		iov.iov_base = (void *)(uintptr_t)header;
		iov.iov_len = size;
		error = outlet_write(i, &iov, 1);
	}
	return error;
}

static int
sync_forward(const struct intake *intake, const void *header, size_t size)
{
	unsigned long before;
	int error = 0;

	pthread_mutex_lock(&lock);
	before = sync_count;
	if (++waiting == intake->channels) {
		error = sync_send(header, size);
		waiting = 0;
		sync_count++;
		pthread_cond_broadcast(&passed);
	}
	while (sync_count == before)
		pthread_cond_wait(&passed, &lock);
	pthread_mutex_unlock(&lock);
	return error;
}

int
ram_forward(void *opaque, struct vfiomig_channel *channel, const void *header,
    size_t header_size, uint32_t payload)
{
	const struct intake *intake = opaque;
	unsigned char bytes[PAYLOAD_MAX];
	struct iovec iov[2] = {
		{ (void *)(uintptr_t)header, header_size }, { bytes, payload }
	};
	int error;

	if (((const unsigned char *)header)[11] & FLAG_SYNC)
		return payload == 0 ?
		    sync_forward(intake, header, header_size) : -EPROTO;
	if (payload > sizeof bytes)
		return -EMSGSIZE;
	error = vfiomig_channel_read(channel, bytes, payload);
	if (error < 0)
		return error;
	pthread_mutex_lock(&lock);
	packet_count++;
	pthread_mutex_unlock(&lock);
	return outlet_write(number_of(intake, channel) % outlets_count(), iov,
	    payload > 0 ? 2 : 1);
}

void
ram_counts(unsigned long *packets, unsigned long *syncs)
{
	pthread_mutex_lock(&lock);
	*packets = packet_count;
	*syncs = sync_count;
	pthread_mutex_unlock(&lock);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * feed.c - a stream made up as it is read; see feed.h
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "feed.h"

enum { NUMBER = 5 };		/* where it is in a name */

void
feed_idstr(char idstr[WIRE_IDSTR], uint32_t number)
{
	snprintf(idstr, WIRE_IDSTR, "0000:%02x:00.0/vfio", number);
}

/* Packets of all: data, and a config state a device. */
static uint64_t
feed_total(const struct feed_plan *plan)
{
	return plan->packets + plan->devices;
}

/* What the @g-th packet of all is. */
static void
feed_packet(const struct feed_plan *plan, uint64_t g, uint32_t *device,
    struct wire_state *state)
{
	uint64_t burst = g / BURST;

	state->flags = g < plan->packets ? 0 : WIRE_STATE_CONFIG;
	if (state->flags) {
		*device = (uint32_t)(g - plan->packets);
		state->idx = (uint32_t)(plan->packets / plan->devices);
		return;
	}
	*device = (uint32_t)(burst % plan->devices);
	state->idx = (uint32_t)(burst / plan->devices * BURST + g % BURST);
	if (plan->order == REVERSED)
		state->idx = state->idx / WINDOW * WINDOW + WINDOW - 1 -
		    state->idx % WINDOW;
}

static void
feed_put(uint8_t *to, uint32_t value)
{
	value = htonl(value);
	memcpy(to, &value, sizeof value);
}

/*
 * Begin the packet this channel is at; false: there is none.  The same little
 * work whichever device it is of, so that what grows is the library's.
 */
static bool
feed_begin(struct feed *f)
{
	static const char digit[] = "0123456789abcdef";
	uint64_t g = f->at * f->plan->channels + f->channel;
	struct wire_state state;
	uint32_t device;

	if (g >= feed_total(f->plan))
		return false;
	feed_packet(f->plan, g, &device, &state);
	f->head[WIRE_HEADER + NUMBER] = (uint8_t)digit[device >> 4 & 15];
	f->head[WIRE_HEADER + NUMBER + 1] = (uint8_t)digit[device & 15];
	feed_put(f->head + WIRE_DEVICE + 4, state.idx);
	feed_put(f->head + WIRE_DEVICE + 8, state.flags);
	f->done = 0;
	f->size = sizeof f->head + DATA;
	return true;
}

void
feed_new(struct feed *feed, const struct feed_plan *plan, uint32_t channel)
{
	const struct wire_state state = { .idx = 0 };
	char idstr[WIRE_IDSTR];

	memset(feed, 0, sizeof *feed);
	feed->plan = plan;
	feed->channel = channel;
	feed_idstr(idstr, 0);
	wire_packet_encode(feed->head, idstr, 0, &state, DATA);
}

/* As much of the packet as fits into @size bytes; moves on at its end. */
static size_t
feed_copy(struct feed *f, uint8_t *to, size_t size)
{
	size_t n = f->size - f->done;

	if (f->done < sizeof f->head)
		n = sizeof f->head - f->done;
	if (n > size)
		n = size;
	if (f->done < sizeof f->head)
		memcpy(to, f->head + f->done, n);
	f->done += n;
	if (f->done == f->size) {
		f->at++;
		f->quota--;
		f->size = 0;
	}
	return n;
}

static size_t
feed_hello(struct feed *f, uint8_t *to, size_t size)
{
	const struct wire_hello hello = { .id = (uint8_t)f->channel };
	uint8_t bytes[WIRE_HELLO];
	size_t n = WIRE_HELLO - f->hello < size ? WIRE_HELLO - f->hello : size;

	wire_hello_encode(bytes, &hello);
	memcpy(to, bytes + f->hello, n);
	f->hello += n;
	return n;
}

ssize_t
feed_readv(void *feed, const struct iovec *iov, int n)
{
	struct feed *f = feed;
	ssize_t done = 0;
	int k;

	for (k = 0; k < n; k++) {
		uint8_t *to = iov[k].iov_base;
		size_t left = iov[k].iov_len, part;

		while (left > 0) {
			if (f->hello < WIRE_HELLO)
				part = feed_hello(f, to, left);
			else if (f->size != 0)
				part = feed_copy(f, to, left);
			else if (f->quota == 0)
				return done != 0 ? done : -EAGAIN;
			else if (feed_begin(f))
				continue;
			else
				return done;
			to += part;
			left -= part;
			done += (ssize_t)part;
		}
	}
	return done;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * receive_l.c - sides L and L1, receiving: the limits
 *
 * Each connection's thread receives a packet into one warm buffer and writes
 * it to its own sink at once.  The next packet's header comes with the last
 * bytes of a payload, so a packet costs one receive and one write.  No order
 * is kept, nothing is shared and nobody waits for anybody.
 *
 * L1 has the one sink that a device is, which takes one write at a time; there
 * is no order either.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench.h"
#include "lib/wire.h"
#include "sink.h"
#include "tcp.h"

/* A payload, and as much of the next head as comes along. */
static size_t
payload_read(int fd, uint8_t *data, size_t size, uint8_t *head)
{
	size_t have = 0;
	ssize_t r;

	while (have < size) {
		struct iovec iov[2] = {
			{ .iov_base = data + have, .iov_len = size - have },
			{ .iov_base = head, .iov_len = WIRE_FULL }
		};
		struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

		r = recvmsg(fd, &msg, 0);
		must(r > 0);
		have += (size_t)r;
	}
	return have - size;
}

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* To the channel's own sink, or to the only one when it is its turn. */
static void
payload_write(struct run *run, uint32_t number, const struct iovec *iov)
{
	bool shared = run->sinks == 1;

	if (shared)
		pthread_mutex_lock(&turn);
	sink_write(run->sink[shared ? 0 : number], iov, 1);
	if (shared)
		pthread_mutex_unlock(&turn);
}

static void
channel_run(struct run *run, uint32_t number)
{
	int fd = run->fd[number];
	uint8_t head[WIRE_FULL], *data = warm_buffer(run->plan->size);
	struct wire_device packet;
	struct wire_state state;
	struct iovec iov = { .iov_base = data };
	const char *why;
	size_t have = 0;

	must(tcp_read(fd, head, WIRE_HELLO));
	while (tcp_read(fd, head + have, sizeof head - have)) {
		must(wire_device_decode(head, &packet, &why) == 0);
		must(wire_state_decode(head + WIRE_DEVICE, &state, &why) == 0);
		must(packet.size - WIRE_STATE <= run->plan->size ||
		    state.flags & WIRE_STATE_CONFIG);
		iov.iov_len = packet.size - WIRE_STATE;
		have = payload_read(fd, data, iov.iov_len, head);
		if (!(state.flags & WIRE_STATE_CONFIG))
			payload_write(run, number, &iov);
	}
	free(data);
}

static void
receive_l_run(struct run *run)
{
	struct crew *channels = crew_start(run, run->plan->channels,
	    channel_run);

	run_go(run);
	crew_wait(channels);
	run_done(run);
}

const struct side receive_l = {
	.name = "L", .run = receive_l_run, .sinks_by_channel = true
};
const struct side receive_l1 = {
	.name = "L1", .run = receive_l_run, .any_order = true
};

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * send_l.c - sides L and L1, sending: the limits
 *
 * Each connection's thread reads its own source into one warm buffer and
 * sends that with a header in one call.  Nothing is shared.
 *
 * L1 has the one source that a device is, which is read one at a time.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "lib/wire.h"
#include "sink.h"
#include "tcp.h"

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* From the channel's own source, or from the only one when it is its turn. */
static size_t
payload_read(struct run *run, uint32_t number, void *data)
{
	bool shared = run->sinks == 1;
	size_t size;

	if (shared)
		pthread_mutex_lock(&turn);
	size = sink_read(run->sink[shared ? 0 : number], data,
	    run->plan->size);
	if (shared)
		pthread_mutex_unlock(&turn);
	return size;
}

static void
channel_run(struct run *run, uint32_t number)
{
	struct wire_state state = { 0 };
	uint8_t head[WIRE_FULL], *data = warm_buffer(run->plan->size);
	struct iovec iov[2];
	size_t size;

	while ((size = payload_read(run, number, data)) != 0) {
		wire_packet_encode(head, "0000:00:00.0/vfio", 0, &state,
		    (uint32_t)size);
		state.idx++;
		iov[0].iov_base = head;
		iov[0].iov_len = sizeof head;
		iov[1].iov_base = data;
		iov[1].iov_len = size;
		tcp_write(run->fd[number], iov, 2);
	}
	free(data);
}

static void
send_l_run(struct run *run)
{
	run_go(run);
	crew_wait(crew_start(run, run->plan->channels, channel_run));
	run_done(run);
}

const struct side send_l = {
	.name = "L", .run = send_l_run, .sinks_by_channel = true
};
const struct side send_l1 = { .name = "L1", .run = send_l_run };

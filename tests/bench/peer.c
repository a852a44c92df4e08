/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * peer.c - the process at the other end of the connections
 *
 * Idea
 *
 *   The same for all sides, and as cheap as it can be, since it shares the
 *   machine with what is measured.  Sending, each channel has a thread that
 *   takes the next packets of the whole stream and sends them out of memory
 *   that stays warm: 64 KiB of packets in a call, or one packet.  Packets of
 *   the devices take turns, and so does what channels carry, so that they
 *   come out of order as they do from QEMU: the next packet goes to the next
 *   channel that is not busy.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "lib/wire.h"
#include "sink.h"
#include "tcp.h"

enum {
	BATCH		= 16,		/* packets in a call, at most */
	CALL		= 64 * 1024,	/* bytes in a call, if more than one */
	CONFIG		= 1024,		/* bytes of a config state */
	SETTLE_NS	= 400 * 1000	/* until everybody sleeps again */
};

/* One packet: its headers and the first bytes of its data. */
struct head {
	uint8_t wire[WIRE_FULL];
	struct mark mark;
} __attribute__((packed));

static _Atomic uint64_t line;		/* the next packet of all */
static uint8_t *payload;

static void
peer_hello(int fd, uint32_t number)
{
	struct wire_hello hello = { .id = (uint8_t)number };
	uint8_t bytes[WIRE_HELLO];
	struct iovec iov = { .iov_base = bytes, .iov_len = sizeof bytes };

	wire_hello_encode(bytes, &hello);
	tcp_write(fd, &iov, 1);
}

/* Packet @k of all: two pieces of @iov. */
static void
peer_packet(const struct plan *plan, uint64_t k, struct head *head,
    struct iovec iov[2])
{
	struct wire_state state = { .idx = (uint32_t)(k / plan->devices) };
	bool config = state.idx == plan->packets;
	uint32_t size = config ? CONFIG : plan->size;
	char idstr[WIRE_IDSTR];

	state.flags = config ? WIRE_STATE_CONFIG : 0;
	snprintf(idstr, sizeof idstr, "0000:00:%02x.0/vfio",
	    (unsigned int)(k % plan->devices));
	wire_packet_encode(head->wire, idstr, 0, &state, size);
	head->mark.idx = state.idx;
	iov[0].iov_base = head;
	iov[0].iov_len = sizeof *head;
	iov[1].iov_base = payload;
	iov[1].iov_len = size - sizeof head->mark;
}

static void
peer_stream(struct run *run, uint32_t number)
{
	const struct plan *plan = run->plan;
	uint64_t total = (uint64_t)(plan->packets + 1) * plan->devices;
	uint64_t batch = CALL / plan->size, k, n;
	struct head head[BATCH];
	struct iovec iov[2 * BATCH];

	batch = batch < 1 ? 1 : batch > BATCH ? BATCH : batch;
	while ((k = atomic_fetch_add(&line, batch)) < total) {
		for (n = 0; n < batch && k + n < total; n++)
			peer_packet(plan, k + n, &head[n], &iov[2 * n]);
		tcp_write(run->fd[number], iov, (int)(2 * n));
	}
	shutdown(run->fd[number], SHUT_WR);
}

/*
 * Latency: of each two packets the second comes first, on another channel;
 * when all is quiet the first one follows, its last bytes being the time.
 */
static void
peer_late(struct run *run, uint32_t number)
{
	const struct plan *plan = run->plan;
	struct head head;
	struct iovec iov[2];
	uint64_t k, stamp;

	if (number != 0)
		return;
	for (k = 0; k + 1 < plan->packets; k += 2) {
		peer_packet(plan, k + 1, &head, iov);
		tcp_write(run->fd[1], iov, 2);
		peer_packet(plan, k, &head, iov);
		iov[1].iov_len -= sizeof stamp;
		tcp_write(run->fd[0], iov, 2);
		sleep_until(clock_ns() + SETTLE_NS);
		iov[0].iov_base = &stamp;
		iov[0].iov_len = sizeof stamp;
		stamp = clock_ns();
		tcp_write(run->fd[0], iov, 1);
		sleep_until(clock_ns() + SETTLE_NS);
	}
	for (; k <= plan->packets; k++) {
		peer_packet(plan, k, &head, iov);
		tcp_write(run->fd[0], iov, 2);
	}
	for (k = 0; k < plan->channels; k++)
		shutdown(run->fd[k], SHUT_WR);
}

void
peer_send(const struct plan *plan, struct outcome *outcome, int port, int go)
{
	struct run run = { .plan = plan, .outcome = outcome };
	uint32_t k;
	char byte;

	payload = calloc(1, plan->size > CONFIG ? plan->size : CONFIG);
	must(payload != NULL);
	for (k = 0; k < plan->channels; k++) {
		run.fd[k] = tcp_connect(port);
		peer_hello(run.fd[k], k);
	}
	must(read(go, &byte, 1) == 1);
	crew_wait(crew_start(&run, plan->channels,
	    plan->late ? peer_late : peer_stream));
	for (k = 0; k < plan->channels; k++)
		recv(run.fd[k], &byte, 1, 0);	/* until the other has read */
}

/* Everything is taken off the socket and thrown away inside the kernel. */
static void
peer_eat(struct run *run, uint32_t number)
{
	ssize_t r;

	do {
		r = recv(run->fd[number], NULL, 4 * MIB, MSG_TRUNC);
	} while (r > 0);
	must(r == 0);
}

void
peer_receive(const struct plan *plan, int port)
{
	struct run run = { .plan = plan };
	uint32_t k;

	for (k = 0; k < plan->channels; k++)
		run.fd[k] = tcp_connect(port);
	crew_wait(crew_start(&run, plan->channels, peer_eat));
}

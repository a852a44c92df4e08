/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * writer.c - a channel that writes its fd: hello, framing
 *
 * Idea
 *
 *   Headers and payload are pieces of one system call, the payload being the
 *   state buffer that the device was read into.  Small packets that are in
 *   line already go together, up to what a 64 KiB packet would be, so that a
 *   packet does not cost a call and a switch of threads.  Nothing waits for
 *   company.  A state machine, so that a nonblocking channel goes on where it
 *   was:
 *
 *     HELLO -> TAKE -> SEND -> TAKE ... -> END
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { HELLO, TAKE, SEND, END };

enum {
	TOGETHER	= 16,		/* packets in one call */
	ENOUGH		= 64 * 1024	/* bytes, when there are more packets */
};

/* A packet that is being sent. */
struct sending {
	struct vfiomig_device *device;
	struct entry entry;
	uint8_t head[WIRE_FULL];
};

struct writer {
	int state;
	int packets;			/* taken and not sent */
	struct sending packet[TOGETHER];
	struct iovec iov[2 * TOGETHER];	/* what is left to write */
	struct iovec *next;
	int pieces;
	uint8_t hello[WIRE_HELLO];
};

void
writer_free(struct writer *writer)
{
	free(writer);
}

int
writer_open(struct vfiomig_channel *ch)
{
	struct writer *wr = calloc(1, sizeof *wr);
	struct wire_hello hello;

	if (wr == NULL)
		return -ENOMEM;
	memcpy(hello.uuid, ch->mig->uuid, sizeof hello.uuid);
	hello.id = (uint8_t)atomic_load_explicit(&ch->id, relaxed);
	wire_hello_encode(wr->hello, &hello);
	wr->iov[0].iov_base = wr->hello;
	wr->iov[0].iov_len = sizeof wr->hello;
	wr->next = wr->iov;
	wr->pieces = 1;
	ch->writer = wr;
	return 0;
}

/* Send the pieces that are left.  0: all went; -EAGAIN; or the failure. */
static int
writer_send(struct vfiomig_channel *ch)
{
	struct writer *wr = ch->writer;
	ssize_t r;

	while (wr->pieces > 0) {
		r = channel_write(ch, wr->next, wr->pieces);
		if (r == -EAGAIN)
			return (int)r;
		if (r <= 0)
			return fail(ch->mig, r == 0 ? -EIO : (int)r,
			    "channel failed: channel=%d, id=%d, offset=%llu, "
			    "error=%d, why=\"it cannot be written\"",
			    ch->number, (int)atomic_load_explicit(&ch->id,
			    relaxed), (unsigned long long)counted(
			    &ch->wire_bytes), (int)r);
		wr->pieces = iov_skip(&wr->next, wr->pieces, (size_t)r);
	}
	return 0;
}

static int
writer_hello(struct vfiomig_channel *ch)
{
	int r = writer_send(ch);

	if (r == 0)
		ch->writer->state = TAKE;
	return r;
}

/* Keep the packet that the channel has taken; its bytes. */
static size_t
writer_keep(struct vfiomig_channel *ch)
{
	struct writer *wr = ch->writer;
	struct sending *p = &wr->packet[wr->packets++];

	p->device = ch->device;
	p->entry = ch->entry;
	memcpy(p->head, ch->head, sizeof p->head);
	wr->iov[wr->pieces].iov_base = p->head;
	wr->iov[wr->pieces++].iov_len = sizeof p->head;
	if (p->entry.size != 0) {
		wr->iov[wr->pieces].iov_base = pool_data(ch->mig->pool,
		    p->entry.block);
		wr->iov[wr->pieces++].iov_len = p->entry.size;
	}
	return sizeof p->head + p->entry.size;
}

static int
writer_take(struct vfiomig_channel *ch)
{
	struct writer *wr = ch->writer;
	size_t bytes;
	int r = outgoing_take(ch);

	if (r == -ENODATA)
		wr->state = END;
	if (r < 0)
		return r == -ENODATA ? 0 : r;
	wr->next = wr->iov;
	bytes = writer_keep(ch);
	while (wr->packets < TOGETHER && bytes < ENOUGH && outgoing_more(ch))
		bytes += writer_keep(ch);
	idle_go(ch);
	wr->state = SEND;
	return 0;
}

/* The channel has packet @k again, as if it were the only one. */
static void
writer_back(struct vfiomig_channel *ch, int k)
{
	ch->device = ch->writer->packet[k].device;
	ch->entry = ch->writer->packet[k].entry;
}

static int
writer_packets(struct vfiomig_channel *ch)
{
	struct writer *wr = ch->writer;
	int k, r = writer_send(ch);

	if (r < 0)
		return r;
	for (k = 0; k < wr->packets; k++) {
		writer_back(ch, k);
		outgoing_release(ch);
	}
	wr->packets = 0;
	wr->state = TAKE;
	return 0;
}

void
writer_abandon(struct vfiomig_channel *ch)
{
	int k;

	for (k = 0; ch->writer != NULL && k < ch->writer->packets; k++) {
		writer_back(ch, k);
		outgoing_abandon(ch);
	}
}

int
writer_run(struct vfiomig_channel *ch)
{
	static int (*const step[])(struct vfiomig_channel *) = {
		writer_hello, writer_take, writer_packets
	};
	int r = 0;

	while (r == 0 && ch->writer->state != END)
		r = step[ch->writer->state](ch);
	idle_away(ch);
	return r == 0 ? channel_end(ch) : r;
}

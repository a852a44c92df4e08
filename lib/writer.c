/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * writer.c - a channel that writes its fd: hello, framing
 *
 * Idea
 *
 *   Headers and payload are two pieces of one system call, the payload being
 *   the state buffer that the device was read into.  A state machine, so that
 *   a nonblocking channel goes on where it was:
 *
 *     HELLO -> TAKE -> SEND -> TAKE ... -> END
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { HELLO, TAKE, SEND, END };

struct writer {
	int state;
	size_t done;			/* bytes of the piece being sent */
	uint8_t hello[WIRE_HELLO];
};

void
writer_free(struct writer *writer)
{
	free(writer);
}

static struct writer *
writer_new(struct vfiomig_channel *ch)
{
	struct writer *wr = calloc(1, sizeof *wr);
	struct wire_hello hello;

	if (wr == NULL)
		return NULL;
	memcpy(hello.uuid, ch->mig->uuid, sizeof hello.uuid);
	hello.id = (uint8_t)atomic_load_explicit(&ch->id, relaxed);
	wire_hello_encode(wr->hello, &hello);
	return wr;
}

/* Send the rest of two pieces.  0: all went; -EAGAIN; or the failure. */
static int
writer_send(struct vfiomig_channel *ch, const struct iovec piece[2])
{
	struct writer *wr = ch->writer;
	size_t first = piece[0].iov_len, all = first + piece[1].iov_len;
	struct iovec iov[2];
	ssize_t r;
	int n;

	while (wr->done < all) {
		n = 0;
		if (wr->done < first) {
			iov[n].iov_base = (char *)piece[0].iov_base + wr->done;
			iov[n++].iov_len = first - wr->done;
		}
		if (piece[1].iov_len != 0) {
			size_t skip = wr->done < first ? 0 : wr->done - first;

			iov[n].iov_base = (char *)piece[1].iov_base + skip;
			iov[n++].iov_len = piece[1].iov_len - skip;
		}
		r = channel_write(ch, iov, n);
		if (r == -EAGAIN)
			return (int)r;
		if (r <= 0)
			return fail(ch->mig, r == 0 ? -EIO : (int)r,
			    "channel failed: channel=%d, id=%d, offset=%llu, "
			    "error=%d, why=\"it cannot be written\"",
			    ch->number, (int)atomic_load_explicit(&ch->id,
			    relaxed), (unsigned long long)counted(
			    &ch->wire_bytes), (int)r);
		wr->done += (size_t)r;
	}
	wr->done = 0;
	return 0;
}

static int
writer_hello(struct vfiomig_channel *ch)
{
	const struct iovec piece[2] = {
		{ .iov_base = ch->writer->hello, .iov_len = WIRE_HELLO }
	};
	int r = writer_send(ch, piece);

	if (r == 0)
		ch->writer->state = TAKE;
	return r;
}

static int
writer_take(struct vfiomig_channel *ch)
{
	int r = outgoing_take(ch);

	if (r == 0)
		ch->writer->state = SEND;
	if (r != -ENODATA)
		return r;
	ch->writer->state = END;
	return 0;
}

static int
writer_packet(struct vfiomig_channel *ch)
{
	const struct iovec piece[2] = {
		{ .iov_base = ch->head, .iov_len = sizeof ch->head },
		{ .iov_base = pool_data(ch->mig->pool, ch->entry.block),
		  .iov_len = ch->entry.size }
	};
	int r = writer_send(ch, piece);

	if (r < 0)
		return r;
	outgoing_release(ch);
	ch->writer->state = TAKE;
	return 0;
}

int
writer_run(struct vfiomig_channel *ch)
{
	static int (*const step[])(struct vfiomig_channel *) = {
		writer_hello, writer_take, writer_packet
	};
	int r = 0;

	if (ch->device != NULL && ch->writer == NULL)
		return -EBUSY;		/* the caller has taken one itself */
	if (ch->writer == NULL) {
		ch->writer = writer_new(ch);
		if (ch->writer == NULL)
			return -ENOMEM;
	}
	while (r == 0 && ch->writer->state != END)
		r = step[ch->writer->state](ch);
	return r == 0 ? channel_end(ch) : r;
}

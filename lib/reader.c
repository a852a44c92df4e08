/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * reader.c - a channel that reads its fd: hello, framing, routing
 *
 * Idea
 *
 *   No packet is shorter than a device packet's two headers (WIRE_FULL), so
 *   that many bytes can always be read ahead of knowing what they are: the
 *   system call that brings the last of a payload brings the next header too,
 *   and a packet that is there whole costs one call.  The payload goes
 *   straight into the state buffer, and nothing is ever copied.
 *
 *   The reader is a state machine, so that a nonblocking channel goes on
 *   where it was:
 *
 *     START -> HELLO -> HEADER -> RESERVE -> PAYLOAD -> HEADER ...
 *                          +----> RAM_HEADER -> SKIP --^      -> END
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { START, HELLO, HEADER, RESERVE, PAYLOAD, RAM_HEADER, SKIP, END };
enum { SCRATCH = 64 * 1024 };

struct reader {
	int state;
	size_t have;			/* bytes of head, or of the thing read */
	size_t got;			/* bytes of the payload */
	uint64_t left;			/* bytes of a RAM payload */
	struct vfiomig_device *dev;	/* of the packet being read */
	struct wire_state packet;
	uint32_t size;			/* of its data */
	void *data;
	bool calling;			/* inside the ram callback */
	uint8_t head[WIRE_FULL];
	uint8_t scratch[SCRATCH];	/* hello, RAM headers, what is skipped */
};

int
reader_open(struct vfiomig_channel *ch)
{
	ch->reader = calloc(1, sizeof *ch->reader);
	return ch->reader == NULL ? -ENOMEM : 0;
}

void
reader_free(struct reader *reader)
{
	free(reader);
}

/* The channel's bytes cannot be gone on with.  Their offset is that of the
 * packet whose head is wrong, or where they ended. */
static int
reader_fail(struct vfiomig_channel *ch, int code, const char *why)
{
	return fail(ch->mig, code, "channel failed: channel=%d, id=%d, "
	    "offset=%llu, error=%d, why=\"%s\"", ch->number,
	    (int)atomic_load_explicit(&ch->id, relaxed),
	    (unsigned long long)(counted(&ch->wire_bytes) -
	    ch->reader->have), code, why);
}

/*
 * Read until *@have of @want bytes are in @data, and with the same calls as
 * much of the next packet's head as comes.  0: all are in; -EAGAIN; or the
 * failure.  *@have keeps count between calls.
 */
static int
reader_fill(struct vfiomig_channel *ch, void *data, size_t want, size_t *have,
    bool ahead)
{
	struct reader *rd = ch->reader;
	struct iovec iov[2];
	ssize_t r;

	while (*have < want) {
		iov[0].iov_base = (uint8_t *)data + *have;
		iov[0].iov_len = want - *have;
		iov[1].iov_base = rd->head;
		iov[1].iov_len = sizeof rd->head;
		r = channel_read(ch, iov, ahead ? 2 : 1);
		if (r == -EAGAIN)
			return (int)r;
		if (r < 0)
			return reader_fail(ch, (int)r, "it cannot be read");
		if (r == 0)
			return reader_fail(ch, -EPIPE,
			    "it ended inside a packet");
		*have += (size_t)r;
	}
	if (ahead) {
		rd->have = *have - want;
		*have = want;
	}
	return 0;
}

/* The first four bytes: is it a channel at all? */
static int
reader_start(struct vfiomig_channel *ch)
{
	struct reader *rd = ch->reader;
	int r;

	r = reader_fill(ch, rd->scratch, 4, &rd->got, false);
	if (r < 0)
		return r;
	if (wire_is_main(rd->scratch)) {
		rd->state = END;
		atomic_fetch_sub_explicit(&ch->mig->opened, 1, relaxed);
		atomic_store_explicit(&ch->ended, CHANNEL_MAIN, relaxed);
		return -ENOTSUP;
	}
	rd->state = HELLO;
	return 0;
}

/* Note a hello's id; false: out of range, or it came before. */
static bool
reader_id(struct vfiomig_channel *ch, uint8_t id)
{
	uint32_t bit = 1u << (id % 32);

	atomic_store_explicit(&ch->id, id, relaxed);
	return id < ch->mig->channels_expected &&
	    !(atomic_fetch_or_explicit(&ch->mig->ids[id / 32], bit,
	    relaxed) & bit);
}

static int
reader_hello(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;
	struct reader *rd = ch->reader;
	struct wire_hello hello;
	const char *why;
	int r;

	r = reader_fill(ch, rd->scratch, WIRE_HELLO, &rd->got, true);
	if (r < 0)
		return r;
	if (wire_hello_decode(rd->scratch, &hello, &why) < 0)
		return reader_fail(ch, -EBADMSG, why);
	if (mig->has_uuid && memcmp(hello.uuid, mig->uuid, 16) != 0)
		return reader_fail(ch, -EPROTO,
		    "hello: the uuid is another VM's");
	if (!reader_id(ch, hello.id))
		return reader_fail(ch, -EPROTO,
		    hello.id >= mig->channels_expected ?
		    "hello: the id is out of range" :
		    "hello: the id came twice");
	rd->state = HEADER;
	return 0;
}

/* The peer's words, fit for a line in quotes of ours. */
static void
reader_clean(char *idstr)
{
	for (; *idstr != '\0'; idstr++)
		if (*idstr < ' ' || *idstr > '~' || *idstr == '"')
			*idstr = '?';
}

/* A device-state packet's headers are in head. */
static int
reader_device(struct vfiomig_channel *ch)
{
	struct reader *rd = ch->reader;
	struct wire_device device;
	const char *why;

	if (wire_device_decode(rd->head, &device, &why) < 0 ||
	    wire_state_decode(rd->head + WIRE_DEVICE, &rd->packet, &why) < 0)
		return reader_fail(ch, -EBADMSG, why);
	if (rd->dev == NULL ||
	    !device_is(rd->dev, device.idstr, device.instance_id))
		rd->dev = vfiomig_device_find(ch->mig, device.idstr,
		    device.instance_id);
	if (rd->dev == NULL) {
		reader_clean(device.idstr);
		return fail(ch->mig, -EPROTO, "packet refused: channel=%d, "
		    "device=\"%s\", instance=%u, idx=%u, "
		    "why=\"no such device\"", ch->number, device.idstr,
		    device.instance_id, rd->packet.idx);
	}
	rd->size = device.size - WIRE_STATE;
	rd->state = RESERVE;
	return 0;
}

/* A whole head is needed; END when there is none. */
static int
reader_header(struct vfiomig_channel *ch)
{
	struct reader *rd = ch->reader;
	struct iovec iov;
	uint32_t flags;
	const char *why;
	ssize_t r;

	while (rd->have < sizeof rd->head) {
		iov.iov_base = rd->head + rd->have;
		iov.iov_len = sizeof rd->head - rd->have;
		r = channel_read(ch, &iov, 1);
		if (r == -EAGAIN)
			return (int)r;
		if (r < 0)
			return reader_fail(ch, (int)r, "it cannot be read");
		if (r == 0 && rd->have == 0) {
			rd->state = END;
			return 0;
		}
		if (r == 0)
			return reader_fail(ch, -EPIPE,
			    "it ended inside a header");
		rd->have += (size_t)r;
	}
	if (wire_header_decode(rd->head, &flags, &why) < 0)
		return reader_fail(ch, -EBADMSG, why);
	rd->got = 0;
	if (flags & WIRE_FLAG_DEVICE_STATE)
		return reader_device(ch);
	memcpy(rd->scratch, rd->head, sizeof rd->head);
	rd->got = sizeof rd->head;
	rd->have = 0;
	rd->left = wire_ram_payload(rd->head);
	rd->state = RAM_HEADER;
	return 0;
}

static int
reader_reserve(struct vfiomig_channel *ch)
{
	struct reader *rd = ch->reader;
	int r;

	r = incoming_reserve(ch, rd->dev, &rd->packet, rd->size, &rd->data);
	if (r < 0)
		return r;
	rd->got = 0;
	rd->have = 0;
	rd->state = PAYLOAD;
	return 0;
}

static int
reader_payload(struct vfiomig_channel *ch)
{
	struct reader *rd = ch->reader;
	int r;

	r = reader_fill(ch, rd->data, rd->size, &rd->got, true);
	if (r < 0)
		return r;
	rd->state = HEADER;
	return incoming_commit(ch);
}

/* The rest of a RAM packet's header, and the caller's chance at it. */
static int
reader_ram(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;
	struct reader *rd = ch->reader;
	size_t size = wire_ram_header(mig->page_size);
	int r;

	r = reader_fill(ch, rd->scratch, size, &rd->got, false);
	if (r < 0)
		return r;
	count_own(&ch->skipped, 1);
	if (mig->ram != NULL) {
		uint8_t header[WIRE_RAM_MAX];

		memcpy(header, rd->scratch, size);
		rd->calling = true;
		r = mig->ram(mig->opaque, ch, header, size,
		    (uint32_t)rd->left);
		rd->calling = false;
		if (r < 0)
			return reader_fail(ch, r, "the ram callback failed");
	}
	rd->have = 0;
	rd->state = SKIP;
	return 0;
}

static int
reader_skip(struct vfiomig_channel *ch)
{
	struct reader *rd = ch->reader;
	size_t piece;
	int r;

	while (rd->left > 0) {
		piece = rd->left < SCRATCH ? (size_t)rd->left : SCRATCH;
		rd->got = 0;
		r = reader_fill(ch, rd->scratch, piece, &rd->got,
		    piece == rd->left);
		rd->left -= rd->got;
		if (r < 0)
			return r;
	}
	rd->state = HEADER;
	return 0;
}

int
reader_pull(struct vfiomig_channel *ch, void *data, size_t size)
{
	struct reader *rd = ch->reader;
	size_t have = 0;
	int r;

	if (!rd->calling || size > rd->left)
		return -EINVAL;
	do {
		r = reader_fill(ch, data, size, &have, false);
	} while (r == -EAGAIN && (r = channel_wait(ch)) == 0);
	if (r == 0)
		rd->left -= size;
	return r;
}

int
reader_run(struct vfiomig_channel *ch)
{
	static int (*const step[])(struct vfiomig_channel *) = {
		reader_start, reader_hello, reader_header, reader_reserve,
		reader_payload, reader_ram, reader_skip
	};
	int r = 0;

	if (atomic_load_explicit(&ch->ended, relaxed) == CHANNEL_MAIN)
		return -ENOTSUP;
	while (r == 0 && ch->reader->state != END)
		r = step[ch->reader->state](ch);
	return r == 0 ? channel_end(ch) : r;
}

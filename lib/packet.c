/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * packet.c - packets handed in and out to callers with a transport of their
 * own
 */
#include <string.h>

#include "internal.h"

/* What every call on a channel's packets asks first. */
static int
packet_check(const struct vfiomig_channel *ch,
    const struct vfiomig_device *dev)
{
	if (ch == NULL || dev == NULL || dev->mig != ch->mig ||
	    ch->mig->direction != VFIOMIG_INCOMING)
		return -EINVAL;
	if (ch->closed || ch->device != NULL || ch->runs)
		return -EBUSY;
	return 0;
}

API int
vfiomig_packet_reserve(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const void *header, size_t size, void **data)
{
	struct wire_state state;
	const char *why;
	int r;

	if (header == NULL || data == NULL)
		return -EINVAL;
	r = packet_check(ch, dev);
	if (r == 0)
		r = failed(ch->mig);
	if (r < 0)
		return r;
	if (wire_state_decode(header, &state, &why) < 0)
		return fail(ch->mig, -EBADMSG, "packet refused: channel=%d, "
		    "device=\"%s\", instance=%u, why=\"%s\"", ch->number,
		    dev->idstr, dev->instance_id, why);
	return incoming_reserve(ch, dev, &state, size, data);
}

API int
vfiomig_packet_submit(struct vfiomig_channel *ch, struct vfiomig_device *dev,
    const void *packet, size_t size)
{
	void *data = NULL;
	int r;

	if (packet == NULL)
		return -EINVAL;
	r = packet_check(ch, dev);
	if (r == 0)
		r = failed(ch->mig);
	if (r < 0)
		return r;
	if (size < VFIOMIG_PACKET_HEADER)
		return fail(ch->mig, -EBADMSG, "packet refused: channel=%d, "
		    "device=\"%s\", instance=%u, size=%zu, "
		    "why=\"shorter than its header\"", ch->number, dev->idstr,
		    dev->instance_id, size);
	size -= VFIOMIG_PACKET_HEADER;
	r = vfiomig_packet_reserve(ch, dev, packet, size, &data);
	if (r < 0)
		return r;
	if (data != NULL)
		memcpy(data, (const char *)packet + VFIOMIG_PACKET_HEADER,
		    size);
	return incoming_commit(ch);
}

/* A packet is reserved on this channel. */
static bool
packet_reserved(const struct vfiomig_channel *ch)
{
	return ch != NULL && ch->mig->direction == VFIOMIG_INCOMING &&
	    ch->device != NULL && !ch->runs;
}

API int
vfiomig_packet_commit(struct vfiomig_channel *ch)
{
	return packet_reserved(ch) ? incoming_commit(ch) : -EINVAL;
}

API int
vfiomig_packet_abandon(struct vfiomig_channel *ch)
{
	if (!packet_reserved(ch))
		return -EINVAL;
	incoming_abandon(ch);
	return failed(ch->mig);
}

API int
vfiomig_packet_take(struct vfiomig_channel *ch, struct vfiomig_packet *packet)
{
	struct vfiomig_packet p = { .size = sizeof p };
	int r;

	if (ch == NULL || packet == NULL || packet->size < sizeof p ||
	    ch->mig->direction != VFIOMIG_OUTGOING)
		return -EINVAL;
	if (ch->closed || ch->device != NULL || ch->runs)
		return -EBUSY;
	r = outgoing_take(ch);
	idle_go(ch);
	idle_away(ch);
	if (r < 0)
		return r;
	p.size = packet->size;
	p.device = ch->device;
	p.idx = ch->entry.idx;
	p.flags = ch->entry.flags;
	p.iov[0].iov_base = ch->head;
	p.iov[0].iov_len = WIRE_DEVICE;
	p.iov[1].iov_base = ch->head + WIRE_DEVICE;
	p.iov[1].iov_len = WIRE_STATE;
	p.iov[2].iov_base = pool_data(ch->mig->pool, ch->entry.block);
	p.iov[2].iov_len = ch->entry.size;
	*packet = p;
	return 0;
}

API int
vfiomig_packet_release(struct vfiomig_channel *ch)
{
	if (ch == NULL || ch->mig->direction != VFIOMIG_OUTGOING ||
	    ch->device == NULL || ch->runs)
		return -EINVAL;
	outgoing_release(ch);
	return failed(ch->mig);
}

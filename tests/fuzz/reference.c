/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * reference.c - a receiver so simple that one can see it is right
 */
#include <errno.h>
#include <string.h>

#include "reference.h"

enum { HELLO = 64, HEAD = 288, RAM = 1344 };

static uint32_t
be32(const uint8_t *b, size_t at)
{
	return (uint32_t)b[at] << 24 | (uint32_t)b[at + 1] << 16 |
	    (uint32_t)b[at + 2] << 8 | b[at + 3];
}

unsigned int
reference_class(int error)
{
	return error == -EBADMSG ? FAULT_BADMSG :
	    error == -EPROTO ? FAULT_PROTO :
	    error == -EMSGSIZE ? FAULT_MSGSIZE :
	    error == -EPIPE ? FAULT_PIPE : 0;
}

static unsigned int
hello_fault(struct reference *reference, const uint8_t *b)
{
	unsigned int id = b[24];

	if (be32(b, 0) != 0x11223344 || be32(b, 4) != 1)
		return FAULT_BADMSG;
	if (id >= reference->channels || reference->ids[id])
		return FAULT_PROTO;
	reference->ids[id] = true;
	return 0;
}

/* The number of the device with that idstr, or -1. */
static int
device_number(const struct reference *reference, const uint8_t *head)
{
	char name[2] = "0";

	for (; name[0] < '0' + (int)reference->devices; name[0]++)
		if (memcmp(head + 12, name, 2) == 0 && be32(head, 268) == 0)
			return name[0] - '0';
	return -1;
}

/* A device packet's head; its fault, or *@packet is what it says. */
static unsigned int
head_fault(const struct reference *reference, const uint8_t *head,
    struct reference_packet *packet)
{
	uint32_t size = be32(head, 272);

	if (head[12 + 255] != 0 || head[12] == 0 || size < 12)
		return FAULT_BADMSG;
	if (be32(head, 276) != 0 || be32(head, 280) == UINT32_MAX ||
	    be32(head, 284) > 1)
		return FAULT_BADMSG;
	if (device_number(reference, head) < 0)
		return FAULT_PROTO;
	if (size - 12 > reference->packet_max)
		return FAULT_MSGSIZE;
	packet->device = (uint32_t)device_number(reference, head);
	packet->idx = be32(head, 280);
	packet->config = be32(head, 284) == 1;
	packet->size = size - 12;
	packet->data = head + HEAD;
	return 0;
}

/*
 * One packet of any kind at @b, of @left bytes.  The bytes it takes; 0: it is
 * cut off there, or *@fault says what is wrong with it.
 */
static size_t
packet_read(struct reference *reference, const uint8_t *b, size_t left,
    unsigned int *fault)
{
	struct reference_packet packet = { 0 };
	uint32_t flags;
	size_t need;

	if (left < HEAD)
		return 0;
	flags = be32(b, 8);
	if (be32(b, 0) != 0x11223344 || be32(b, 4) != 1 || flags > 0x40)
		*fault = FAULT_BADMSG;
	else if (flags == 0x40)
		*fault = head_fault(reference, b, &packet);
	if (*fault != 0)
		return 0;
	if (flags != 0x40) {
		need = RAM + (size_t)be32(b, 20);
		return need <= left ? need : 0;
	}
	need = HEAD + (size_t)packet.size;
	packet.whole = need <= left;
	packet.channel = reference->given - 1;
	if (reference->packets < REFERENCE_PACKETS)
		reference->packet[reference->packets++] = packet;
	return packet.whole ? need : 0;
}

bool
reference_channel(struct reference *reference, const uint8_t *bytes,
    size_t size, enum reference_end end)
{
	size_t at = HELLO, n, before = reference->packets;
	unsigned int fault = 0;

	reference->given++;
	if (size >= 4 && memcmp(bytes, "QEVM", 4) == 0)
		return false;
	if (size < HELLO) {
		reference->must |= end != END_OF_FILE ? 0 : FAULT_PIPE;
		return true;
	}
	fault = hello_fault(reference, bytes);
	while (fault == 0 && at < size) {
		n = packet_read(reference, bytes + at, size - at, &fault);
		if (n == 0 && fault == 0 && end == END_OF_FILE)
			fault = FAULT_PIPE;
		if (n == 0)
			break;
		at += n;
	}
	if (end == END_PARKED && reference->packets > before)
		reference->packet[reference->packets - 1].whole = false;
	reference->must |= fault;
	return true;
}

const struct reference_packet *
reference_find(const struct reference *reference, uint32_t device,
    uint32_t idx)
{
	const struct reference_packet *p = reference->packet, *found = NULL;

	for (; p < reference->packet + reference->packets; p++) {
		if (p->device != device || p->idx != idx || !p->whole)
			continue;
		if (found != NULL)
			return NULL;
		found = p;
	}
	return found;
}

/* Two packets of one device cannot both be: their fault. */
static void
pair_finish(struct reference *reference, const struct reference_packet *a,
    const struct reference_packet *b)
{
	const struct reference_packet *end = a->config ? a : b;
	const struct reference_packet *other = a->config ? b : a;

	if (a->config && b->config && a->idx != b->idx)
		reference->must |= FAULT_PROTO;
	if (a->config != b->config && other->idx >= end->idx)
		reference->must |= FAULT_PROTO;
	if (a->idx == b->idx && a->whole && b->whole)
		reference->must |= FAULT_PROTO;
	else if (a->idx == b->idx)	/* the other one was given up first? */
		reference->may |= FAULT_PROTO;
}

/* Is a device whole: 0 to n - 1 of data, and n is its config packet? */
static bool
device_whole(const struct reference *reference, uint32_t device)
{
	const struct reference_packet *p;
	uint32_t idx = 0;

	do {
		p = reference_find(reference, device, idx++);
	} while (p != NULL && !p->config);
	return p != NULL;
}

void
reference_finish(struct reference *reference)
{
	const struct reference_packet *p = reference->packet;
	size_t a, b;
	uint32_t d;

	for (a = 0; a < reference->packets; a++)
		for (b = a + 1; b < reference->packets; b++)
			if (p[a].device == p[b].device)
				pair_finish(reference, &p[a], &p[b]);
	for (d = 0; d < reference->devices; d++)
		if (!device_whole(reference, d))
			reference->missing = true;
}

bool
reference_rises(const struct reference *reference)
{
	const struct reference_packet *p = reference->packet;
	size_t a, b;

	for (a = 0; a < reference->packets; a++)
		for (b = a + 1; b < reference->packets; b++)
			if (p[a].channel == p[b].channel &&
			    p[a].device == p[b].device && p[a].idx >= p[b].idx)
				return false;
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * reference.h - a receiver so simple that one can see it is right
 *
 * It is given every byte of every channel after the fact, keeps all of it in
 * memory, knows no ring, no budget, no window, no order of arrival, and says
 * what must come out: each device's bytes and config state, or the classes of
 * failure of which one must have been met.  Written from vfiomig-wire(7) and
 * vfiomig-security(7), without the library's code.
 */
#ifndef TESTS_FUZZ_REFERENCE_H
#define TESTS_FUZZ_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REFERENCE_DEVICES = 4, REFERENCE_PACKETS = 2048 };

/* Classes of failure, as bits. */
enum {
	FAULT_BADMSG	= 1 << 0,
	FAULT_PROTO	= 1 << 1,
	FAULT_MSGSIZE	= 1 << 2,
	FAULT_PIPE	= 1 << 3
};

/* How a channel ended, which tells whose fault an end inside of something is. */
enum reference_end {
	END_OF_FILE,		/* the peer ended it */
	END_CLOSED,		/* its owner did, or did not read on */
	END_PARKED		/* the same, and its last packet had no room */
};

struct reference_packet {
	unsigned int channel;
	uint32_t device, idx, size;
	const uint8_t *data;
	bool config;
	bool whole;		/* its payload came too */
};

struct reference {
	unsigned int devices, channels;	/* named "0", "1" ...; expected */
	uint32_t packet_max;
	unsigned int must;	/* one of these must be met, if any is set */
	unsigned int may;	/* these may be met as well */
	bool missing;		/* a device lacks a packet */
	unsigned int given;	/* channels, so far */
	bool ids[256];
	size_t packets;
	struct reference_packet packet[REFERENCE_PACKETS];
};

/*
 * A whole channel: @size bytes and then the end.  The bytes are kept by
 * reference.  False: it was a main stream.
 */
bool reference_channel(struct reference *reference, const uint8_t *bytes,
    size_t size, enum reference_end end);

/* Do all channels carry each device's packets in rising order? */
bool reference_rises(const struct reference *reference);

/* All channels were given: what the packets mean together. */
void reference_finish(struct reference *reference);

/* The bit of a negative errno, or 0. */
unsigned int reference_class(int error);

/* The only whole packet @idx of a device; NULL: there is none, or two. */
const struct reference_packet *reference_find(
    const struct reference *reference, uint32_t device, uint32_t idx);

#endif

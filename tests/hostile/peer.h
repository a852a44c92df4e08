/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * peer.h - the bytes a source sends, good and bad ones
 *
 * Written from vfiomig-wire(7) alone, not with the library's encoder, so that
 * a mistake made there is not made here too.
 */
#ifndef TESTS_HOSTILE_PEER_H
#define TESTS_HOSTILE_PEER_H

#include <stddef.h>
#include <stdint.h>

enum {
	PEER_HELLO	= 64,
	PEER_HEAD	= 288,		/* of a device packet, all of it */
	PEER_RAM	= 1344,		/* with offsets for 4 KiB pages */
	PEER_CONFIG	= 1,		/* flag of the state packet */
	PEER_SYNC	= 1,		/* flag of the multifd header */
	PEER_DEVICE	= 0x40		/* likewise */
};

/* A big-endian number at @offset; to make one field wrong. */
void peer_put(void *bytes, size_t offset, uint32_t value);

/* Each writes what its name says and returns how many bytes that is. */
size_t peer_hello(void *to, unsigned int id);
size_t peer_head(void *to, const char *idstr, uint32_t idx, uint32_t flags,
    uint32_t size);
size_t peer_packet(void *to, const char *idstr, uint32_t idx, uint32_t flags,
    const void *data, uint32_t size);
size_t peer_ram(void *to, uint32_t flags, uint32_t payload);

/* The last 12 bytes of a head, as vfiomig_packet_submit() takes them. */
size_t peer_state(void *to, uint32_t idx, uint32_t flags);

#endif

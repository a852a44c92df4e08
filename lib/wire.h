/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wire.h - QEMU's multifd framing, from bytes to structs and back
 *
 * Pure functions: no I/O, no allocation, no state.  Whatever is wrong with
 * the bytes is found here.  Layouts are drawn in vfiomig-wire(7).
 */
#ifndef VFIOMIG_WIRE_H
#define VFIOMIG_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_MAGIC		0x11223344u
#define WIRE_MAIN_MAGIC		0x5145564du	/* "QEVM": the main stream */
#define WIRE_VERSION		1u

#define WIRE_FLAG_SYNC		0x01u
#define WIRE_FLAG_COMPRESSION	0x3eu
#define WIRE_FLAG_DEVICE_STATE	0x40u

#define WIRE_STATE_VERSION	0u
#define WIRE_STATE_CONFIG	0x01u
#define WIRE_IDX_INVALID	UINT32_MAX

enum {
	WIRE_HELLO	= 64,	/* once a channel */
	WIRE_HEADER	= 12,	/* magic, version, flags: of every packet */
	WIRE_DEVICE	= 276,	/* header of a device-state packet */
	WIRE_STATE	= 12,	/* version, idx, flags: the payload's head */
	WIRE_FULL	= 288,	/* the two above; no packet is shorter */
	WIRE_RAM	= 320,	/* header of a RAM packet without its offsets */
	WIRE_RAM_MAX	= 4416,	/* and with them, for 1 KiB pages */
	WIRE_IDSTR	= 256,
	WIRE_PAGES	= 512 * 1024	/* bytes of RAM in a packet, at most */
};

struct wire_hello {
	uint8_t uuid[16];
	uint8_t id;
};

/* A device-state packet's two headers. */
struct wire_device {
	char idstr[WIRE_IDSTR];
	uint32_t instance_id;
	uint32_t size;		/* bytes that follow: WIRE_STATE and the data */
};

struct wire_state {
	uint32_t idx;
	uint32_t flags;		/* 0 or WIRE_STATE_CONFIG */
};

/*
 * Decode; each returns 0, or -EBADMSG with the broken rule in *@why (a
 * constant string).  The bytes must be as many as the name says.
 */
int wire_hello_decode(const void *bytes, struct wire_hello *hello,
    const char **why);
/* @flags: the packet's kind is in WIRE_FLAG_DEVICE_STATE and _SYNC. */
int wire_header_decode(const void *bytes, uint32_t *flags, const char **why);
/* The whole WIRE_DEVICE bytes, whose flags were decoded before. */
int wire_device_decode(const void *bytes, struct wire_device *device,
    const char **why);
int wire_state_decode(const void *bytes, struct wire_state *state,
    const char **why);
/* The first WIRE_HEADER + 12 bytes of a RAM or SYNC packet. */
uint32_t wire_ram_payload(const void *bytes);

/* Bytes of a RAM packet's header for that page size. */
size_t wire_ram_header(uint32_t page_size);

/* True for the first four bytes of a main stream. */
int wire_is_main(const void *bytes);

/* Encode; @bytes has room for what the name says. */
void wire_hello_encode(void *bytes, const struct wire_hello *hello);
/* WIRE_FULL bytes; @size is that of the data alone. */
void wire_packet_encode(void *bytes, const char *idstr, uint32_t instance_id,
    const struct wire_state *state, uint32_t size);

#endif

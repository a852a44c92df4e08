/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wire.c - QEMU's multifd framing, from bytes to structs and back
 *
 * Integers on the wire are big-endian and not aligned.
 */
#include <errno.h>
#include <string.h>

#include "wire.h"

static uint32_t
get32(const void *bytes, size_t offset)
{
	const uint8_t *b = (const uint8_t *)bytes + offset;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static void
put32(void *bytes, size_t offset, uint32_t value)
{
	uint8_t *b = (uint8_t *)bytes + offset;

	b[0] = (uint8_t)(value >> 24);
	b[1] = (uint8_t)(value >> 16);
	b[2] = (uint8_t)(value >> 8);
	b[3] = (uint8_t)value;
}

int
wire_is_main(const void *bytes)
{
	return get32(bytes, 0) == WIRE_MAIN_MAGIC;
}

int
wire_hello_decode(const void *bytes, struct wire_hello *hello,
    const char **why)
{
	if (get32(bytes, 0) != WIRE_MAGIC)
		*why = "hello: wrong magic";
	else if (get32(bytes, 4) != WIRE_VERSION)
		*why = "hello: unknown version";
	else {
		memcpy(hello->uuid, (const uint8_t *)bytes + 8, 16);
		hello->id = ((const uint8_t *)bytes)[24];
		return 0;
	}
	return -EBADMSG;
}

int
wire_header_decode(const void *bytes, uint32_t *flags, const char **why)
{
	uint32_t f = get32(bytes, 8);

	if (get32(bytes, 0) != WIRE_MAGIC)
		*why = "packet header: wrong magic";
	else if (get32(bytes, 4) != WIRE_VERSION)
		*why = "packet header: unknown version";
	else if (f & ~(WIRE_FLAG_SYNC | WIRE_FLAG_COMPRESSION |
	    WIRE_FLAG_DEVICE_STATE))
		*why = "packet header: unknown flag";
	else if ((f & WIRE_FLAG_DEVICE_STATE) && f != WIRE_FLAG_DEVICE_STATE)
		*why = "packet header: device state with another flag";
	else {
		*flags = f;
		return 0;
	}
	return -EBADMSG;
}

int
wire_device_decode(const void *bytes, struct wire_device *device,
    const char **why)
{
	const char *idstr = (const char *)bytes + WIRE_HEADER;

	if (idstr[WIRE_IDSTR - 1] != '\0')
		*why = "device state: idstr does not end";
	else if (idstr[0] == '\0')
		*why = "device state: idstr is empty";
	else if (get32(bytes, 272) < WIRE_STATE)
		*why = "device state: payload shorter than its header";
	else {
		memcpy(device->idstr, idstr, WIRE_IDSTR);
		device->instance_id = get32(bytes, 268);
		device->size = get32(bytes, 272);
		return 0;
	}
	return -EBADMSG;
}

int
wire_state_decode(const void *bytes, struct wire_state *state,
    const char **why)
{
	if (get32(bytes, 0) != WIRE_STATE_VERSION)
		*why = "state packet: unknown version";
	else if (get32(bytes, 4) == WIRE_IDX_INVALID)
		*why = "state packet: idx is reserved";
	else if (get32(bytes, 8) & ~WIRE_STATE_CONFIG)
		*why = "state packet: unknown flag";
	else {
		state->idx = get32(bytes, 4);
		state->flags = get32(bytes, 8);
		return 0;
	}
	return -EBADMSG;
}

uint32_t
wire_ram_payload(const void *bytes)
{
	return get32(bytes, 20);
}

size_t
wire_ram_header(uint32_t page_size)
{
	return WIRE_RAM + 8 * (size_t)(WIRE_PAGES / page_size);
}

void
wire_hello_encode(void *bytes, const struct wire_hello *hello)
{
	memset(bytes, 0, WIRE_HELLO);
	put32(bytes, 0, WIRE_MAGIC);
	put32(bytes, 4, WIRE_VERSION);
	memcpy((uint8_t *)bytes + 8, hello->uuid, 16);
	((uint8_t *)bytes)[24] = hello->id;
}

void
wire_packet_encode(void *bytes, const char *idstr, uint32_t instance_id,
    const struct wire_state *state, uint32_t size)
{
	memset(bytes, 0, WIRE_DEVICE);
	put32(bytes, 0, WIRE_MAGIC);
	put32(bytes, 4, WIRE_VERSION);
	put32(bytes, 8, WIRE_FLAG_DEVICE_STATE);
	memcpy((uint8_t *)bytes + WIRE_HEADER, idstr,
	    strnlen(idstr, WIRE_IDSTR - 1));
	put32(bytes, 268, instance_id);
	put32(bytes, 272, WIRE_STATE + size);
	put32(bytes, WIRE_DEVICE, WIRE_STATE_VERSION);
	put32(bytes, WIRE_DEVICE + 4, state->idx);
	put32(bytes, WIRE_DEVICE + 8, state->flags);
}

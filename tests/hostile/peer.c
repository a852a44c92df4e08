/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * peer.c - the bytes a source sends, good and bad ones
 */
#include <string.h>

#include "peer.h"

#define MAGIC	0x11223344u
#define VERSION	1u

void
peer_put(void *bytes, size_t offset, uint32_t value)
{
	unsigned char *b = (unsigned char *)bytes + offset;
	int k;

	for (k = 3; k >= 0; k--, value >>= 8)
		b[k] = (unsigned char)value;
}

static void
header_put(void *to, uint32_t flags)
{
	peer_put(to, 0, MAGIC);
	peer_put(to, 4, VERSION);
	peer_put(to, 8, flags);
}

size_t
peer_hello(void *to, unsigned int id)
{
	memset(to, 0, PEER_HELLO);
	peer_put(to, 0, MAGIC);
	peer_put(to, 4, VERSION);
	((unsigned char *)to)[24] = (unsigned char)id;
	return PEER_HELLO;
}

size_t
peer_state(void *to, uint32_t idx, uint32_t flags)
{
	peer_put(to, 0, 0);
	peer_put(to, 4, idx);
	peer_put(to, 8, flags);
	return 12;
}

size_t
peer_head(void *to, const char *idstr, uint32_t idx, uint32_t flags,
    uint32_t size)
{
	memset(to, 0, PEER_HEAD);
	header_put(to, PEER_DEVICE);
	strncpy((char *)to + 12, idstr, 255);
	peer_put(to, 272, size + 12);
	peer_state((char *)to + 276, idx, flags);
	return PEER_HEAD;
}

size_t
peer_packet(void *to, const char *idstr, uint32_t idx, uint32_t flags,
    const void *data, uint32_t size)
{
	peer_head(to, idstr, idx, flags, size);
	memcpy((char *)to + PEER_HEAD, data, size);
	return PEER_HEAD + (size_t)size;
}

size_t
peer_ram(void *to, uint32_t flags, uint32_t payload)
{
	memset(to, 0, PEER_RAM);
	header_put(to, flags);
	peer_put(to, 20, payload);
	strcpy((char *)to + 64, "pc.ram");
	return PEER_RAM;
}

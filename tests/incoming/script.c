/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * script.c - the bytes a source sends; see dest.h
 *
 * Written out here and not with the library's own encoder, which would share
 * its mistakes.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dest.h"

static void
put32(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 24);
	bytes[1] = (uint8_t)(value >> 16);
	bytes[2] = (uint8_t)(value >> 8);
	bytes[3] = (uint8_t)value;
}

/* ---- packets ---- */

static uint8_t *
packet_memory(void)
{
	static _Thread_local uint8_t memory[VFIOMIG_PACKET_HEADER +
	    PACKET_ROOM + 1];

	return memory;
}

const void *
packet_header(uint32_t version, uint32_t idx, uint32_t flags)
{
	uint8_t *bytes = packet_memory();

	put32(bytes, version);
	put32(bytes + 4, idx);
	put32(bytes + 8, flags);
	return bytes;
}

const void *
packet_data(int device, uint32_t idx, uint64_t offset, uint32_t size)
{
	packet_header(0, idx, 0);
	assert(size <= PACKET_ROOM + 1);
	stream_fill(device, offset, packet_memory() + VFIOMIG_PACKET_HEADER,
	    size);
	return packet_memory();
}

const void *
packet_config(int device, uint32_t idx)
{
	packet_header(0, idx, 1);
	config_fill(device, packet_memory() + VFIOMIG_PACKET_HEADER);
	return packet_memory();
}

/* ---- scripts ---- */

void
script_add(struct script *script, const void *bytes, size_t size)
{
	if (script->size + size > script->room) {
		script->room = 2 * (script->size + size);
		script->bytes = realloc(script->bytes, script->room);
		assert(script->bytes != NULL);
	}
	memcpy(script->bytes + script->size, bytes, size);
	script->size += size;
}

void
script_hello(struct script *script, int id, const uint8_t *uuid)
{
	uint8_t hello[64] = { 0 };

	put32(hello, 0x11223344);
	put32(hello + 4, 1);
	if (uuid != NULL)
		memcpy(hello + 8, uuid, 16);
	hello[24] = (uint8_t)id;
	script_add(script, hello, sizeof hello);
}

void
script_head(struct script *script, const char *idstr, uint32_t instance,
    uint32_t idx, uint32_t flags, uint32_t size)
{
	uint8_t head[288] = { 0 };

	put32(head, 0x11223344);
	put32(head + 4, 1);
	put32(head + 8, 0x40);
	snprintf((char *)head + 12, 256, "%s", idstr);
	put32(head + 268, instance);
	put32(head + 272, 12 + size);
	put32(head + 280, idx);
	put32(head + 284, flags);
	script_add(script, head, sizeof head);
}

void
script_packet(struct script *script, int device, uint32_t idx,
    uint64_t offset, uint32_t size)
{
	const uint8_t *packet = packet_data(device, idx, offset, size);
	char idstr[16];

	snprintf(idstr, sizeof idstr, "dev%d", device);
	script_head(script, idstr, 0, idx, 0, size);
	script_add(script, packet + VFIOMIG_PACKET_HEADER, size);
}

void
script_config(struct script *script, int device, uint32_t idx)
{
	uint8_t config[DEST_CONFIG];
	char idstr[16];

	snprintf(idstr, sizeof idstr, "dev%d", device);
	script_head(script, idstr, 0, idx, 1, DEST_CONFIG);
	config_fill(device, config);
	script_add(script, config, sizeof config);
}

void
script_ram(struct script *script, uint32_t flags, uint32_t page_size,
    uint32_t payload)
{
	uint8_t header[320 + 8 * 512] = { 0 }, bytes[256];
	uint32_t k, n;

	put32(header, 0x11223344);
	put32(header + 4, 1);
	put32(header + 8, flags);
	put32(header + 20, payload);
	memcpy(header + 64, "pc.ram", 6);
	header[320] = 0xaa;		/* of the first page offset */
	script_add(script, header, 320 + 8 * (512 * 1024 / page_size));
	for (k = 0; k < sizeof bytes; k++)
		bytes[k] = (uint8_t)k;
	for (; payload > 0; payload -= n) {
		n = payload < sizeof bytes ? payload : sizeof bytes;
		script_add(script, bytes, n);
	}
}

void
script_free(struct script *script)
{
	free(script->bytes);
	memset(script, 0, sizeof *script);
}

static void
write_all(int fd, const struct script *script)
{
	ck_assert_int_eq(write(fd, script->bytes, script->size),
	    (ssize_t)script->size);
}

int
script_fd(const struct script *script, enum carrier carrier)
{
	int fd[2];

	if (carrier == FILE_FD) {
		fd[0] = memfd_create("script", MFD_CLOEXEC);
		ck_assert_int_ge(fd[0], 0);
		write_all(fd[0], script);
		ck_assert_int_eq(lseek(fd[0], 0, SEEK_SET), 0);
		return fd[0];
	}
	if (carrier == PIPE)
		ck_assert_int_eq(pipe(fd), 0);
	else
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	write_all(fd[1], script);
	close(fd[1]);
	return fd[0];
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * script.c - what the input says: two bytes a step, what and who, and what
 * the step needs more; see channels.c
 */
#include <errno.h>
#include <string.h>

#include "world.h"
#include "../hostile/peer.h"

static uint8_t *
script_packet(struct line *line, unsigned int device, uint32_t idx,
    uint32_t flags, uint8_t code)
{
	const char idstr[] = { (char)('0' + device), '\0' };
	uint32_t size, k;
	uint8_t *to;

	size = code < 128 ? code : code < 192 ?
	    (code - 127u) * (world.packet_max / 64) :
	    world.packet_max + code - 192;
	to = line_write(line, PEER_HEAD + (size_t)size);
	if (to == NULL)
		return NULL;
	peer_head(to, idstr, idx, flags, size);
	world.salt = world.salt * 2654435761u + 12345;
	for (k = 0; k < size; k++)
		to[PEER_HEAD + k] = (uint8_t)(world.salt >> 13) + k % 251;
	return to;
}

static void
script_ram(struct line *line, struct input *input)
{
	uint32_t flags = input_byte(input) & 0x3f;
	uint32_t payload = input_byte(input) * 257u;
	uint8_t *to = line_write(line, PEER_RAM + (size_t)payload);

	if (to == NULL)
		return;
	peer_ram(to, flags, payload);
	memset(to + PEER_RAM, 0x55, payload);
}

static void
script_raw(struct line *line, struct input *input)
{
	uint8_t k, n = input_byte(input);
	uint8_t *to = line_write(line, n);

	for (k = 0; to != NULL && k < n; k++)
		to[k] = input_byte(input);
}

static void
script_patched(struct line *line, struct input *input, unsigned int device)
{
	uint32_t offset = input_word(input) % (PEER_HEAD - 3);
	uint32_t value = input_word(input);
	uint8_t *to = script_packet(line, device, world.next[device]++, 0,
	    input_byte(input));

	if (to != NULL)
		peer_put(to, offset, value);
}

void
script_step(struct input *input)
{
	uint8_t op = input_byte(input), who = input_byte(input);
	struct line *line = &world.line[(who & 15) % world.channels];
	unsigned int device = (who >> 4) % world.devices;
	uint32_t idx;

	switch (op % 14) {
	case 0:
		script_packet(line, device, world.next[device]++, 0,
		    input_byte(input));
		break;
	case 1:
		idx = input_word(input);
		script_packet(line, device, idx, 0, input_byte(input));
		break;
	case 2:
		script_packet(line, device, world.next[device]++,
		    PEER_CONFIG, input_byte(input));
		break;
	case 3:
		idx = input_byte(input);
		script_packet(line, device, idx, PEER_CONFIG,
		    input_byte(input));
		break;
	case 4:
		script_ram(line, input);
		break;
	case 5:
		script_raw(line, input);
		break;
	case 6:
		script_patched(line, input, device);
		break;
	case 7:
		line->ended = true;
		break;
	case 8:
		line->piece = input_byte(input) + 1u;
		line_run(line);
		break;
	case 9:
		line->piece = LINE_BYTES;
		line_run(line);
		break;
	case 10:
		device_drain(device);
		break;
	case 11:
		line_close(line);
		break;
	case 12:
		line_cut(line, input_byte(input));
		break;
	case 13:
		if (who != 0x77)	/* rare, it ends everything */
			break;
		vfiomig_cancel(world.mig);
		world.cancelled = true;
		world_called(-ECANCELED);
		break;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * world.c - a whole incoming migration in one thread; see channels.c
 */
#include <errno.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "world.h"
#include "../hostile/peer.h"

struct world world;

/* ---- making it ---- */

static void
world_channel(struct line *line)
{
	struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = -1,
		.flags = VFIOMIG_CHANNEL_NONBLOCK, .readv = line_readv,
		.opaque = line
	};

	line_init(line);
	ORACLE(vfiomig_channel_open(world.mig, &config, &line->channel) == 0);
}

void
world_new(struct input *input)
{
	static const uint32_t packet_max[] = { 100, 4096, 131072, 5000 };
	static const char manner[] = "wsiw";
	uint8_t shape = input_byte(input), room = input_byte(input);
	uint8_t manners = input_byte(input);
	char idstr[] = "0", params[] = "0w";
	struct vfiomig_config config = { .size = sizeof config };
	struct vfiomig_device_config device = {
		.size = sizeof device, .backend = "recorder",
		.idstr = idstr, .params = params,
		.flags = VFIOMIG_DEVICE_NONBLOCK
	};
	unsigned int k;

	memset(&world, 0, offsetof(struct world, line));
	world.devices = (shape & 3) + 1;
	world.channels = (shape >> 2 & 3) + 1;
	world.packet_max = packet_max[shape >> 4 & 3];
	config.channels = world.channels;
	config.packet_max = world.packet_max;
	config.window = 1u << (room % 7);
	config.budget = (world.devices + (room >> 4) % 3) * (128ull << 10);
	world.budget = config.budget;
	ORACLE(vfiomig_backend_register(&recorder_backend) == 0);
	ORACLE(vfiomig_new(&world.mig, VFIOMIG_INCOMING, &config) == 0);
	for (k = 0; k < world.devices; k++) {
		idstr[0] = params[0] = (char)('0' + k);
		params[1] = manner[manners >> 2 * k & 3];
		ORACLE(vfiomig_device_add(world.mig, &device,
		    &world.device[k]) == 0);
	}
	for (k = 0; k < world.channels; k++) {
		world_channel(&world.line[k]);
		if (!(shape & 0x80))
			peer_hello(line_write(&world.line[k], PEER_HELLO), k);
	}
}

/* ---- calls, and what holds after each ---- */

void
world_called(int r)
{
	int now = vfiomig_failure(world.mig, NULL, 0);

	if (world.failure != 0)
		ORACLE(now == world.failure && r == now);
	else if (now != 0)
		ORACLE(r == now);
	else
		ORACLE(r == 0 || r == -EAGAIN || r == -ENOTSUP);
	world.failure = now;
}

void
line_run(struct line *line)
{
	int r;

	if (line->done || line->closed)
		return;
	line->dry = line->parked = false;
	r = vfiomig_channel_run(line->channel);
	world_called(r);
	line->parked = (r == -EAGAIN && !line->dry) || r == -ENOBUFS ||
	    (r == -EPIPE && !line->ending);
	line->done = r == 0 || r == -ENOTSUP;
	line->main = r == -ENOTSUP;
	if (!line->main)
		return;
	/* another one in its place, or nobody would ever come */
	line->closed = true;
	ORACLE(vfiomig_channel_open(world.mig, &(struct vfiomig_channel_config)
	    { .size = sizeof(struct vfiomig_channel_config), .fd = -1 },
	    &line->channel) == 0);
	world_called(vfiomig_channel_close(line->channel));
}

void
line_close(struct line *line)
{
	if (line->done || line->closed)
		return;
	line->closed = true;
	world_called(vfiomig_channel_close(line->channel));
}

void
device_drain(unsigned int k)
{
	int r = vfiomig_buffer_drain(world.device[k]);

	world_called(r);
	ORACLE(!world.drained[k] || r == 0);
	world.drained[k] |= r == 0;
}

void
world_free(void)
{
	uint32_t want = world.failure == 0 ? VFIOMIG_STATE_RUNNING :
	    VFIOMIG_STATE_STOP;
	unsigned int k;

	ORACLE(vfiomig_resume(world.mig) == world.failure);
	vfiomig_free(world.mig);
	for (k = 0; k < world.devices; k++)
		ORACLE(recorder[k].state == want && !recorder[k].open);
}


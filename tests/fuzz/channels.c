/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * channels.c - a whole migration: the input says who speaks when, with what,
 * when each ends, when drains run, when it is cancelled
 *
 * Idea
 *
 *   One thread, nonblocking forms, channels that read through a function of
 *   ours.  First the script is played; then every channel ends and an event
 *   loop goes on that calls only whose eventfd, or input, says so.  At the end
 *   reference.c is given all bytes that the library read, and:
 *
 *	a success must have loaded exactly what it says, and it must have
 *	found nothing wrong; a failure must be one it has found; a loop in
 *	which nobody may be called any more is a hang; and a deadlock needs
 *	that no channel held a packet that any device was waiting for, and
 *	never happens with one device and a decent peer.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "world.h"

static struct reference reference;

/* ---- the event loop ---- */

static bool
event(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, 0) > 0;
}

/* Call whoever may be called; false: there was nobody. */
static bool
loop_round(void)
{
	bool any = false;
	unsigned int k;

	for (k = 0; k < world.channels && world.failure == 0; k++) {
		struct line *line = &world.line[k];

		if (line->done || line->closed || (line->parked &&
		    !event(vfiomig_channel_event_fd(line->channel))))
			continue;
		line_run(line);
		any = true;
	}
	for (k = 0; k < world.devices && world.failure == 0; k++) {
		if (world.drained[k] ||
		    !event(vfiomig_device_event_fd(world.device[k])))
			continue;
		device_drain(k);
		any = true;
	}
	return any;
}

static void
loop_run(void)
{
	unsigned int k;

	for (k = 0; k < world.channels; k++) {
		world.line[k].ended = true;
		world.line[k].piece = LINE_BYTES;
	}
	for (k = 0; k < world.devices && world.failure == 0; k++)
		if (!world.drained[k])
			device_drain(k);
	while (world.failure == 0 && loop_round())
		;
}

/* ---- the oracle ---- */

/* What the device got is the right bytes, as far as they go. */
static void
expect_prefix(unsigned int k)
{
	const struct recorder *r = &recorder[k];
	const struct reference_packet *p;
	size_t at = 0, n;
	uint32_t idx;

	ORACLE(r->configs <= 1);
	for (idx = 0; at < r->size || r->configs == 1; idx++) {
		p = reference_find(&reference, k, idx);
		if (p == NULL && reference.must != 0)
			return;		/* it came twice: which one? */
		ORACLE(p != NULL);
		if (p->config)
			break;
		n = p->size < r->size - at ? p->size : r->size - at;
		ORACLE(memcmp(r->data + at, p->data, n) == 0);
		at += n;
	}
	ORACLE(at == r->size);
	if (r->configs == 1) {
		ORACLE(r->config_at == at && r->config_size == p->size);
		ORACLE(memcmp(r->config, p->data, p->size) == 0);
	}
}

/* The packets that channels are parked with are of no use to any device. */
static void
expect_stuck(void)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	const struct reference_packet *p = reference.packet;
	bool parked = false;
	unsigned int k;
	size_t n;

	for (k = 0; k < world.channels; k++) {
		const struct line *line = &world.line[k];

		ORACLE(line->ending || line->closed || line->parked);
		parked |= line->parked && !line->closed;
	}
	ORACLE(parked);
	for (n = 0; n < reference.packets; n++) {
		if (world.line[p[n].channel].closed)
			continue;
		vfiomig_device_stats(world.device[p[n].device], &stats);
		ORACLE(stats.complete ? p[n].whole :
		    p[n].idx != stats.next_idx);
		ORACLE(p[n].whole || p[n].idx > stats.next_idx);
	}
}

/* The peer was not decent, or did not send all: read to the end to see it. */
static void
expect_excuse(void)
{
	unsigned int k;

	memset(&reference, 0, sizeof reference);
	reference.devices = world.devices;
	reference.channels = world.channels;
	reference.packet_max = world.packet_max;
	for (k = 0; k < world.channels; k++)
		reference_channel(&reference, world.line[k].bytes,
		    world.line[k].closed ? world.line[k].at :
		    world.line[k].size, world.line[k].closed ? END_PARKED :
		    END_OF_FILE);
	reference_finish(&reference);
	ORACLE(reference.must != 0 || reference.missing ||
	    !reference_rises(&reference));
}

/* A packet is missing: all have ended, or those that have not are parked. */
static void
expect_missing(void)
{
	bool ended = true;
	unsigned int k;

	ORACLE(reference.missing);
	for (k = 0; k < world.channels; k++)
		ended = ended && (world.line[k].ending ||
		    world.line[k].closed);
	if (ended)
		return;
	expect_stuck();
	expect_excuse();
}

static void
expect_failure(void)
{
	unsigned int class = reference_class(world.failure);

	/* what is wrong with a packet is said when it is seen, so first */
	ORACLE(reference.must == 0 || class & reference.must);
	if (world.cancelled) {
		ORACLE(world.failure == -ECANCELED);
	} else if (world.failure == -ENOBUFS) {
		expect_stuck();
		if (world.devices == 1)
			expect_excuse();
	} else if (class == FAULT_PIPE && !(reference.must & class)) {
		expect_missing();
	} else {
		ORACLE(class & (reference.must | reference.may));
	}
}

static void
expect(void)
{
	struct vfiomig_stats stats = { .size = sizeof stats };
	unsigned int k;

	memset(&reference, 0, sizeof reference);
	reference.devices = world.devices;
	reference.channels = world.channels;
	reference.packet_max = world.packet_max;
	for (k = 0; k < world.channels; k++)
		ORACLE(reference_channel(&reference, world.line[k].bytes,
		    world.line[k].at, line_end(&world.line[k])) ||
		    world.line[k].main || world.line[k].closed);
	reference_finish(&reference);
	for (k = 0; k < world.devices; k++)
		expect_prefix(k);
	ORACLE(vfiomig_stats(world.mig, &stats) == 0);
	ORACLE(stats.memory_max <= stats.budget);
	ORACLE(stats.budget <= world.budget);
	if (world.failure != 0) {
		expect_failure();
		return;
	}
	ORACLE(reference.must == 0 && !reference.missing);
	ORACLE(stats.memory == 0);
	for (k = 0; k < world.channels; k++)
		ORACLE(world.line[k].done || world.line[k].closed);
	for (k = 0; k < world.devices; k++)
		ORACLE(world.drained[k] && recorder[k].configs == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	world_new(&input);
	while (input.left > 0 && world.failure == 0)
		script_step(&input);
	loop_run();
	expect();
	world_free();
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rules.h - the rules of admission, R1 to R4, as a plain model: the second
 * opinion on what the library lets in, parks, and gives up
 *
 * One thread, no memory, no waiting: only which step is possible in which
 * state.  All packets with data take one block each; blocks are the budget
 * less one set aside a device.
 */
#ifndef TESTS_INCOMING_RULES_H
#define TESTS_INCOMING_RULES_H

#include <stdbool.h>
#include <stdint.h>

enum { RULES_DEVICES = 3, RULES_CHANNELS = 8, RULES_PACKETS = 40 };

struct rules_packet {
	int device;
	uint32_t idx;
	bool config;
	bool empty;		/* no data, no block */
};

struct rules {
	int devices, channels;
	uint32_t window;
	int blocks;		/* free, of those for everybody */
	bool greedy;		/* courtesy is over */
	struct {
		uint32_t next, count;	/* count: packets, the config one too */
		bool aside;		/* its own block is used */
		int held;		/* of the blocks for everybody */
		uint8_t in[RULES_PACKETS];	/* 0; 1 no block, 2 one, 3 aside */
	} device[RULES_DEVICES];
	struct {
		int at, count;
		struct rules_packet packet[RULES_DEVICES * RULES_PACKETS];
	} channel[RULES_CHANNELS];
};

/*
 * Would the first packet of @channel be let in (R1, R2)?  Until greedy, a
 * block is for those that the device needs first.
 */
bool rules_can_enter(const struct rules *rules, int channel);
void rules_enter(struct rules *rules, int channel);

/* Load what is there; the number of packets. */
int rules_drain(struct rules *rules, int device);

bool rules_done(const struct rules *rules, int device);
bool rules_all_done(const struct rules *rules);

/* Some channel or device can go on. */
bool rules_can_go_on(const struct rules *rules);

/*
 * Fill the channels from @seed: the devices' packets in rising order on each
 * channel.  @fair: also in one order over all channels, as of a source that
 * sends what it reads at once; then no deadlock is possible.
 */
void rules_fill(struct rules *rules, uint64_t *seed, bool fair);

#endif

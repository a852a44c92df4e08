/* SPDX-License-Identifier: BSD-3-Clause */
/* rules.c - the rules of admission as a plain model; see rules.h */
#include <string.h>

#include "rules.h"
#include "tests/unit/suite.h"

/* The block that packet @ahead of the next one would take is not needed by one
 * before it, which would be as long. */
static bool
courteous(const struct rules *rules, int device, uint32_t ahead)
{
	int missing = (int)ahead, k;

	for (k = (int)rules->device[device].next; k < RULES_PACKETS; k++)
		missing -= rules->device[device].in[k] != 0;
	return missing <= rules->blocks ||
	    (int)ahead <= rules->blocks + rules->device[device].held;
}

bool
rules_can_enter(const struct rules *rules, int channel)
{
	const struct rules_packet *p;
	uint32_t ahead;

	if (rules->channel[channel].at == rules->channel[channel].count)
		return false;
	p = &rules->channel[channel].packet[rules->channel[channel].at];
	ahead = p->idx - rules->device[p->device].next;
	if (ahead >= rules->window)
		return false;
	if (p->empty)
		return true;
	if (ahead == 0)
		return rules->blocks > 0 || !rules->device[p->device].aside;
	return rules->blocks > 0 && (rules->greedy ||
	    courteous(rules, p->device, ahead));
}

void
rules_enter(struct rules *rules, int channel)
{
	const struct rules_packet *p = &rules->channel[channel].packet[
	    rules->channel[channel].at++];
	uint8_t *in = &rules->device[p->device].in[p->idx];

	if (p->empty) {
		*in = 1;
	} else if (rules->blocks > 0) {
		rules->blocks--;
		rules->device[p->device].held++;
		*in = 2;
	} else {
		rules->device[p->device].aside = true;
		*in = 3;
	}
}

int
rules_drain(struct rules *rules, int device)
{
	int n = 0;

	while (!rules_done(rules, device)) {
		switch (rules->device[device].in[rules->device[device].next]) {
		case 0:
			return n;
		case 2:
			rules->blocks++;
			rules->device[device].held--;
			break;
		case 3:
			rules->device[device].aside = false;
			break;
		}
		rules->device[device].next++;
		n++;
	}
	return n;
}

bool
rules_done(const struct rules *rules, int device)
{
	return rules->device[device].next == rules->device[device].count;
}

bool
rules_all_done(const struct rules *rules)
{
	int k;

	for (k = 0; k < rules->devices; k++)
		if (!rules_done(rules, k))
			return false;
	return true;
}

bool
rules_can_go_on(const struct rules *rules)
{
	int k;

	for (k = 0; k < rules->channels; k++)
		if (rules_can_enter(rules, k))
			return true;
	for (k = 0; k < rules->devices; k++)
		if (!rules_done(rules, k) &&
		    rules->device[k].in[rules->device[k].next] != 0)
			return true;
	return false;
}

/* Put the channel's packets in another order, rising for each device. */
static void
channel_mix(struct rules *rules, int channel, uint64_t *seed)
{
	struct rules_packet *p = rules->channel[channel].packet, hold;
	int n = rules->channel[channel].count, k, round;

	for (round = 0; round < 3 * n; round++) {
		if (n < 2)
			return;
		k = (int)(seeded(seed) % (uint64_t)(n - 1));
		if (p[k].device == p[k + 1].device)
			continue;
		hold = p[k];
		p[k] = p[k + 1];
		p[k + 1] = hold;
	}
}

void
rules_fill(struct rules *rules, uint64_t *seed, bool fair)
{
	uint32_t made[RULES_DEVICES] = { 0 };
	struct rules_packet p;
	int left = 0, k, c;

	for (k = 0; k < rules->devices; k++)
		left += (int)rules->device[k].count;
	while (left > 0) {
		k = (int)(seeded(seed) % (uint64_t)rules->devices);
		if (made[k] == rules->device[k].count)
			continue;
		c = (int)(seeded(seed) % (uint64_t)rules->channels);
		p.device = k;
		p.idx = made[k]++;
		p.config = made[k] == rules->device[k].count;
		p.empty = !p.config && seeded(seed) % 8 == 0;
		rules->channel[c].packet[rules->channel[c].count++] = p;
		left--;
	}
	for (c = 0; !fair && c < rules->channels; c++)
		channel_mix(rules, c, seed);
}

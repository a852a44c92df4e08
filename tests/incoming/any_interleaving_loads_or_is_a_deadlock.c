/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 10,000 seeded interleavings of 3 devices over 8 channels in a budget of a
 * few packets.  After every call the library and a plain model of its rules
 * (rules.h) must agree: on what is let in and what parks, on which parked
 * channel and starved device is told to go on, and at the end either all is
 * loaded, once and in order, or the deadlock is reported in that very call
 * after which the model cannot go on, even if courtesy between channels is
 * dropped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "rules.h"
#include "tests/unit/suite.h"

enum {
	SEEDS = 10000, FORKS = 20,
	SIZE = PACKET_ROOM / 8 + 1	/* a quarter of a span, rounded */
};

static uint64_t loaded, deadlocks;

struct run {
	struct dest dest;
	struct rules rules;
	uint64_t offset[RULES_DEVICES][RULES_PACKETS + 1];
	bool parked[RULES_CHANNELS];
	bool starved[RULES_DEVICES];
};

static uint32_t
size_of(const struct rules_packet *p)
{
	return p->empty ? 0 : SIZE;
}

/* What it adds to the device's stream. */
static uint32_t
stream_of(const struct rules_packet *p)
{
	return p->config ? 0 : size_of(p);
}

static void
run_open(struct run *run, uint64_t seed)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(
	    .channels = (uint32_t)(1 + seeded(&seed) % RULES_CHANNELS));
	struct rules *rules = &run->rules;
	bool fair = seeded(&seed) % 3 == 0;
	int spans, k, c, n;

	memset(run, 0, sizeof *run);
	if (seeded(&seed) % 2)
		config.channels = RULES_CHANNELS;
	rules->devices = RULES_DEVICES;
	rules->channels = (int)config.channels;
	rules->window = config.window = 4u << seeded(&seed) % 3;
	spans = (int)(seeded(&seed) % 3);
	rules->blocks = 4 * spans;
	config.budget = (uint64_t)(rules->devices + spans) * PACKET_ROOM;
	for (k = 0; k < rules->devices; k++)
		rules->device[k].count = 1 + (uint32_t)(seeded(&seed) % 13);
	rules_fill(rules, &seed, fair);
	for (c = 0; c < rules->channels; c++)
		for (n = 0; n < rules->channel[c].count; n++) {
			struct rules_packet *p = &rules->channel[c].packet[n];

			run->offset[p->device][p->idx + 1] = stream_of(p);
		}
	for (k = 0; k < rules->devices; k++)
		for (n = 0; n < RULES_PACKETS; n++)
			run->offset[k][n + 1] += run->offset[k][n];
	dest_open(&run->dest, rules->devices, &config,
	    VFIOMIG_DEVICE_NONBLOCK, "record");
	for (k = 0; k < rules->devices; k++)
		run->dest.config[k].size = SIZE;
	for (c = 0; c < rules->channels; c++)
		dest_channel(&run->dest, c, -1, VFIOMIG_CHANNEL_NONBLOCK);
}

static int
submit(struct run *run, int channel)
{
	const struct rules_packet *p = &run->rules.channel[channel].packet[
	    run->rules.channel[channel].at];
	uint32_t size = size_of(p);
	const uint8_t *packet = p->config ? packet_config(p->device, p->idx) :
	    packet_data(p->device, p->idx, run->offset[p->device][p->idx],
	    size);
	void *data;
	int r;

	r = vfiomig_packet_reserve(run->dest.channel[channel],
	    run->dest.device[p->device], packet, size, &data);
	if (r < 0)
		return r;
	if (size != 0)
		memcpy(data, packet + VFIOMIG_PACKET_HEADER, size);
	return vfiomig_packet_commit(run->dest.channel[channel]);
}

/* Nobody but @channel and @device runs: all wait, and were not told. */
static bool
others_wait(struct run *run, int channel, int device)
{
	struct rules *rules = &run->rules;
	int k;

	for (k = 0; k < rules->channels; k++)
		if (k != channel &&
		    rules->channel[k].at != rules->channel[k].count &&
		    (!run->parked[k] || dest_told(&run->dest, k)))
			return false;
	for (k = 0; k < rules->devices; k++)
		if (k != device && !rules_done(rules, k) &&
		    (!run->starved[k] || fd_readable(vfiomig_device_event_fd(
		    run->dest.device[k]))))
			return false;
	return true;
}

/* The last one that ran waits: what the library must say of it. */
static int
last_waits(struct run *run)
{
	run->rules.greedy = true;
	return rules_can_go_on(&run->rules) ? -EAGAIN : -ENOBUFS;
}

static void
expect_deadlock(struct run *run)
{
	dest_expect_failure(&run->dest, -ENOBUFS, "deadlock|awaited=\"dev|"
	    "parked=\"|: dev|budget=");
	deadlocks++;
}

/* Who waits and could go on must have been told, when all drains have looked. */
static void
expect_told(struct run *run, uint64_t seed)
{
	struct rules *rules = &run->rules;
	int k;

	for (k = 0; k < rules->channels; k++)
		if (run->parked[k] && rules_can_enter(rules, k))
			ck_assert_msg(dest_told(&run->dest, k),
			    "seed %llu: channel %d was not told", (unsigned long long)seed, k);
	for (k = 0; k < rules->devices; k++)
		if (run->starved[k] && rules->device[k].in[
		    rules->device[k].next] != 0)
			ck_assert_msg(fd_readable(vfiomig_device_event_fd(
			    run->dest.device[k])), "seed %llu: device %d "
			    "was not told", (unsigned long long)seed, k);
}

/* 0, or 1 when it ended. */
static int
step_channel(struct run *run, int c, uint64_t seed)
{
	struct rules *rules = &run->rules;
	bool can = rules_can_enter(rules, c), last;
	int r, want = can ? 0 : -EAGAIN;

	if (rules->channel[c].at == rules->channel[c].count)
		return 0;
	last = others_wait(run, c, -1);
	r = submit(run, c);
	if (can)
		rules_enter(rules, c);
	else if (last)
		want = last_waits(run);
	run->parked[c] = !can;
	if (r == 0 && rules->channel[c].at == rules->channel[c].count) {
		if (others_wait(run, c, -1))
			want = last_waits(run) == -EAGAIN ? 0 : -ENOBUFS;
		r = vfiomig_channel_close(run->dest.channel[c]);
	}
	ck_assert_msg(r == want, "seed %llu: %d is %d, not %d",
	    (unsigned long long)seed, c, r, want);
	if (r == -ENOBUFS)
		expect_deadlock(run);
	return r == -ENOBUFS;
}

static int
step_device(struct run *run, int d, uint64_t seed)
{
	struct rules *rules = &run->rules;
	bool last;
	int r, want, c;

	if (rules_done(rules, d))
		return 0;
	last = others_wait(run, -1, d);
	r = vfiomig_buffer_drain(run->dest.device[d]);
	rules_drain(rules, d);
	for (c = 0; c < rules->channels; c++)	/* it lets these on */
		last &= !rules_can_enter(rules, c);
	run->starved[d] = !rules_done(rules, d);
	want = run->starved[d] ? -EAGAIN : 0;
	if (last && !rules_all_done(rules) && last_waits(run) == -ENOBUFS)
		want = -ENOBUFS;
	ck_assert_msg(r == want, "seed %llu: device %d is %d, not %d",
	    (unsigned long long)seed, d, r, want);
	if (r == -ENOBUFS) {
		expect_deadlock(run);
		return 1;
	}
	ck_assert_uint_eq(device_stats(run->dest.device[d]).next_idx,
	    rules->device[d].next);
	expect_told(run, seed);
	return 0;
}

static void
run_seed(uint64_t seed)
{
	struct run run;
	uint64_t random = seed ^ 0x5555;
	int n, parties, who, ended = 0, since = 0, k;
	struct vfiomig_stats stats;

	record_start();
	run_open(&run, seed);
	/* A channel that has nothing to bring ends at once. */
	for (k = 0; k < run.rules.channels; k++)
		if (run.rules.channel[k].count == 0)
			vfiomig_channel_close(run.dest.channel[k]);
	n = run.rules.channels;
	parties = n + run.rules.devices;
	while (!ended && !rules_all_done(&run.rules)) {
		/* Random, and when nothing goes on each in turn: a deadlock
		 * is known when all have been asked. */
		bool can = rules_can_go_on(&run.rules);

		ck_assert_int_le(since, parties + 1);
		who = can ? (int)(seeded(&random) % (uint64_t)parties) :
		    since % parties;
		since = can ? 0 : since + 1;
		ended = who < n ? step_channel(&run, who, seed) :
		    step_device(&run, who - n, seed);
	}
	stats = dest_stats(&run.dest);
	ck_assert_uint_le(stats.memory_max, stats.budget);
	if (!ended) {
		ck_assert_uint_eq(stats.memory, 0);
		for (k = 0; k < run.rules.devices; k++)
			dest_expect_whole(&run.dest, k,
			    run.offset[k][run.rules.device[k].count]);
		loaded++;
	}
	dest_close(&run.dest);
}

/* A part of the seeds, so that a failure names few of them; a tenth where each
 * is ten times slower. */
START_TEST(library_and_model_agree)
{
	uint64_t seed, from = (uint64_t)_i * SEEDS / FORKS;
	uint64_t n = SEEDS / FORKS / (getenv("VFIOMIG_SANITIZER") ? 10 : 1);

	for (seed = from; seed < from + n; seed++)
		run_seed(seed);
	/* Both ends are common, or this shows little. */
	ck_assert_uint_gt(loaded, n / 20);
	ck_assert_uint_gt(deadlocks, n / 20);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, library_and_model_agree, 0, FORKS);
}
SUITE(interleavings, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Seeded interleavings of 3 devices over 8 channels, a thread for each, in a
 * budget of a few packets of all sizes: every device is whole, or all threads
 * end with the same deadlock, and a fair source never meets one.  Never a
 * hang, and never a byte beyond the budget.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "rules.h"
#include "tests/unit/suite.h"

enum { RUNS = 200, FORKS = 10 };

struct bringer {
	struct dest *dest;
	const struct rules *rules;
	const uint64_t (*offset)[RULES_PACKETS + 1];
	int channel;
};

/* Let one thread bring its channel's packets. */
static int
bring(void *arg)
{
	struct bringer *b = arg;
	int n, r = 0;

	for (n = 0; n < b->rules->channel[b->channel].count; n++) {
		const struct rules_packet *p =
		    &b->rules->channel[b->channel].packet[n];
		const uint64_t *at = &b->offset[p->device][p->idx];
		uint32_t size = (uint32_t)(at[1] - at[0]);

		r = p->config ? dest_submit_config(b->dest, b->channel,
		    p->device, p->idx) : vfiomig_packet_submit(
		    b->dest->channel[b->channel],
		    b->dest->device[p->device], packet_data(p->device,
		    p->idx, at[0], size), VFIOMIG_PACKET_HEADER + size);
		if (r < 0)
			break;
	}
	n = vfiomig_channel_close(b->dest->channel[b->channel]);
	return r < 0 ? r : n;
}

static uint64_t offset[RULES_DEVICES][RULES_PACKETS + 1];

static void
plan(struct rules *rules, uint64_t *seed, bool fair)
{
	uint32_t k;
	int d;

	memset(rules, 0, sizeof *rules);
	rules->devices = RULES_DEVICES;
	rules->channels = RULES_CHANNELS;
	for (d = 0; d < rules->devices; d++) {
		rules->device[d].count = 1 + seeded(seed) % 30;
		for (k = 0; k < rules->device[d].count; k++) {
			uint64_t n = seeded(seed);
			uint32_t size = n % 5 == 0 ? 0 :
			    (uint32_t)(n >> 8) % (PACKET_ROOM >> n % 6) + 1;

			if (k + 1 == rules->device[d].count)
				size = 0;
			offset[d][k + 1] = offset[d][k] + size;
		}
	}
	rules_fill(rules, seed, fair);
}

static void
run_seed(uint64_t seed)
{
	uint64_t random = seed;
	struct vfiomig_config config = DEST_CONFIG_INIT(
	    .channels = RULES_CHANNELS, .window = 1u << seeded(&random) % 6,
	    .budget = (3 + seeded(&random) % 3) * PACKET_ROOM);
	struct thread drain[RULES_DEVICES], channel[RULES_CHANNELS];
	struct bringer b[RULES_CHANNELS];
	bool fair = seed % 2;
	struct vfiomig_stats stats;
	static struct rules rules;
	static struct dest dest;
	int k, r, failure;

	record_start();
	plan(&rules, &random, fair);
	dest_open(&dest, RULES_DEVICES, &config, 0,
	    seed % 3 ? "record" : "plain");
	for (k = 0; k < RULES_DEVICES; k++)
		drain_start(&drain[k], dest.device[k]);
	for (k = 0; k < RULES_CHANNELS; k++) {
		dest_channel(&dest, k, -1, 0);
		b[k] = (struct bringer){ &dest, &rules,
		    (const uint64_t (*)[RULES_PACKETS + 1])offset, k };
		thread_start(&channel[k], bring, &b[k]);
	}
	for (k = 0; k < RULES_CHANNELS; k++) {
		r = thread_join(&channel[k]);
		ck_assert(r == 0 || (r == -ENOBUFS && !fair));
	}
	failure = vfiomig_failure(dest.mig, NULL, 0);
	for (k = 0; k < RULES_DEVICES; k++) {
		r = thread_join(&drain[k]);
		ck_assert(r == 0 || r == failure);
		if (r == 0)
			dest_expect_whole(&dest, k,
			    offset[k][rules.device[k].count]);
	}
	ck_assert(failure == 0 || (failure == -ENOBUFS && !fair));
	stats = dest_stats(&dest);
	ck_assert_uint_le(stats.memory_max, stats.budget);
	if (failure == 0) {
		ck_assert_uint_eq(stats.memory, 0);
		ck_assert_uint_eq(stats.devices_complete, RULES_DEVICES);
		ck_assert_uint_eq(stats.channels_ended, RULES_CHANNELS);
		ck_assert_uint_eq(stats.bytes, stats.bytes_done);
	}
	dest_close(&dest);
}

START_TEST(whole_or_a_deadlock)
{
	uint64_t seed, from = (uint64_t)_i * RUNS / FORKS;

	for (seed = from; seed < from + RUNS / FORKS; seed++)
		run_seed(seed);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, whole_or_a_deadlock, 0, FORKS);
}
SUITE(threads, cases)

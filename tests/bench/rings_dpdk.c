/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rings_dpdk.c - DPDK's ring, many producers and one consumer, and its
 * reorder buffer, which is for one thread
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALLOW_EXPERIMENTAL_API 1
#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_reorder.h>
#include <rte_ring.h>

#include "bench.h"
#include "rings.h"

static struct rte_ring *ring;
static struct rte_reorder_buffer *reorder;
static struct buffer store[RING_PRODUCERS][STORE];
static struct rte_mbuf *mbufs;

static void
rte_open(void)
{
	size_t size = (size_t)rte_ring_get_memsize(RING_SIZE);

	ring = aligned_alloc(64, (size + 63) / 64 * 64);
	must(ring != NULL);
	must(rte_ring_init(ring, "bench", RING_SIZE, RING_F_SC_DEQ) == 0);
}

static void
rte_produce(uint32_t who, uint32_t of, uint64_t n)
{
	uint32_t tries = 0, at = 0;
	uint64_t idx;

	for (idx = who; idx < n; idx += of, tries = 0) {
		struct buffer *b = &store[who][at++ % STORE];

		b->size = rings_size(idx);
		b->flags = 0;
		while (rte_ring_mp_enqueue(ring, b) != 0)
			rings_pause(tries++);
	}
}

static uint64_t
rte_consume(uint64_t n)
{
	uint32_t tries = 0;
	uint64_t sum = 0;
	void *b;

	for (; n > 0; n--, tries = 0) {
		while (rte_ring_sc_dequeue(ring, &b) != 0)
			rings_pause(tries++);
		sum += ((struct buffer *)b)->size;
	}
	return sum;
}

/* The reorder buffer wants DPDK's environment, in ordinary memory. */
static void
reorder_open(void)
{
	static char *argv[] = { "bench", "--no-huge", "--no-shconf", "-m",
	    "32", "--no-pci", "--no-telemetry", "--log-level=1", "-l", "0",
	    "--file-prefix=vfiomig-bench", NULL };
	cpu_set_t before;

	sched_getaffinity(0, sizeof before, &before);
	must(rte_eal_init((int)(sizeof argv / sizeof argv[0]) - 1, argv) >= 0);
	sched_setaffinity(0, sizeof before, &before);
	rmdir(rte_eal_get_runtime_dir());	/* it is empty */
	reorder = rte_reorder_create("bench", 0, RING_SIZE);
	mbufs = aligned_alloc(64, STORE * sizeof mbufs[0]);
	must(reorder != NULL && mbufs != NULL);
	memset(mbufs, 0, STORE * sizeof mbufs[0]);
}

static uint64_t
reorder_both(uint64_t n)
{
	struct rte_mbuf *out[8];
	uint64_t k, sum = 0;
	unsigned int got, j;

	for (k = 0; k < n; k++) {
		uint64_t idx = rings_order(k);
		struct rte_mbuf *m;

		if (k == 0)	/* it begins with what comes first */
			idx = 0;
		else if (idx == 0)
			idx = rings_order(0);
		m = &mbufs[idx % STORE];
		m->pkt_len = rings_size(idx);
		*rte_reorder_seqn(m) = (uint32_t)idx;
		must(rte_reorder_insert(reorder, m) == 0);
		if (k % 8 != 7)
			continue;
		got = rte_reorder_drain(reorder, out, 8);
		must(got == 8);
		for (j = 0; j < got; j++)
			sum += out[j]->pkt_len;
	}
	return sum;
}

const struct rings_kind rings_rte = {
	"rte_ring", false, RING_PRODUCERS, rte_open, rte_produce, rte_consume,
	NULL
};
const struct rings_kind rings_reorder = {
	"rte_reorder", true, 0, reorder_open, NULL, NULL, reorder_both
};

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rings.h - rings alone: ours, and those of others where they are installed
 */
#ifndef BENCH_RINGS_H
#define BENCH_RINGS_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	RING_SIZE	= 1024,
	STORE		= 2 * RING_SIZE,	/* buffers of one producer */
	RING_PRODUCERS	= 4
};

/* What is handed on: a packet's data and what is known of it. */
struct buffer {
	void *data;
	uint32_t size, flags, block, channel;
};

/* One kind of ring; its calls are made in a process of their own. */
struct rings_kind {
	const char *name;
	bool orders;		/* and does not just hand on */
	uint32_t producers;	/* at most; 0: one thread does both */
	void (*open)(void);
	/* Put in packets @who, @who + @of ... below @n. */
	void (*produce)(uint32_t who, uint32_t of, uint64_t n);
	/* Take @n packets out; the sum of their sizes. */
	uint64_t (*consume)(uint64_t n);
	/* For one thread: both, in turns, with @n packets. */
	uint64_t (*both)(uint64_t n);
};

extern const struct rings_kind rings_ours, rings_ck, rings_rte, rings_reorder;

/* Nothing to do right now: the @tries-th time in a row. */
static inline void
rings_pause(uint32_t tries)
{
	if (tries % 64 == 63)
		sched_yield();
#if defined __x86_64__ || defined __i386__
	else
		__builtin_ia32_pause();
#endif
}

/* The size of packet @idx, which whoever takes it reads. */
static inline uint32_t
rings_size(uint64_t idx)
{
	return (uint32_t)(idx & 0xff);
}

/*
 * For one thread: within groups of eight, the order in which packets come: the
 * same for all that order.
 */
static inline uint64_t
rings_order(uint64_t k)
{
	return (k & ~UINT64_C(7)) | ((k * 5 + 3) & 7);
}

#endif

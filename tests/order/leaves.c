/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * leaves.c - the orders of ring, queue, pool, admission and waiter
 */
#include <errno.h>
#include <sched.h>

#include "lib/admission.h"
#include "lib/pool.h"
#include "lib/queue.h"
#include "lib/ring.h"
#include "lib/waiter.h"
#include "litmus.h"

/* ---- ring ---- */

enum { PACKETS = 3000, SLOTS = 4 };

static struct {
	struct ring *ring;
	int payload[PACKETS];
	int slot;		/* what goes with one slot, lap after lap */
	int armed, given;
	int seen;
	atomic_int moved;
} r;

static void
insert_all(int round, void *arg)
{
	uint64_t i;

	(void)round;
	(void)arg;
	for (i = 0; i < PACKETS; i++) {
		r.payload[i] = (int)i;
		while (ring_insert(r.ring, i, (uint32_t)i) == -EAGAIN)
			sched_yield();
	}
}

static void
drain_all(int round, void *arg)
{
	uint32_t handle;
	uint64_t i;

	(void)round;
	(void)arg;
	for (i = 0; i < PACKETS; i++) {
		while (!ring_peek(r.ring, 0, &handle))
			sched_yield();
		expect(handle == i && r.payload[i] == (int)i);
		ring_advance(r.ring, 1);
	}
}

/* R1 -> A1 */
static void
ring_litmus(void)
{
	r.ring = ring_new(SLOTS, 0);
	litmus_run(1, NULL, insert_all, drain_all, NULL, NULL);
	ring_free(r.ring);
}

static void
ring_put(int round, void *arg)
{
	(void)arg;
	expect(ring_insert(r.ring, (uint64_t)round, 0) >= 0);
}

static void
ring_get(int round, void *arg)
{
	uint32_t handle;

	(void)round;
	(void)arg;
	expect(ring_peek(r.ring, 0, &handle));
	ring_advance(r.ring, 1);
}

/*
 * R2 -> A2: what goes with a slot is overwritten for the next lap after the
 * drainer has read it.  The ring is full, one packet makes room for one.
 */
static void
lap_drain_half(int round, void *arg)
{
	r.seen += r.slot;
	ring_get(round, arg);
}

static void
lap_insert_half(int round, void *arg)
{
	while (ring_check(r.ring, (uint64_t)round + SLOTS) != 0)
		sched_yield();
	r.slot = round;
	ring_put(round + SLOTS, arg);
}

static void
full_run(half *one, half *two)
{
	int k;

	r.ring = ring_new(SLOTS, 0);
	for (k = 0; k < SLOTS; k++)
		ring_put(k, NULL);
	litmus_run(300, NULL, one, two, NULL, NULL);
	ring_free(r.ring);
}

static void
lap_litmus(void)
{
	full_run(lap_drain_half, lap_insert_half);
}

/* S1 -> S2: the same, but it is another inserter that sees the room, and the
 * one that overwrites is told of it. */
static void
told_drain_half(int round, void *arg)
{
	r.seen += r.slot;
	ring_get(round, arg);
	expect(ring_check(r.ring, (uint64_t)round + SLOTS) == 0);
	hint_set(&r.moved, round + 1);
}

static void
told_insert_half(int round, void *arg)
{
	hint_wait(&r.moved, round + 1);
	expect(ring_check(r.ring, (uint64_t)round + SLOTS) == 0);
	r.slot = round;
	ring_put(round + SLOTS, arg);
}

static void
told_litmus(void)
{
	hint_set(&r.moved, 0);
	full_run(told_drain_half, told_insert_half);
}

/* R3 -> A3: who sees the mark sees what was armed before. */
static void
mark_half(int round, void *arg)
{
	(void)arg;
	r.armed = round;
	ring_wait(r.ring);
}

static void
insert_half(int round, void *arg)
{
	(void)arg;
	if (round % 2)
		sched_yield();
	if (ring_insert(r.ring, (uint64_t)round, 0) > 0)
		r.seen += r.armed;
}

static void
armed_litmus(void)
{
	r.ring = ring_new(SLOTS, 0);
	litmus_run(1000, NULL, mark_half, insert_half, ring_get, NULL);
	ring_free(r.ring);
}

/* R2 -> A2: who sees the new next counts on what was given back. */
static void
advance_half(int round, void *arg)
{
	(void)arg;
	r.given = round;
	ring_advance(r.ring, 1);
}

static void
next_half(int round, void *arg)
{
	(void)arg;
	while (ring_next(r.ring) != (uint64_t)round + 1)
		sched_yield();
	r.seen += r.given;
}

static void
next_litmus(void)
{
	r.ring = ring_new(SLOTS, 0);
	litmus_run(300, ring_put, advance_half, next_half, NULL, NULL);
	ring_free(r.ring);
}

/* ---- queue ---- */

enum { ENTRIES = 3000 };

static struct queue *line;

static void
put_all(int round, void *arg)
{
	struct entry entry = { 0 };

	(void)round;
	(void)arg;
	for (entry.idx = 0; entry.idx < ENTRIES; entry.idx++) {
		while (queue_full(line))
			sched_yield();
		queue_put(line, &entry);
	}
}

static void
take_all(int round, void *arg)
{
	struct entry entry;
	uint32_t k;

	(void)round;
	(void)arg;
	for (k = 0; k < ENTRIES; k++) {
		while (!queue_take(line, &entry))
			sched_yield();
		expect(entry.idx == k);
	}
}

/* R1 -> A1, R2 -> A2 */
static void
line_litmus(void)
{
	line = queue_new();
	litmus_run(1, NULL, put_all, take_all, NULL, NULL);
	queue_free(line);
}

/* ---- pool ---- */

static struct {
	struct pool *pool;
	atomic_int flushed;		/* round * 2 + what flush said */
	int giver, parker;
	int seen;
} p;

static void
use_block(int round, void *arg)
{
	uint32_t block;
	char *data;

	(void)arg;
	while (!pool_take(p.pool, 1, &block))
		sched_yield();
	data = pool_data(p.pool, block);
	data[0] = (char)(data[0] + round);	/* R1 -> A1 */
	pool_size_set(p.pool, block, pool_size(p.pool, block) + 1);
	pool_give(p.pool, block);
}

static void
pool_use_litmus(void)
{
	uint32_t block, k;

	expect(pool_new(128 << 10, 128 << 10, &p.pool) == 0);
	for (k = 1; k < POOL_UNITS; k++)
		expect(pool_take(p.pool, 1, &block));
	litmus_run(2000, NULL, use_block, use_block, NULL, NULL);
	pool_free(p.pool);
}

/* Of a park and a flush one comes after the other and sees what was before. */
static void
flush_half(int round, void *arg)
{
	bool parked;

	(void)arg;
	p.giver = round;
	parked = pool_flush(p.pool);
	if (parked)
		p.seen += p.parker;
	hint_set(&p.flushed, round * 2 + parked);
}

static void
park_half(int round, void *arg)
{
	(void)arg;
	p.parker = round;
	pool_park(p.pool);
	while (hint_get(&p.flushed) / 2 != round)
		sched_yield();
	if (hint_get(&p.flushed) % 2 == 0)
		p.seen += p.giver;
}

static void
park_after(int round, void *arg)
{
	(void)round;
	(void)arg;
	pool_unpark(p.pool);
}

static void
pool_park_litmus(void)
{
	hint_set(&p.flushed, -2);
	expect(pool_new(128 << 10, 128 << 10, &p.pool) == 0);
	litmus_run(500, NULL, flush_half, park_half, park_after, NULL);
	pool_free(p.pool);
}

/* ---- admission ---- */

static struct {
	struct admission admission;
	int one, two;
	int seen;
} a;

static void
admission_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	admission_init(&a.admission, 2);
}

static void
park_one(int round, void *arg)
{
	(void)arg;
	a.one = round;
	if (admission_channel_park(&a.admission) == STUCK)
		a.seen += a.two;
}

static void
park_two(int round, void *arg)
{
	(void)arg;
	a.two = round;
	if (admission_channel_park(&a.admission) == STUCK)
		a.seen += a.one;
}

static void
admission_litmus(void)
{
	litmus_run(300, admission_before, park_one, park_two, NULL, NULL);
}

/* ---- waiter ---- */

static struct {
	struct waiter waiter;
	int told;
	int seen;
} w;

static void
waiter_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	waiter_arm(&w.waiter);
}

static void
sleep_half(int round, void *arg)
{
	(void)round;
	(void)arg;
	expect(waiter_sleep(&w.waiter, 0));
	w.seen += w.told;
}

static void
wake_half(int round, void *arg)
{
	(void)arg;
	w.told = round;
	expect(waiter_wake(&w.waiter));
	waiter_signal(&w.waiter);
}

static void
waiter_litmus(void)
{
	expect(waiter_init(&w.waiter, false) == 0);
	litmus_run(300, waiter_before, sleep_half, wake_half, NULL, NULL);
	waiter_destroy(&w.waiter);
}

/* Who finds that a waker was quicker has seen what it did. */
static void
disarm_half(int round, void *arg)
{
	(void)round;
	(void)arg;
	sched_yield();
	if (waiter_disarm(&w.waiter))
		w.seen += w.told;
}

static void
quick_wake_half(int round, void *arg)
{
	(void)arg;
	w.told = round;
	waiter_wake(&w.waiter);
}

static void
disarm_litmus(void)
{
	expect(waiter_init(&w.waiter, false) == 0);
	litmus_run(1000, waiter_before, disarm_half, quick_wake_half, NULL,
	    NULL);
	waiter_destroy(&w.waiter);
}

int
main(int argc, char **argv)
{
	static const struct litmus all[] = {
		{ "ring", ring_litmus },
		{ "lap", lap_litmus },
		{ "told", told_litmus },
		{ "armed", armed_litmus },
		{ "next", next_litmus },
		{ "line", line_litmus },
		{ "pool-use", pool_use_litmus },
		{ "pool-park", pool_park_litmus },
		{ "admission", admission_litmus },
		{ "waiter", waiter_litmus },
		{ "disarm", disarm_litmus },
		{ NULL, NULL }
	};

	return litmus_main(all, argc, argv);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.c - the orders of a line of packets, and of idle against put
 */
#include <sched.h>

#include "lib/queue.c"
#include "litmus.h"

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

static void
line_litmus(void)
{
	line = queue_new();
	litmus_run(1, NULL, put_all, take_all, NULL, NULL);
	queue_free(line);
}

/* Whoever is not woken has counted itself after the putter looked. */
static struct {
	struct vfiomig mig;
	struct vfiomig_channel channel;
	atomic_int looked;
	int put;
	int seen;
} q;

static void
put_half(int round, void *arg)
{
	(void)arg;
	q.put = round;
	idle_wake(&q.mig);
	hint_set(&q.looked, round);
}

static void
idle_half(int round, void *arg)
{
	(void)arg;
	if (round % 2)
		sched_yield();
	outgoing_idle(&q.channel);
	hint_wait(&q.looked, round);
	if (atomic_load_explicit(&q.channel.waiter.word, relaxed) != 0)
		q.seen += q.put;
}

static void
idle_after(int round, void *arg)
{
	(void)round;
	(void)arg;
	outgoing_unidle(&q.channel);
	atomic_store_explicit(&q.mig.coming, 0, relaxed);
}

static void
idle_litmus(void)
{
	hint_set(&q.looked, -1);
	q.channel.mig = &q.mig;
	q.channel.waiter.fd = -1;
	atomic_init(&q.mig.channel[0], &q.channel);
	atomic_init(&q.mig.channels, 1);
	litmus_run(1000, NULL, put_half, idle_half, idle_after, NULL);
}

int
main(int argc, char **argv)
{
	static const struct litmus all[] = {
		{ "line", line_litmus },
		{ "idle", idle_litmus },
		{ NULL, NULL }
	};

	return litmus_main(all, argc, argv);
}

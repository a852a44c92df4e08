/* SPDX-License-Identifier: BSD-3-Clause */
/* One puts, many take: each packet is taken once, each taker gets its own in
 * rising order, and a full line says so. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "suite.h"

#include "lib/queue.h"

enum { TAKERS = 4, PACKETS = 40000 };

static struct entry
entry_of(uint32_t k)
{
	struct entry entry = { .block = k * 3, .size = k * 5, .idx = k,
	    .flags = ~k };

	return entry;
}

static void
expect(const struct entry *entry, uint32_t k)
{
	ck_assert_uint_eq(entry->idx, k);
	ck_assert_uint_eq(entry->block, k * 3);
	ck_assert_uint_eq(entry->size, k * 5);
	ck_assert_uint_eq(entry->flags, ~k);
}

START_TEST(first_in_first_out_and_full)
{
	struct queue *queue = queue_new();
	struct entry entry;
	uint32_t in = 0, out = 0, room = 0;
	int lap;

	ck_assert(!queue_take(queue, &entry));
	for (lap = 0; lap < 3; lap++) {
		for (; !queue_full(queue); in++) {
			entry = entry_of(in);
			queue_put(queue, &entry);
		}
		if (lap == 0)
			room = in;
		ck_assert_uint_eq(in - out, room);
		ck_assert(queue_take(queue, &entry));
		expect(&entry, out++);
		ck_assert(!queue_full(queue));
		while (out < in - (uint32_t)lap) {
			ck_assert(queue_take(queue, &entry));
			expect(&entry, out++);
		}
	}
	while (out < in) {
		ck_assert(queue_take(queue, &entry));
		expect(&entry, out++);
	}
	ck_assert(!queue_take(queue, &entry));
	queue_free(queue);
	queue_free(NULL);
}
END_TEST

static struct queue *line;
static _Atomic uint32_t taken;
static _Atomic uint8_t seen[PACKETS];

static void *
taker(void *arg)
{
	struct entry entry;
	int64_t last = -1;

	(void)arg;
	while (atomic_load(&taken) < PACKETS) {
		if (!queue_take(line, &entry)) {
			sched_yield();
			continue;
		}
		expect(&entry, entry.idx);
		ck_assert_int_gt(entry.idx, last);
		last = entry.idx;
		ck_assert_uint_eq(atomic_fetch_add(&seen[entry.idx], 1), 0);
		atomic_fetch_add(&taken, 1);
	}
	return NULL;
}

START_TEST(each_is_taken_once)
{
	pthread_t thread[TAKERS];
	struct entry entry;
	uint32_t k;

	line = queue_new();
	for (k = 0; k < TAKERS; k++)
		pthread_create(&thread[k], NULL, taker, NULL);
	for (k = 0; k < PACKETS; k++) {
		while (queue_full(line))
			sched_yield();
		entry = entry_of(k);
		queue_put(line, &entry);
	}
	for (k = 0; k < TAKERS; k++)
		pthread_join(thread[k], NULL);
	ck_assert_uint_eq(taken, PACKETS);
	ck_assert(!queue_take(line, &entry));
	queue_free(line);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, first_in_first_out_and_full);
	tcase_add_test(tests, each_is_taken_once);
}
SUITE(queue, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/* No two blocks share a byte, whoever takes them and however they are given
 * back: each holder writes its own name all over and finds it again. */
#include <pthread.h>
#include <string.h>

#include "suite.h"

#include "lib/pool.h"

enum { LARGEST = 32 * 4096, SPANS = 4, HELD = 64 };

struct held {
	uint32_t block;
	uint32_t size;		/* 0: none */
	uint8_t name;
};

static struct pool *pool;

static void
held_check(const struct held *held)
{
	const uint8_t *data = pool_data(pool, held->block);
	uint32_t k;

	for (k = 0; k < held->size; k++)
		if (data[k] != held->name)
			ck_abort_msg("a byte is another's");
}

/* A random take, shrink or give, among @held. */
static void
step(struct held *held, uint64_t *seed, uint8_t name)
{
	uint64_t n = seeded(seed);
	struct held *h = &held[n % HELD];
	uint32_t size = (uint32_t)(n >> 8) % (LARGEST >> (n >> 40) % 8) + 1;

	if (h->size == 0) {
		if (!pool_take(pool, size, &h->block))
			return;
		h->size = size;
		h->name = name ^ (uint8_t)(n >> 48);
		memset(pool_data(pool, h->block), h->name, size);
	} else if (n >> 50 & 1 && size < h->size) {
		held_check(h);
		h->block = pool_shrink(pool, h->block, size);
		h->size = size;
		held_check(h);
	} else {
		held_check(h);
		pool_give(pool, h->block);
		h->size = 0;
	}
}

static void *
holder(void *arg)
{
	struct held held[HELD] = { 0 };
	uint64_t seed = (uint64_t)(uintptr_t)arg;
	int k;

	for (k = 0; k < 4000; k++)
		step(held, &seed, (uint8_t)(uintptr_t)arg);
	for (k = 0; k < HELD; k++)
		if (held[k].size != 0) {
			held_check(&held[k]);
			pool_give(pool, held[k].block);
		}
	return NULL;
}

START_TEST(with_any_number_of_holders)
{
	pthread_t thread[4];
	uint32_t block[SPANS];
	int k, n = _i;

	ck_assert_int_eq(pool_new((uint64_t)SPANS * LARGEST, LARGEST, &pool),
	    0);
	for (k = 0; k < n; k++)
		pthread_create(&thread[k], NULL, holder,
		    (void *)(intptr_t)(k * 41 + 7));
	for (k = 0; k < n; k++)
		pthread_join(thread[k], NULL);

	/* All came back: whole spans can be had again, and not one more. */
	ck_assert_uint_eq(pool_used(pool), 0);
	for (k = 0; k < SPANS; k++)
		ck_assert(pool_take(pool, LARGEST, &block[k]));
	ck_assert(!pool_take(pool, 1, &block[0]));
	pool_free(pool);
}
END_TEST

/* Every place of every block size is inside of the budget and taken once. */
START_TEST(every_unit_of_every_size)
{
	uint32_t size = LARGEST >> _i, block, n = 0;
	static uint8_t seen[SPANS * POOL_UNITS];
	uint8_t *base;
	size_t unit;

	ck_assert_int_eq(pool_new((uint64_t)SPANS * LARGEST, LARGEST, &pool),
	    0);
	base = NULL;
	while (pool_take(pool, size, &block)) {
		uint8_t *data = pool_data(pool, block);

		if (base == NULL)
			base = data;	/* the lowest is taken first */
		ck_assert_uint_eq(pool_block_units(block), 32u >> _i);
		for (unit = 0; unit < 32u >> _i; unit++) {
			size_t at = (size_t)(data - base) / 4096 + unit;

			ck_assert_uint_lt(at, sizeof seen);
			ck_assert_uint_eq(seen[at]++, 0);
		}
		n++;
	}
	ck_assert_uint_eq(n, (uint32_t)SPANS << _i);
	pool_free(pool);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, with_any_number_of_holders, 1, 5);
	tcase_add_loop_test(tests, every_unit_of_every_size, 0, 6);
}
SUITE(pool, cases)

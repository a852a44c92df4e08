/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is in use, at most, and left, is what arithmetic says after every take
 * and give; and no more is ever given out than there is.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "suite.h"

#include "lib/pool.h"

enum { LARGEST = 32 * 4096, SPANS = 3 };
#define BUDGET ((uint64_t)SPANS * LARGEST)

/* The kernel's answer to the pool's wish to have every page now. */
static int populate_error;

int
madvise(void *address, size_t length, int advice)
{
	(void)address;
	(void)length;
	if (advice != 23 || populate_error == 0)	/* POPULATE_WRITE */
		return 0;
	errno = populate_error;
	return -1;
}

/* Bytes that a block for @size has: the unit times a power of two. */
static uint64_t
rounded(uint32_t size)
{
	uint64_t bytes = 4096;

	while (bytes < size)
		bytes *= 2;
	return bytes;
}

/* The units in use, by the addresses of the blocks. */
static uint8_t *base;
static bool in_use[SPANS * POOL_UNITS];

static void
mark(struct pool *pool, uint32_t block, bool now)
{
	size_t at = (size_t)((uint8_t *)pool_data(pool, block) - base) / 4096;
	uint32_t k;

	for (k = 0; k < pool_block_units(block); k++) {
		ck_assert(in_use[at + k] != now);
		in_use[at + k] = now;
	}
}

/* An aligned run for @size is free. */
static bool
fits(uint32_t size)
{
	uint64_t units = rounded(size) / 4096, at, k;

	for (at = 0; at < COUNT_OF(in_use); at += units) {
		for (k = 0; k < units && !in_use[at + k]; k++)
			;
		if (k == units)
			return true;
	}
	return false;
}

START_TEST(figures_are_arithmetic)
{
	uint32_t block[SPANS * POOL_UNITS], size[SPANS * POOL_UNITS];
	uint64_t seed = (uint64_t)_i, used = 0, most = 0;
	struct pool *pool;
	int n = 0, k;

	ck_assert_int_eq(pool_new(BUDGET + 5000, LARGEST, &pool), 0);
	ck_assert(pool_take(pool, LARGEST, &block[0]));
	base = pool_data(pool, block[0]);	/* the lowest is taken first */
	pool_give(pool, block[0]);
	most = LARGEST;
	ck_assert_uint_eq(pool_budget(pool), BUDGET);
	ck_assert_uint_eq(pool_spans(pool), SPANS);
	ck_assert_uint_eq(pool_total(pool), SPANS * POOL_UNITS);
	for (k = 0; k < 3000; k++) {
		uint64_t r = seeded(&seed);

		if (n > 0 && r % 2) {
			uint64_t at = (r >> 8) % (uint64_t)n;

			mark(pool, block[at], false);
			pool_give(pool, block[at]);
			used -= rounded(size[at]);
			block[at] = block[--n];
			size[at] = size[n];
		} else {
			size[n] = (uint32_t)(r >> 8) % LARGEST + 1;
			if (pool_take(pool, size[n], &block[n])) {
				mark(pool, block[n], true);
				used += rounded(size[n++]);
			} else {
				ck_assert(!fits(size[n]));
			}
		}
		most = used > most ? used : most;
		ck_assert_uint_eq(pool_used(pool), used);
		ck_assert_uint_eq(pool_used_max(pool), most);
		ck_assert_uint_eq(pool_left(pool), (BUDGET - used) / 4096);
		ck_assert_uint_le(most, BUDGET);
	}
	pool_free(pool);
}
END_TEST

START_TEST(what_is_set_aside_counts_when_it_is_used)
{
	uint32_t aside[SPANS], block;
	struct pool *pool;
	int k;

	ck_assert_int_eq(pool_new(BUDGET, LARGEST, &pool), 0);
	for (k = 0; k < SPANS; k++) {
		ck_assert(pool_set_aside(pool, &aside[k]));
		ck_assert_uint_eq(pool_used(pool), 0);
		ck_assert_uint_eq(pool_left(pool),
		    (uint32_t)(SPANS - 1 - k) * POOL_UNITS);
	}
	ck_assert(!pool_set_aside(pool, &block));
	ck_assert(!pool_take(pool, 1, &block));
	for (k = 0; k < SPANS; k++)
		pool_use(pool, aside[k]);
	ck_assert_uint_eq(pool_used(pool), BUDGET);
	ck_assert_uint_eq(pool_left(pool), 0);
	for (k = 0; k < SPANS; k++)
		pool_unuse(pool, aside[k]);
	ck_assert_uint_eq(pool_used(pool), 0);
	ck_assert_uint_eq(pool_used_max(pool), BUDGET);
	ck_assert_uint_eq(pool_left(pool), 0);
	pool_free(pool);
}
END_TEST

START_TEST(shrinking_gives_the_rest_back)
{
	uint32_t block, rest, was;
	struct pool *pool;

	ck_assert_int_eq(pool_new(LARGEST, LARGEST, &pool), 0);
	ck_assert(pool_take(pool, LARGEST, &block));
	ck_assert(!pool_take(pool, 1, &rest));
	ck_assert_uint_eq(pool_shrink(pool, block, LARGEST), block);
	ck_assert_uint_eq(pool_shrink(pool, block, LARGEST / 2 + 1), block);
	was = block;
	block = pool_shrink(pool, block, 5000);
	ck_assert_uint_eq(pool_block_units(block), 2);
	ck_assert_ptr_eq(pool_data(pool, block), pool_data(pool, was));
	ck_assert_uint_eq(pool_used(pool), 8192);
	ck_assert(pool_take(pool, LARGEST / 2, &rest));
	ck_assert_uint_eq(pool_used(pool), 8192 + LARGEST / 2);
	pool_give(pool, rest);
	pool_give(pool, block);
	ck_assert_uint_eq(pool_used(pool), 0);
	ck_assert(pool_take(pool, LARGEST, &block));
	pool_free(pool);
}
END_TEST

START_TEST(sizes_are_rounded_to_blocks)
{
	struct pool *pool;

	ck_assert_int_eq(pool_new(LARGEST, LARGEST, &pool), 0);
	ck_assert_uint_eq(pool_units(pool, 0), 0);
	ck_assert_uint_eq(pool_units(pool, 1), 1);
	ck_assert_uint_eq(pool_units(pool, 4096), 1);
	ck_assert_uint_eq(pool_units(pool, 4097), 2);
	ck_assert_uint_eq(pool_units(pool, LARGEST / 2), 16);
	ck_assert_uint_eq(pool_units(pool, LARGEST / 2 + 1), 32);
	ck_assert_uint_eq(pool_units(pool, LARGEST), 32);
	pool_free(pool);
	pool_free(NULL);
}
END_TEST

START_TEST(budgets_that_hold_nothing_are_refused)
{
	struct pool *pool = NULL;

	ck_assert_int_eq(pool_new(LARGEST - 1, LARGEST, &pool), -EINVAL);
	ck_assert_int_eq(pool_new(LARGEST, LARGEST + 4096, &pool), -EINVAL);
	ck_assert_int_eq(pool_new((uint64_t)LARGEST << 24, LARGEST, &pool),
	    -EINVAL);
	ck_assert_ptr_null(pool);
}
END_TEST

/* A kernel that cannot give every page now is believed, an old one that does
 * not know the question is not. */
START_TEST(memory_that_is_not_there_is_refused)
{
	struct pool *pool = NULL;

	populate_error = ENOMEM;
	ck_assert_int_eq(pool_new(BUDGET, LARGEST, &pool), -ENOMEM);
	ck_assert_ptr_null(pool);
	populate_error = EFAULT;
	ck_assert_int_eq(pool_new(BUDGET, LARGEST, &pool), -ENOMEM);
	populate_error = EINVAL;
	ck_assert_int_eq(pool_new(BUDGET, LARGEST, &pool), 0);
	pool_free(pool);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, figures_are_arithmetic, 0, 20);
	tcase_add_test(tests, what_is_set_aside_counts_when_it_is_used);
	tcase_add_test(tests, shrinking_gives_the_rest_back);
	tcase_add_test(tests, sizes_are_rounded_to_blocks);
	tcase_add_test(tests, budgets_that_hold_nothing_are_refused);
	tcase_add_test(tests, memory_that_is_not_there_is_refused);
}
SUITE(pool, cases)

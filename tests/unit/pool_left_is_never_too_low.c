/* SPDX-License-Identifier: BSD-3-Clause */
/* Whoever looks while a block set aside changes hands sees at least what is
 * left: who is woken for nothing looks again, who is not might sleep for
 * ever. */
#include <pthread.h>
#include <stdatomic.h>

#include "suite.h"

#include "lib/pool.h"

enum { LARGEST = 32 * 4096, SPANS = 3, LOOKS = 200000 };

static struct pool *pool;
static _Atomic int over;

static void *
user(void *arg)
{
	uint32_t *aside = arg;

	while (!atomic_load(&over)) {
		pool_use(pool, *aside);
		pool_unuse(pool, *aside);
	}
	return NULL;
}

START_TEST(beside_two_users)
{
	uint32_t aside[2], left, least = UINT32_MAX;
	pthread_t thread[2];
	int k;

	ck_assert_int_eq(pool_new(SPANS * LARGEST, LARGEST, &pool), 0);
	for (k = 0; k < 2; k++) {
		ck_assert(pool_set_aside(pool, &aside[k]));
		ck_assert_int_eq(pthread_create(&thread[k], NULL, user,
		    &aside[k]), 0);
	}
	for (k = 0; k < LOOKS; k++) {
		left = pool_left(pool);
		least = left < least ? left : least;
	}
	atomic_store(&over, 1);
	for (k = 0; k < 2; k++)
		pthread_join(thread[k], NULL);
	ck_assert_uint_ge(least, POOL_UNITS);
	ck_assert_uint_le(pool_used_max(pool), 2 * LARGEST);
	pool_free(pool);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, beside_two_users);
}
SUITE(pool, cases)

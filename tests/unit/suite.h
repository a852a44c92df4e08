/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * suite.h - the end of a test program: its cases are run, each in a process of
 * its own that is killed when it hangs
 *
 *	static void
 *	cases(TCase *tests)
 *	{
 *		tcase_add_test(tests, ...);
 *	}
 *	SUITE(ring, cases)
 */
#ifndef TESTS_UNIT_SUITE_H
#define TESTS_UNIT_SUITE_H

#include <stdint.h>

#include "../suite.h"

enum { SUITE_SECONDS = 300 };	/* must not hang, also on a busy machine */

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static inline int
suite_run(const char *name, void (*cases)(TCase *))
{
	TCase *tests = tcase_create(name);

	cases(tests);
	return suite_main(name, tests, SUITE_SECONDS);
}

#define SUITE(name, cases)						\
	int								\
	main(void)							\
	{								\
		return suite_run(#name, cases);				\
	}

/* A number that follows from *@state, for seeded tests (splitmix64). */
static inline uint64_t
seeded(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/*
 * The @code'th of the @n! orders of 0 ... @n - 1, in @order (factorial number
 * system).
 */
static inline void
permutation(int code, int n, int *order)
{
	int left[16], k, pick, at = 0;

	for (k = 0; k < n; k++)
		left[k] = k;
	while (n > 0) {
		pick = code % n;
		code /= n;
		order[at++] = left[pick];
		for (k = pick; k < n - 1; k++)
			left[k] = left[k + 1];
		n--;
	}
}

#endif

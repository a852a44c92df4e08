/* SPDX-License-Identifier: BSD-3-Clause */
/* seed.h - numbers that follow from a seed */
#ifndef TESTS_OUTGOING_SEED_H
#define TESTS_OUTGOING_SEED_H

#include <stdint.h>

/* The next number of *@seed's row (splitmix64). */
static inline uint64_t
seed_next(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* And below @n. */
static inline uint64_t
seed_below(uint64_t *seed, uint64_t n)
{
	return seed_next(seed) % n;
}

#endif

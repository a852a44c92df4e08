/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * random.h - numbers that look random and come again with the same seed
 */
#ifndef TOOLS_RANDOM_H
#define TOOLS_RANDOM_H

#include <stdint.h>

/* xorshift64*; *@state is the seed, not 0. */
static inline uint64_t
random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d) >> 32;
}

#endif

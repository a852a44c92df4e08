/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * oracle.h - what must hold of a source and a destination when all of their
 * calls have returned
 */
#ifndef TESTS_SOAK_ORACLE_H
#define TESTS_SOAK_ORACLE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/outgoing/pair.h"

extern uint64_t seed;		/* of this migration */

#define must(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "seed %llu: not so: %s (%s:%d)\n", \
			    (unsigned long long)seed, #condition,	\
			    __FILE__, __LINE__);			\
			exit(1);					\
		}							\
	} while (0)

enum side { NOBODY, SOURCE, TARGET };

/* What has come of all migrations. */
struct tally {
	uint64_t migrations, whole, packets, bytes;
};

/*
 * Judge a pair whose calls have returned, of devices of @size bytes, which
 * @cancelled may have ended.  Resumes, or recovers, and counts; ends the
 * program when something is not so.
 */
void oracle_judge(struct pair *pair, enum side cancelled, uint64_t size,
    struct tally *tally);

#endif

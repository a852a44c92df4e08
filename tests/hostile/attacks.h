/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * attacks.h - what a hostile source does
 */
#ifndef TESTS_HOSTILE_ATTACKS_H
#define TESTS_HOSTILE_ATTACKS_H

#include <stddef.h>

#include "link.h"

struct attack {
	const char *name;
	/* Against a receiver of two channels and the devices "a" and "b". */
	void (*run)(const struct front *front);
	const char *words;	/* what it says then; a regular expression */
	bool silent;		/* so it says when its patience is over */
};

extern const struct attack attacks[];
extern const size_t attacks_count;

#endif

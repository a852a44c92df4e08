/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * suite.h - a main() for a program of one suite
 *
 * Nothing here depends on time: the limit is for what must not hang.
 */
#ifndef TESTS_OUTGOING_SUITE_H
#define TESTS_OUTGOING_SUITE_H

#include "../suite.h"

enum { SUITE_SECONDS = 240 };

static inline int
suite_run(const char *name, TCase *tests)
{
	return suite_main(name, tests, SUITE_SECONDS);
}

#endif

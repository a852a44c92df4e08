/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * suite.h - a test program's main, for one case of libcheck
 */
#ifndef TESTS_TOOL_SUITE_H
#define TESTS_TOOL_SUITE_H

#include "../suite.h"

/* Run it; the exit status. */
static inline int
suite_run(TCase *tests)
{
	return suite_main("tool", tests, 120);
}

#endif

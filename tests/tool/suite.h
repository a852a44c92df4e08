/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * suite.h - a test program's main, for one case of libcheck
 */
#ifndef TESTS_TOOL_SUITE_H
#define TESTS_TOOL_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Run it; the exit status. */
static inline int
suite_run(TCase *tests)
{
	Suite *suite = suite_create("tool");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 120);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

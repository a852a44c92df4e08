/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * suite.h - the end of every test program: its one case of tests is run, each
 * test in a process of its own that is ended when it hangs
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* @seconds: for each test, on a busy machine too; 0: as the case has it.
 * The program's exit status. */
static inline int
suite_main(const char *name, TCase *tests, int seconds)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed;

	if (seconds != 0)
		tcase_set_timeout(tests, seconds);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

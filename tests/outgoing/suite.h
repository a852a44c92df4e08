/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * suite.h - a main() for a program of one suite
 *
 * Nothing here depends on time: the limit is for what must not hang.
 */
#ifndef TESTS_OUTGOING_SUITE_H
#define TESTS_OUTGOING_SUITE_H

#include <check.h>
#include <stdlib.h>

enum { SUITE_SECONDS = 240 };

static inline int
suite_run(const char *name, TCase *tests)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int bad;

	tcase_set_timeout(tests, SUITE_SECONDS);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	bad = srunner_ntests_failed(runner);
	srunner_free(runner);
	return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif

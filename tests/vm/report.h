/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * report.h - what a program of the guest proved, line by line
 */
#ifndef TESTS_VM_REPORT_H
#define TESTS_VM_REPORT_H

#include <stdio.h>
#include <stdlib.h>

#define ok(...) \
	(printf("ok - "), printf(__VA_ARGS__), printf("\n"), fflush(stdout))

/* The first thing that does not hold ends the program. */
#define die(...) \
	(printf("not ok - %s:%d: ", __FILE__, __LINE__), \
	printf(__VA_ARGS__), printf("\n"), fflush(stdout), exit(1))

#define must(condition, ...) \
	do { if (!(condition)) die(__VA_ARGS__); } while (0)

#endif

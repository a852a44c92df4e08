/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * check.h - for helpers that are written for libcheck, in a program that has
 * no runner: an assertion that does not hold says so and ends it
 */
#ifndef TESTS_SOAK_CHECK_H
#define TESTS_SOAK_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define ck_assert(condition)						\
	((condition) ? (void)0 : (void)(fprintf(stderr,			\
	    "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition),	\
	    exit(1), 0))
#define ck_assert_int_eq(a, b)	ck_assert((a) == (b))
#define ck_assert_uint_eq(a, b)	ck_assert((a) == (b))
#define ck_assert_ptr_nonnull(a)	ck_assert((a) != NULL)

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The running library is as new as it is and older than one above it in any
 * part; the headers' macro says the same, and the text is the numbers.
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <vfiomig/vfiomig.h>

#include "../suite.h"

#define MAJOR VFIOMIG_VERSION_MAJOR
#define MINOR VFIOMIG_VERSION_MINOR
#define MICRO VFIOMIG_VERSION_MICRO

static const struct {
	unsigned int major, minor, micro;
	int at_least, headers;
} cases[] = {
#define CASE(a, b, c, is) { a, b, c, is, VFIOMIG_HEADERS_AT_LEAST(a, b, c) }
	CASE(MAJOR, MINOR, MICRO, 1),
	CASE(MAJOR, MINOR, MICRO + 1, 0),
	CASE(MAJOR, MINOR + 1, 0, 0),
	CASE(MAJOR + 1, 0, 0, 0),
	CASE(MAJOR, MINOR + 1, MICRO, 0),
	CASE(MAJOR + 1, MINOR, MICRO, 0),
	CASE(MAJOR, MINOR - 1, MICRO + 1, 1),
	CASE(MAJOR, MINOR - 1, 1000, 1),
	CASE(0, 0, 0, 1),
	CASE(0, 0, 1000, 1),
};

START_TEST(library_and_headers_agree)
{
	ck_assert_int_eq(!!vfiomig_version_at_least(cases[_i].major,
	    cases[_i].minor, cases[_i].micro), cases[_i].at_least);
	ck_assert_int_eq(cases[_i].headers, cases[_i].at_least);
}
END_TEST

START_TEST(largest_numbers_are_newer)
{
	ck_assert_int_eq(vfiomig_version_at_least(UINT_MAX, 0, 0), 0);
	ck_assert_int_eq(vfiomig_version_at_least(MAJOR, UINT_MAX, 0), 0);
	ck_assert_int_eq(vfiomig_version_at_least(MAJOR, MINOR, UINT_MAX), 0);
}
END_TEST

START_TEST(text_is_the_numbers)
{
	char text[64];

	snprintf(text, sizeof text, "%d.%d.%d", MAJOR, MINOR, MICRO);
	ck_assert_str_eq(vfiomig_version(), text);
	ck_assert_str_eq(VFIOMIG_VERSION, text);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("version");

	tcase_add_loop_test(tests, library_and_headers_agree, 0,
	    sizeof cases / sizeof *cases);
	tcase_add_test(tests, largest_numbers_are_newer);
	tcase_add_test(tests, text_is_the_numbers);
	return suite_main("abi", tests, 0);
}

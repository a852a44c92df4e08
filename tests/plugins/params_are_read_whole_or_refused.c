/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parameters of a backend are read as they stand, or refused in words.
 */
#include <limits.h>

#include "../../plugins/params.h"
#include "bench.h"

static uint64_t number;
static int flag, fd, error;
static struct param_fault fault;
static char text_data[8];
static struct param_text text = { text_data, sizeof text_data };

static const struct param table[] = {
	{ "number", param_number, &number },
	{ "flag", param_flag, &flag },
	{ "fd", param_fd, &fd },
	{ "error", param_error, &error },
	{ "fault", param_fault, &fault },
	{ "text", param_text, &text },
};

static int
read_params(const char *s, char *why, size_t size)
{
	return params_parse(s, table, sizeof table / sizeof *table, why, size);
}

static void
accepted(const char *s)
{
	char why[256] = "";
	int result = read_params(s, why, sizeof why);

	ck_assert_msg(result == 0, "%s: %s", s, why);
}

static void
refused(const char *s, const char *words)
{
	char why[256] = "";

	ck_assert_msg(read_params(s, why, sizeof why) == -EINVAL, "%s", s);
	ck_assert_msg(strstr(why, words) != NULL, "%s: %s", s, why);
}

static uint64_t
number_of(const char *value)
{
	char s[64];

	snprintf(s, sizeof s, "number=%s", value);
	accepted(s);
	return number;
}

START_TEST(numbers_have_suffixes_and_bases)
{
	ck_assert_uint_eq(number_of("0"), 0);
	ck_assert_uint_eq(number_of("007"), 7);
	ck_assert_uint_eq(number_of("4K"), 4096);
	ck_assert_uint_eq(number_of("3M"), 3 << 20);
	ck_assert_uint_eq(number_of("5G"), UINT64_C(5) << 30);
	ck_assert_uint_eq(number_of("2T"), UINT64_C(2) << 40);
	ck_assert_uint_eq(number_of("0xfF"), 255);
	ck_assert_uint_eq(number_of("0X10K"), 16384);
	ck_assert_uint_eq(number_of("18446744073709551615"), UINT64_MAX);
	ck_assert_uint_eq(number_of("0xffffffffffffffff"), UINT64_MAX);
	ck_assert_uint_eq(number_of("16777215T"), UINT64_C(16777215) << 40);
}
END_TEST

START_TEST(numbers_that_are_none_are_refused)
{
	static const char *const bad[] = {
		"", "x", "-1", "+1", " 1", "1 ", "1k", "1KB", "1MM", "0x", "0xg",
		"1.5", "18446744073709551616", "0x10000000000000000",
		"16777216T", "99999999999999999999999", "1e9",
	};
	char s[64];
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		number = 77;
		snprintf(s, sizeof s, "number=%s", bad[i]);
		refused(s, "key=number");
		ck_assert_uint_eq(number, 77);
	}
}
END_TEST

START_TEST(every_kind_of_value_is_read)
{
	accepted("");
	accepted("flag=1,fd=12,error=ENOMSG,fault=4K:EIO,text=abc,number=9");
	ck_assert_int_eq(flag, 1);
	ck_assert_int_eq(fd, 12);
	ck_assert_int_eq(error, -ENOMSG);
	ck_assert_uint_eq(fault.after, 4096);
	ck_assert_int_eq(fault.error, -EIO);
	ck_assert_str_eq(text_data, "abc");
	accepted("flag=0");
	ck_assert_int_eq(flag, 0);
	accepted("flag");
	ck_assert_int_eq(flag, 1);
	accepted("text=a,,b=c,flag=0");
	ck_assert_str_eq(text_data, "a,b=c");
	ck_assert_int_eq(flag, 0);
	accepted("text=1234567");
	accepted("text=abc,");
	ck_assert_str_eq(text_data, "abc");
}
END_TEST

START_TEST(every_kind_of_value_is_refused)
{
	refused("flag=2", "0 or 1");
	refused("flag=", "0 or 1");
	refused("flag=10", "0 or 1");
	refused("fd=x", "descriptor");
	refused("fd=1K", "descriptor");
	refused("fd=2147483648", "descriptor");
	refused("error=5", "name of an error");
	refused("error=", "name of an error");
	refused("error=EI", "name of an error");
	refused("fault=EIO", "BYTES:ERROR");
	refused("fault=1:", "name of an error");
	refused("fault=:EIO", "a number");
	refused("fault=11111111111111111111111111111111111:EIO", "BYTES");
	refused("text=", "something");
	refused("text=12345678", "shorter");
}
END_TEST

START_TEST(pairs_that_are_none_are_refused)
{
	char why[256];

	refused("=1", "key is missing");
	refused(",flag=1", "key is missing");
	refused("flag=1,,", "0 or 1");
	refused("unknown=1", "not known: key=unknown");
	refused("unknown", "not known");
	refused("numbe=1", "not known");
	refused("numbers=1", "not known");
	refused("Number=1", "not known");
	refused(" number=1", "not known");
	refused("number=1,flag=1,number=2", "twice: key=number");
	refused("abcdefghijklmnopqrstuvwxyzabcdefghij=1", "too long");
	ck_assert_int_eq(params_parse("a=1", NULL, 0, why, sizeof why),
	    -EINVAL);
	ck_assert_int_eq(params_parse("", NULL, 0, why, sizeof why), 0);
}
END_TEST

START_TEST(length_is_bounded)
{
	char *s = malloc(PARAMS_TEXT_MAX + 2), why[4];

	memset(s, 'x', PARAMS_TEXT_MAX + 1);
	memcpy(s, "text=", 5);
	s[PARAMS_TEXT_MAX + 1] = '\0';
	refused(s, "parameters are too long");
	s[PARAMS_VALUE_MAX + 5] = '\0';
	refused(s, "value is too long");
	ck_assert_int_eq(read_params(s, why, sizeof why), -EINVAL);
	ck_assert_uint_lt(strlen(why), sizeof why);
	s[PARAMS_VALUE_MAX + 4] = '\0';
	refused(s, "shorter");
	free(s);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("params");

	tcase_add_test(t, numbers_have_suffixes_and_bases);
	tcase_add_test(t, numbers_that_are_none_are_refused);
	tcase_add_test(t, every_kind_of_value_is_read);
	tcase_add_test(t, every_kind_of_value_is_refused);
	tcase_add_test(t, pairs_that_are_none_are_refused);
	tcase_add_test(t, length_is_bounded);
	return bench_run(t);
}

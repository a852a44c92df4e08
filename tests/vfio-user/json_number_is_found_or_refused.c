/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A number is found where it stands and nowhere else, and a text that is not
 * JSON is refused, at every length it may be cut to.
 */
#include "../plugins/bench.h"
#include "../../plugins/vfio-user/json.h"

static const struct {
	const char *text;
	int result;
	uint64_t number;
} cases[] = {
	{ "{\"o\":{\"k\":1}}", 1, 1 },
	{ " { \"o\" : { \"k\" : 18446744073709551615 } } ", 1, UINT64_MAX },
	{ "{\"a\":[{},[],{\"o\":{\"k\":5}}],\"o\":{\"b\":{},\"k\":7}}", 1, 7 },
	{ "{\"o\":{\"x\":{\"k\":5}}}", 0, 0 },
	{ "{\"k\":5}", 0, 0 },
	{ "{\"p\":{\"k\":5}}", 0, 0 },
	{ "{\"o\":[{\"k\":5}]}", 0, 0 },
	{ "{\"o\":5,\"p\":{\"k\":5}}", 0, 0 },
	{ "{\"o\":{},\"p\":{\"k\":5}}", 0, 0 },
	{ "{\"o\":{\"kk\":5,\"\\\"k\":6}}", 0, 0 },
	{ "{}", 0, 0 },
	{ "{\"a\":[true,false,null,\"\\u0041\",-1.5e+3]}", 0, 0 },
	{ "{\"o\":{\"k\":1,\"k\":1}}", -EBADMSG, 0 },
	{ "{\"o\":{\"k\":1.0}}", -EBADMSG, 0 },
	{ "{\"o\":{\"k\":-1}}", -EBADMSG, 0 },
	{ "{\"o\":{\"k\":18446744073709551616}}", -EBADMSG, 0 },
	{ "{\"o\":{\"k\":true}}", -EBADMSG, 0 },
	{ "{\"o\":{\"k\":{}}}", -EBADMSG, 0 },
	{ "", -EBADMSG, 0 },
	{ "[]", -EBADMSG, 0 },
	{ "5", -EBADMSG, 0 },
	{ "{\"a\":1,}", -EBADMSG, 0 },
	{ "{\"a\"}", -EBADMSG, 0 },
	{ "{a:1}", -EBADMSG, 0 },
	{ "{\"a\":1]", -EBADMSG, 0 },
	{ "{\"a\":[1}", -EBADMSG, 0 },
	{ "{\"a\":-}", -EBADMSG, 0 },
	{ "{\"a\":tru}", -EBADMSG, 0 },
	{ "{\"a\":\"\n\"}", -EBADMSG, 0 },
	{ "{\"a\":1}}", -EBADMSG, 0 },
	{ "{\"a\":1} x", -EBADMSG, 0 },
};

START_TEST(text_has_its_result)
{
	uint64_t number = 0;

	ck_assert_int_eq(user_json_number(cases[_i].text, strlen(cases[_i].text),
	    "o", "k", &number), cases[_i].result);
	if (cases[_i].result == 1)
		ck_assert_uint_eq(number, cases[_i].number);
}
END_TEST

/* Copied to memory of just that length, for the address sanitizer. */
START_TEST(text_cut_short_is_refused)
{
	size_t size = strlen(cases[_i].text), n;
	uint64_t number;
	char *cut;

	while (size > 0 && cases[_i].text[size - 1] == ' ')
		size--;
	for (n = 1; n < size; n++) {
		cut = malloc(n);
		ck_assert_ptr_nonnull(cut);
		memcpy(cut, cases[_i].text, n);
		if (cases[_i].result >= 0)
			ck_assert_int_eq(user_json_number(cut, n, "o", "k",
			    &number), -EBADMSG);
		else
			(void)user_json_number(cut, n, "o", "k", &number);
		free(cut);
	}
}
END_TEST

START_TEST(nesting_has_an_end)
{
	char text[2 * JSON_DEPTH_MAX + 16];
	uint64_t number;
	int depth, k, n;

	for (depth = JSON_DEPTH_MAX - 1; depth <= JSON_DEPTH_MAX; depth++) {
		n = snprintf(text, sizeof text, "{\"a\":");
		for (k = 0; k < depth; k++)
			text[n++] = '[';
		for (k = 0; k < depth; k++)
			text[n++] = ']';
		text[n++] = '}';
		ck_assert_int_eq(user_json_number(text, (size_t)n, "o", "k",
		    &number), depth < JSON_DEPTH_MAX ? 0 : -EBADMSG);
	}
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("json");

	tcase_add_loop_test(tests, text_has_its_result, 0,
	    sizeof cases / sizeof *cases);
	tcase_add_loop_test(tests, text_cut_short_is_refused, 0,
	    sizeof cases / sizeof *cases);
	tcase_add_test(tests, nesting_has_an_end);
	return bench_run(tests);
}

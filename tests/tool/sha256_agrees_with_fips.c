/* SPDX-License-Identifier: BSD-3-Clause */
/* sha256_agrees_with_fips.c - the digests of FIPS 180's examples, in any
 * pieces */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "tools/sha256.h"

static const struct {
	const char *message;
	const char *digest;
} example[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
	    "55" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200"
	    "15ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
	    },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijk"
	    "lmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
	    },
};

START_TEST(examples_in_any_pieces)
{
	const char *message = example[_i].message;
	size_t size = strlen(message), piece, k;
	char text[SHA256_TEXT];
	struct sha256 sha;

	for (piece = 1; piece <= size + 1; piece++) {
		sha256_init(&sha);
		for (k = 0; k < size; k += piece) {
			sha256_add(&sha, message + k,
			    size - k < piece ? size - k : piece);
			sha256_text(&sha, text);	/* changes nothing */
		}
		sha256_text(&sha, text);
		ck_assert_str_eq(text, example[_i].digest);
	}
}
END_TEST

START_TEST(a_million_letters)
{
	char text[SHA256_TEXT], letters[1000];
	struct sha256 sha;
	int k;

	memset(letters, 'a', sizeof letters);
	sha256_init(&sha);
	for (k = 0; k < 1000; k++)
		sha256_add(&sha, letters, sizeof letters);
	sha256_text(&sha, text);
	ck_assert_str_eq(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a49720"
	    "0e046d39ccc7112cd0");
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("sha256_agrees_with_fips");

	tcase_add_loop_test(tests, examples_in_any_pieces, 0,
	    sizeof example / sizeof example[0]);
	tcase_add_test(tests, a_million_letters);
	return suite_run(tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Migrations print nothing, leave nothing to be done at exit, and leave the
 * environment, the locale, the working folder and the file mode mask alone.
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embed.h"

extern char **environ;

static char output[] = "/tmp/embedXXXXXX";

/* The environment in one text. */
static char *
environment(void)
{
	size_t size = 1;
	char **e, *text;

	for (e = environ; *e != NULL; e++)
		size += strlen(*e) + 1;
	text = calloc(1, size);
	for (e = environ; *e != NULL; e++)
		strcat(strcat(text, *e), "\n");
	return text;
}

START_TEST(nothing)
{
	char *before = environment(), *after, *locale, here[4096], now[4096];
	mode_t mask = umask(022);
	int saved[2], fd, k;
	struct stat st;

	locale = strdup(setlocale(LC_ALL, NULL));
	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	fd = mkstemp(output);
	ck_assert_int_ge(fd, 0);
	unlink(output);
	fflush(NULL);
	for (k = 0; k < 2; k++) {
		saved[k] = dup(1 + k);
		dup2(fd, 1 + k);
	}
	embed_go(&embed_ways[_i]);
	fflush(NULL);
	for (k = 0; k < 2; k++) {
		dup2(saved[k], 1 + k);
		close(saved[k]);
	}
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	close(fd);
	after = environment();
	ck_assert_str_eq(before, after);
	ck_assert_str_eq(locale, setlocale(LC_ALL, NULL));
	ck_assert_ptr_nonnull(getcwd(now, sizeof now));
	ck_assert_str_eq(here, now);
	ck_assert_uint_eq(umask(mask), 022);
	free(before);
	free(after);
	free(locale);
}
END_TEST

static void
more(TCase *c)
{
	tcase_add_loop_test(c, nothing, 0, EMBED_WAYS);
}

int
main(void)
{
	return embed_main("nothing", more);
}

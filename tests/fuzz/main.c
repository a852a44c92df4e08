/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * main.c - runs a target without libFuzzer: on files, on all files of folders,
 * or, built by afl-clang-fast and without arguments, under AFL++
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 20, SECONDS_MAX = 120 };

static unsigned long inputs;

#ifdef __AFL_FUZZ_TESTCASE_LEN
__AFL_FUZZ_INIT();

static int
run_afl(void)
{
	const unsigned char *data;

	__AFL_INIT();
	data = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000))
		LLVMFuzzerTestOneInput(data, (size_t)__AFL_FUZZ_TESTCASE_LEN);
	return 0;
}
#else
static int
run_afl(void)
{
	fprintf(stderr, "usage: PROGRAM FILE|FOLDER...\n");
	return 2;
}
#endif

static int
run_file(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX), *exact;
	FILE *file = fopen(path, "re");
	size_t size;

	if (file == NULL || data == NULL) {
		perror(path);
		return 1;
	}
	size = fread(data, 1, INPUT_MAX, file);
	fclose(file);
	exact = malloc(size != 0 ? size : 1);	/* so that an overrun shows */
	memcpy(exact, data, size);
	if (getenv("FUZZ_VERBOSE") != NULL)
		fprintf(stderr, "%s\n", path);
	alarm(SECONDS_MAX);			/* so that a hang fails */
	LLVMFuzzerTestOneInput(exact, size);
	alarm(0);
	free(exact);
	free(data);
	inputs++;
	return 0;
}

static int
run_path(const char *path)
{
	struct dirent **entry;
	char *name;
	struct stat st;
	int k, n, r = 0;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return run_file(path);
	n = scandir(path, &entry, NULL, alphasort);
	for (k = 0; k < n; k++) {
		if (entry[k]->d_name[0] != '.' &&
		    asprintf(&name, "%s/%s", path, entry[k]->d_name) > 0) {
			r |= run_path(name);
			free(name);
		}
		free(entry[k]);
	}
	if (n >= 0)
		free(entry);
	return r;
}

int
main(int argc, char **argv)
{
	int k, r = 0;
	char *path;

	if (argc < 2)
		return run_afl();
	for (k = 1; k < argc; k++) {	/* a target may go elsewhere */
		path = realpath(argv[k], NULL);
		r |= run_path(path != NULL ? path : argv[k]);
		free(path);
	}
	printf("%lu inputs\n", inputs);
	return r != 0 || inputs == 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * captures.h - tests/captures, read for a test: its cases, their files and
 * what is expected of their devices
 */
#ifndef TESTS_TOOL_CAPTURES_H
#define TESTS_TOOL_CAPTURES_H

#include <check.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CAPTURES_MAX = 16, PRECOPY_MAX = 256 };

/* A line of EXPECTED. */
struct capture {
	char name[64];
	char idstr[256];
	unsigned int instance_id;
	uint8_t precopy[PRECOPY_MAX];
	size_t precopy_size;
};

static inline void
capture_path(char *path, size_t size, const char *file)
{
	const char *more = getenv("VFIOMIG_CAPTURES");
	const char *top = getenv("srcdir");

	snprintf(path, size, "%s/tests/captures/%s", top ? top : ".", file);
	if (more != NULL && access(path, R_OK) < 0)
		snprintf(path, size, "%s/%s", more, file);
}

/* The whole of a case's file, to be freed; NULL when it is not there. */
static inline uint8_t *
capture_read(const char *name, const char *file, size_t *size)
{
	char path[1024], part[512];
	uint8_t *data;
	FILE *f;
	long n;

	snprintf(part, sizeof part, "%s/%s", name, file);
	capture_path(path, sizeof path, part);
	f = fopen(path, "rb");
	if (f == NULL)
		return NULL;
	ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
	n = ftell(f);
	ck_assert_int_gt(n, 0);
	rewind(f);
	data = malloc((size_t)n);
	ck_assert_ptr_nonnull(data);
	ck_assert_uint_eq(fread(data, 1, (size_t)n, f), (size_t)n);
	fclose(f);
	*size = (size_t)n;
	return data;
}

/* The lines of EXPECTED whose case is here; their number. */
static inline size_t
capture_list(struct capture *list)
{
	char path[1024], line[2048], hex[2 * PRECOPY_MAX + 1], *p;
	struct capture *c = list;
	uint8_t *main_stream;
	unsigned int byte;
	size_t size;
	FILE *f;

	capture_path(path, sizeof path, "EXPECTED");
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: cannot be read", path);
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] == '#')
			continue;
		memset(c, 0, sizeof *c);
		ck_assert_int_eq(sscanf(line, "%63s %*s %255s %u %*s %*s %*s "
		    "%*s %*s %512s", c->name, c->idstr, &c->instance_id, hex),
		    4);
		for (p = hex; sscanf(p, "%2x", &byte) == 1; p += 2)
			c->precopy[c->precopy_size++] = (uint8_t)byte;
		main_stream = capture_read(c->name, "chan00.bin", &size);
		if (main_stream == NULL)
			continue;
		free(main_stream);
		c++;
		ck_assert_int_lt(c - list, CAPTURES_MAX);
	}
	fclose(f);
	ck_assert_int_gt(c - list, 0);
	return (size_t)(c - list);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json.h - writing JSON, indented, a value at a time
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Only to is set by the caller. */
struct json {
	FILE *to;
	int depth;
	bool more;		/* something was written at this depth */
};

/* @name: the member's, or NULL inside an array and at the top.  @kind: '{' or
 * '[', closed with its counterpart. */
void json_open(struct json *json, const char *name, char kind);
void json_close(struct json *json, char kind);
void json_text(struct json *json, const char *name, const char *text);
void json_number(struct json *json, const char *name, uint64_t number);
void json_signed(struct json *json, const char *name, int64_t number);
void json_bool(struct json *json, const char *name, bool value);
/* Nanoseconds as microseconds, three digits behind the point. */
void json_micros(struct json *json, const char *name, uint64_t nanoseconds);

#endif

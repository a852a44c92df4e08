/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json.c - writing JSON; see json.h
 */
#include <inttypes.h>

#include "json.h"

static void
string_put(FILE *to, const char *text)
{
	putc('"', to);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(to, "\\u%04x", c);
		else
			putc(c, to);
	}
	putc('"', to);
}

/* What goes before a value: comma, indentation, name. */
static void
begin(struct json *json, const char *name)
{
	if (json->depth != 0)
		fprintf(json->to, "%s\n%*s", json->more ? "," : "",
		    2 * json->depth, "");
	if (name != NULL) {
		string_put(json->to, name);
		fputs(": ", json->to);
	}
	json->more = true;
}

void
json_open(struct json *json, const char *name, char kind)
{
	begin(json, name);
	putc(kind, json->to);
	json->depth++;
	json->more = false;
}

void
json_close(struct json *json, char kind)
{
	json->depth--;
	if (json->more)
		fprintf(json->to, "\n%*s", 2 * json->depth, "");
	putc(kind, json->to);
	json->more = true;
	if (json->depth == 0)
		putc('\n', json->to);
}

void
json_text(struct json *json, const char *name, const char *text)
{
	begin(json, name);
	string_put(json->to, text);
}

void
json_number(struct json *json, const char *name, uint64_t number)
{
	begin(json, name);
	fprintf(json->to, "%" PRIu64, number);
}

void
json_signed(struct json *json, const char *name, int64_t number)
{
	begin(json, name);
	fprintf(json->to, "%" PRId64, number);
}

void
json_bool(struct json *json, const char *name, bool value)
{
	begin(json, name);
	fputs(value ? "true" : "false", json->to);
}

void
json_micros(struct json *json, const char *name, uint64_t nanoseconds)
{
	begin(json, name);
	fprintf(json->to, "%" PRIu64 ".%03u", nanoseconds / 1000,
	    (unsigned int)(nanoseconds % 1000));
}

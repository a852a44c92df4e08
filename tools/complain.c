/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * complain.c - lines on standard error; see complain.h
 *
 * Idea: a line is made whole and written at once, so lines of several threads
 * and of both processes of a demo do not mix.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"

static const char *who;

void
complain_as(const char *name)
{
	who = name;
}

void
complain(const char *format, ...)
{
	char line[2048];
	va_list args;
	size_t n;

	n = (size_t)snprintf(line, 64, "vfiomig%s%s: ", who ? " " : "",
	    who ? who : "");
	va_start(args, format);
	vsnprintf(line + n, sizeof line - n - 1, format, args);
	va_end(args);
	n = strlen(line);
	line[n++] = '\n';
	(void)!write(STDERR_FILENO, line, n);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * say.c - a backend's lines in the migration's log
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "say.h"

void
say(const struct vfiomig_host *host, enum vfiomig_log_level level,
    const char *format, ...)
{
	int saved = errno;
	char line[512];
	va_list args;

	if (host == NULL || host->log == NULL)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	host->log(host, level, line);
	errno = saved;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * say.h - a backend's lines in the migration's log
 *
 * Lines are cut to 511 bytes.  A host without a log is fine.  Does not change
 * errno, allocates nothing.
 */
#ifndef PLUGINS_SAY_H
#define PLUGINS_SAY_H

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

/* The library's archive has a say of its own. */
#define say plugin_say

__attribute__((format(printf, 3, 4)))
void say(const struct vfiomig_host *host, enum vfiomig_log_level level,
    const char *format, ...);

/* Say at ERROR, and return @error. */
#define say_error(host, error, ...) \
	(say(host, VFIOMIG_LOG_ERROR, __VA_ARGS__), (error))

#endif

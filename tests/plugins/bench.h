/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench.h - what the tests of backends share: a host that keeps the last line
 * it was told, and a suite of one case
 *
 * A backend is called as the library calls it, through its struct, without
 * the library.
 */
#ifndef TESTS_PLUGINS_BENCH_H
#define TESTS_PLUGINS_BENCH_H

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../plugins/builtin.h"
#include "../suite.h"

static char bench_line[512];		/* what the host was told last */

static inline void
bench_log(const struct vfiomig_host *host, enum vfiomig_log_level level,
    const char *line)
{
	(void)host;
	(void)level;
	snprintf(bench_line, sizeof bench_line, "%s", line);
}

static inline int
bench_cancelled(const struct vfiomig_host *host)
{
	(void)host;
	return 0;
}

static const struct vfiomig_host bench_host = {
	sizeof bench_host, bench_log, bench_cancelled
};

/* Open, which must succeed. */
static inline void *
bench_open(const struct vfiomig_backend *backend, const char *params,
    int incoming)
{
	void *device = NULL;
	int error;

	error = backend->open(&bench_host, params, incoming, &device);
	ck_assert_msg(error == 0, "open(%s): %d: %s", params, error,
	    bench_line);
	return device;
}

/* Open, which must fail with @error and words that have @words in them. */
static inline void
bench_refused(const struct vfiomig_backend *backend, const char *params,
    int incoming, int error, const char *words)
{
	void *device = &device;

	bench_line[0] = '\0';
	ck_assert_int_eq(backend->open(&bench_host, params, incoming, &device),
	    error);
	ck_assert_msg(strstr(bench_line, words) != NULL, "said: %s",
	    bench_line);
	ck_assert_ptr_eq(device, &device);
}

static inline uint32_t
bench_state(const struct vfiomig_backend *backend, void *device)
{
	uint32_t state = 99;

	ck_assert_int_eq(backend->get_state(device, &state), 0);
	return state;
}

static inline double
bench_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int
bench_run(TCase *tests)
{
	return suite_main("plugins", tests, 0);
}

#endif

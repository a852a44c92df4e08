/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * counts.c - what this process has used so far; see counts.h
 *
 * System calls are counted by the kernel, at its raw_syscalls tracepoint, so
 * that all sides are counted alike, those inside libc too.  That slows every
 * call, so it is never done in a run whose time is taken.
 */
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counts.h"

static int calls_fd = -1;

/* The tracepoint's number; 0: not to be had. */
static unsigned int
tracepoint(void)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing/events/raw_syscalls/sys_enter/id",
		"/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter/id"
	};
	unsigned int id = 0;
	size_t k;

	for (k = 0; k < sizeof paths / sizeof paths[0] && id == 0; k++) {
		FILE *f = fopen(paths[k], "re");

		if (f == NULL)
			continue;
		if (fscanf(f, "%u", &id) != 1)
			id = 0;
		fclose(f);
	}
	return id;
}

bool
counts_calls(void)
{
	struct perf_event_attr attr;

	memset(&attr, 0, sizeof attr);
	attr.type = PERF_TYPE_TRACEPOINT;
	attr.size = sizeof attr;
	attr.config = tracepoint();
	attr.inherit = 1;
	if (attr.config == 0)
		return false;
	calls_fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
	    PERF_FLAG_FD_CLOEXEC);
	return calls_fd >= 0;
}

void
counts_read(struct counts *counts)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	counts->cpu_ns = (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) *
	    1000000000u + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) *
	    1000u;
	counts->faults = (uint64_t)u.ru_minflt + (uint64_t)u.ru_majflt;
	counts->sleeps = (uint64_t)u.ru_nvcsw;
	counts->calls = 0;
	if (calls_fd >= 0)
		must(read(calls_fd, &counts->calls, sizeof counts->calls) ==
		    sizeof counts->calls);
}

struct counts
counts_since(const struct counts *from, const struct counts *to)
{
	const struct counts d = {
		.cpu_ns = to->cpu_ns - from->cpu_ns,
		.faults = to->faults - from->faults,
		.sleeps = to->sleeps - from->sleeps,
		.calls = to->calls - from->calls
	};

	return d;
}

uint64_t
counts_rss(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (uint64_t)u.ru_maxrss * 1024;
}

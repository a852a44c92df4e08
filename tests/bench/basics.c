/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * basics.c - clocks and threads for all of the benchmark
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "bench.h"

struct member {
	pthread_t thread;
	struct run *run;
	void (*body)(struct run *, uint32_t);
	uint32_t number;
};

struct crew {
	uint32_t n;
	struct member member[];
};

void
must_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s: does not hold (%m)\n", file, line, what);
	exit(1);
}

uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void
sleep_until(uint64_t ns)
{
	struct timespec t = {
		.tv_sec = (time_t)(ns / 1000000000u),
		.tv_nsec = (long)(ns % 1000000000u)
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
		;
}

void *
warm_buffer(size_t size)
{
	const size_t huge = 2 * MIB;
	size_t room = (size + huge - 1) / huge * huge;
	void *data = aligned_alloc(huge, room);

	must(data != NULL);
	madvise(data, room, MADV_HUGEPAGE);
	memset(data, 0, size);
	return data;
}

static void *
member_run(void *arg)
{
	struct member *m = arg;

	m->body(m->run, m->number);
	return NULL;
}

struct crew *
crew_start(struct run *run, uint32_t n, void (*body)(struct run *, uint32_t))
{
	struct crew *crew = calloc(1, sizeof *crew +
	    n * sizeof crew->member[0]);
	uint32_t k;

	must(crew != NULL);
	crew->n = n;
	for (k = 0; k < n; k++) {
		crew->member[k].run = run;
		crew->member[k].body = body;
		crew->member[k].number = k;
		must(pthread_create(&crew->member[k].thread, NULL, member_run,
		    &crew->member[k]) == 0);
	}
	return crew;
}

void
crew_wait(struct crew *crew)
{
	uint32_t k;

	for (k = 0; k < crew->n; k++)
		pthread_join(crew->member[k].thread, NULL);
	free(crew);
}

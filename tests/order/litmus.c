/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * litmus.c - two threads, many rounds; see litmus.h
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "litmus.h"

struct run {
	int rounds;
	half *before, *one, *two, *after;
	void *arg;
	/* two: who is late at the first must not see the other at the second */
	pthread_barrier_t begin, end;
};

static void *
other(void *arg)
{
	struct run *run = arg;
	int k;

	for (k = 0; k < run->rounds; k++) {
		pthread_barrier_wait(&run->begin);
		run->two(k, run->arg);
		pthread_barrier_wait(&run->end);
	}
	return NULL;
}

void
litmus_run(int rounds, half *before, half *one, half *two, half *after,
    void *arg)
{
	struct run run = {
		.rounds = rounds, .before = before, .one = one, .two = two,
		.after = after, .arg = arg
	};
	pthread_t thread;
	int k;

	pthread_barrier_init(&run.begin, NULL, 2);
	pthread_barrier_init(&run.end, NULL, 2);
	expect(pthread_create(&thread, NULL, other, &run) == 0);
	for (k = 0; k < rounds; k++) {
		if (before != NULL)
			before(k, arg);
		pthread_barrier_wait(&run.begin);
		one(k, arg);
		pthread_barrier_wait(&run.end);
		if (after != NULL)
			after(k, arg);
	}
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&run.begin);
	pthread_barrier_destroy(&run.end);
}

void
hint_wait(atomic_int *hint, int value)
{
	while (hint_get(hint) != value)
		sched_yield();
}

int
litmus_main(const struct litmus *litmus, int argc, char **argv)
{
	alarm(60);		/* must not hang */
	for (; litmus->name != NULL; litmus++)
		if (argc == 2 && strcmp(argv[1], litmus->name) == 0) {
			litmus->run();
			return 0;
		}
	fprintf(stderr, "usage: %s LITMUS\n", argv[0]);
	return 2;
}

void
litmus_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	exit(3);
}

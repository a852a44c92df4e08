/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * soak.c - migrations from source to destination, one seed after another
 *
 *	soak FIRST COUNT		small ones, seeds FIRST and following
 *	soak FIRST COUNT large		64 channels and 32 devices
 *	soak FIRST 0 SECONDS		small and large ones for so long
 *
 * A seed decides the shape, whether and when one side is cancelled, and in a
 * build with yields how each thread is delayed.  What must hold: nobody hangs;
 * without a cancel everything arrives, byte for byte; with one each call says
 * so, or had ended before, or saw the other side go; no backend is called
 * twice at a time; in the end there are as many fds as before, and not more
 * memory than after the first hundred.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "plugins/sim/sim.h"
#include "tests/outgoing/pair.h"

static uint64_t seed;
static long done, cancelled;

/* ---- chance ---- */

static uint32_t
chance(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static _Atomic uint32_t threads;

/* Called at each labelled order, before the access, in a build with yields. */
void vfiomig_yield(void);

void
vfiomig_yield(void)
{
	static _Thread_local uint64_t state, of;
	uint32_t r;

	if (of != seed + 1) {
		of = seed + 1;
		state = seed * 1000003 + atomic_fetch_add(&threads, 1);
	}
	r = chance(&state) % 256;
	if (r < 24)
		sched_yield();
	else if (r == 255)
		usleep(50);
}

/* ---- one migration ---- */

struct shape {
	int devices, channels;
	uint64_t size, budget;
	uint32_t packet_max, window;
	int cancel;			/* 0, or 1: the source, 2: the target */
	uint32_t after;			/* microseconds */
};

static void
shape_draw(struct shape *s, bool large)
{
	uint64_t state = seed;

	chance(&state);
	s->devices = large ? 32 : 1 + (int)(chance(&state) % 4);
	s->channels = large ? 64 : 1 + (int)(chance(&state) % 6);
	s->size = chance(&state) % (large ? 400000 : 200000);
	s->packet_max = 1000 + chance(&state) % 8000;
	s->budget = (uint64_t)(s->devices + (int)(chance(&state) % 3)) << 17;
	s->window = 1u << (8 + chance(&state) % 3);
	s->cancel = chance(&state) % 4 != 0 ? 0 : 1 + (int)(chance(&state) % 2);
	s->after = chance(&state) % 3000;
}

static bool
allowed(const struct shape *s, int r)
{
	return r == 0 || (s->cancel != 0 && (r == -ECANCELED ||
	    r == -EPIPE || r == -ECONNRESET)) ||
	    /* several devices, small memory: a true deadlock is no fault */
	    (s->devices > 1 && (r == -ENOBUFS || r == -EPIPE ||
	    r == -ECONNRESET));
}

#define must(condition)							\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "seed %llu: not so: %s\n",	\
			    (unsigned long long)seed, #condition);	\
			exit(1);					\
		}							\
	} while (0)

static void
whole(struct pair *pair, const struct shape *s)
{
	struct sim_view view;
	char tag[8];
	int k;

	must(vfiomig_resume(pair->target.mig) == 0);
	for (k = 0; k < pair->devices; k++) {
		snprintf(tag, sizeof tag, "t%d", k);
		must(sim_find(tag, &view) == 0);
		must(view.verified == s->size);
		must(view.violations == 0);
	}
}

static void
results(struct pair_end *end, const struct pair *pair, const struct shape *s,
    bool *all)
{
	struct vfiomig_stats stats = { .size = sizeof stats };
	int k;

	for (k = 0; k < pair->devices; k++) {
		must(allowed(s, end->device_result[k]));
		*all = *all && end->device_result[k] == 0;
	}
	for (k = 0; k < pair->channels; k++) {
		must(allowed(s, end->channel_result[k]));
		*all = *all && end->channel_result[k] == 0;
	}
	must(vfiomig_stats(end->mig, &stats) == 0);
	must(stats.memory_max <= stats.budget);
}

static void
migrate(bool large)
{
	struct shape s;
	struct vfiomig_config config = { .size = sizeof config };
	static struct pair pair;
	char params[100];
	bool all = true;

	shape_draw(&s, large);
	config.budget = s.budget;
	config.packet_max = s.packet_max;
	config.window = s.window;
	snprintf(params, sizeof params, "size=%llu,seed=%llu,config_size=100",
	    (unsigned long long)s.size, (unsigned long long)(seed % 1000));
	alarm(300);
	pair_open(&pair, s.devices, s.channels, params, params, &config);
	must(vfiomig_quiesce(pair.source.mig) == 0);
	pair_start_target(&pair);
	pair_start_source(&pair);
	if (s.cancel != 0) {
		usleep(s.after);
		vfiomig_cancel(s.cancel == 1 ? pair.source.mig :
		    pair.target.mig);
	}
	pair_join(&pair);
	results(&pair.source, &pair, &s, &all);
	results(&pair.target, &pair, &s, &all);
	if (all && s.cancel == 0)
		whole(&pair, &s);
	must(all || vfiomig_failure(pair.source.mig, NULL, 0) != 0 ||
	    vfiomig_failure(pair.target.mig, NULL, 0) != 0);
	cancelled += !all;
	pair_close(&pair);
	done++;
}

/* ---- many ---- */

static long
memory_now(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long all, here = 0;

	must(f != NULL && fscanf(f, "%ld %ld", &all, &here) == 2);
	fclose(f);
	return here * (sysconf(_SC_PAGESIZE) / 1024);
}

int
main(int argc, char **argv)
{
	long count = argc > 2 ? atol(argv[2]) : 100, k, before = 0, after;
	long seconds = argc > 3 && count == 0 ? atol(argv[3]) : 0;
	bool large = argc > 3 && strcmp(argv[3], "large") == 0;
	time_t end = time(NULL) + seconds;
	int fds;

	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	migrate(large);
	fds = count_fds();
	for (k = 1; seconds ? time(NULL) < end : k < count; k++) {
		seed++;
		migrate(large || (seconds && k % 200 == 0));
		if (k <= 400)		/* the allocator has seen it all */
			before = memory_now();
	}
	after = memory_now();
	printf("migrations=%ld not-whole=%ld fds=%d->%d rss-kib=%ld->%ld "
	    "last-seed=%llu\n", done, cancelled, fds, count_fds(), before,
	    after, (unsigned long long)seed);
	must(count_fds() == fds);
	must(after <= before + 32768);
	return 0;
}

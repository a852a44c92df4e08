/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * soak.c - migrations from source to destination, one seed after another
 *
 *	soak FIRST COUNT		small ones, seeds FIRST and following
 *	soak FIRST COUNT large		64 channels and 32 devices
 *	soak FIRST 0 SECONDS		small and large ones for so long
 *
 * A seed decides the shape, whether and when one side is cancelled, and in a
 * build with yields how each thread is delayed.  oracle.c says what must hold
 * of each.  At the end there are as many fds and threads as before, and not
 * more memory than after the first hundreds.  SOAK_PATIENCE=60 seconds in
 * which no thread runs are a hang, ten times that in one migration as well.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "oracle.h"

uint64_t seed;
static struct tally tally;

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

/* ---- hangs ---- */

static int patience = 60;
static volatile sig_atomic_t waited;	/* seconds, for this migration */

/* Each second: has any thread run since the last one?  On a busy machine they
 * run rarely, where they hang never. */
static void
tick(int number)
{
	static const char text[] = "it hangs\n";
	static struct timespec before;
	static int still;
	struct timespec now;
	long ns;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	ns = now.tv_nsec - before.tv_nsec;
	still = now.tv_sec == before.tv_sec && ns < 1000000 ? still + 1 : 0;
	before = now;
	if (still < patience && waited++ < 10 * patience) {
		alarm(1);
		return;
	}
	(void)number;
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(1);
}

/* ---- one migration ---- */

struct shape {
	int devices, channels;
	uint64_t size, budget;
	uint32_t packet_max, window;
	enum side cancel;
	uint32_t after;			/* microseconds */
};

static void
shape_draw(struct shape *s, bool large)
{
	uint64_t state = seed;

	chance(&state);
	s->devices = large ? PAIR_DEVICES : 1 + (int)(chance(&state) % 4);
	s->channels = large ? PAIR_CHANNELS : 1 + (int)(chance(&state) % 6);
	s->size = chance(&state) % (large ? 400000 : 200000);
	s->packet_max = 1000 + chance(&state) % 8000;
	s->budget = (uint64_t)(s->devices + (int)(chance(&state) % 3)) << 17;
	s->window = 1u << (chance(&state) % 11);
	s->cancel = chance(&state) % 4 != 0 ? NOBODY :
	    chance(&state) % 2 ? SOURCE : TARGET;
	s->after = chance(&state) % (large ? 300000 : 3000);
}

static void
migrate(bool large)
{
	struct shape s;
	struct vfiomig_config config = { .size = sizeof config };
	static struct pair pair;
	char params[100];

	shape_draw(&s, large);
	config.budget = s.budget;
	config.packet_max = s.packet_max;
	config.window = s.window;
	snprintf(params, sizeof params, "size=%llu,config_size=100",
	    (unsigned long long)s.size);
	waited = 0;
	pair_open(&pair, s.devices, s.channels, params, params, &config);
	must(vfiomig_quiesce(pair.source.mig) == 0);
	pair_start_target(&pair);
	pair_start_source(&pair);
	if (s.cancel != NOBODY) {
		usleep(s.after);
		vfiomig_cancel(s.cancel == SOURCE ? pair.source.mig :
		    pair.target.mig);
	}
	pair_join(&pair);
	oracle_judge(&pair, s.cancel, s.size, &tally);
	pair_close(&pair);
}

/* ---- many ---- */

/* What a process has: descriptors, threads, KiB of memory. */
struct process {
	int fds, threads;
	long resident, heap;
};

static int
count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int n = -2;			/* . and .. */

	must(dir != NULL);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static struct process
process_now(void)
{
	struct process now = {
		.fds = count_fds(),
		.threads = count_threads()
	};
	FILE *f = fopen("/proc/self/statm", "r");
	long all;
#ifdef __GLIBC__
	struct mallinfo2 info = mallinfo2();

	now.heap = (long)((info.uordblks + info.hblkhd) / 1024);
#endif
	must(f != NULL && fscanf(f, "%ld %ld", &all, &now.resident) == 2);
	fclose(f);
	now.resident *= sysconf(_SC_PAGESIZE) / 1024;
	return now;
}

static void
report(const struct process *before, const struct process *after)
{
	printf("migrations=%llu whole=%llu packets=%llu bytes=%llu "
	    "fds=%d->%d threads=%d->%d rss-kib=%ld->%ld heap-kib=%ld->%ld "
	    "last-seed=%llu\n", (unsigned long long)tally.migrations,
	    (unsigned long long)tally.whole,
	    (unsigned long long)tally.packets,
	    (unsigned long long)tally.bytes, before->fds, after->fds,
	    before->threads, after->threads, before->resident,
	    after->resident, before->heap, after->heap,
	    (unsigned long long)seed);
}

int
main(int argc, char **argv)
{
	long count = argc > 2 ? atol(argv[2]) : 100, k;
	long seconds = argc > 3 && count == 0 ? atol(argv[3]) : 0;
	bool large = argc > 3 && strcmp(argv[3], "large") == 0;
	time_t end = time(NULL) + seconds;
	struct process before, after;

	if (getenv("SOAK_PATIENCE") != NULL)
		patience = atoi(getenv("SOAK_PATIENCE"));
	signal(SIGALRM, tick);
	alarm(1);
	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	migrate(large);
	before = process_now();
	for (k = 1; seconds ? time(NULL) < end : k < count; k++) {
		seed++;
		migrate(large || (seconds && k % 200 == 0));
		if (k <= 400)		/* the allocator has seen it all */
			before = process_now();
	}
	after = process_now();
	report(&before, &after);
	must(after.fds == before.fds && after.threads == before.threads);
	must(after.resident <= before.resident + 32768);
	must(after.heap <= before.heap + 64);
	return 0;
}

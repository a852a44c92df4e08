/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * rings.c - section rings: the ring alone beside those of others
 *
 * Producers put in packets in turns, one consumer takes them out.  ck_ring
 * and rte_ring hand on what comes; ours puts it in order too.  rte_reorder
 * orders, in one thread.  Each kind is measured in turns, and the ratio is
 * taken of neighbours.
 *
 * The others' producers wait for each other in a loop that does not let go of
 * the processor, so with more threads than processors one that lost its turn
 * holds up all: what is not done at the deadline counts as taking that long,
 * and is not tried again.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "figures.h"
#include "rings.h"
#include "sections.h"

static const struct rings_kind *const kinds[] = {
	&rings_ours,
#ifdef HAVE_CK
	&rings_ck,
#endif
#ifdef HAVE_DPDK
	&rings_rte,
	&rings_reorder
#endif
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct producer {
	pthread_t thread;
	const struct rings_kind *kind;
	uint32_t who, of;
	uint64_t n;
};

/* What a measuring process says. */
struct said {
	double wall_ns, cpu_ns;		/* a packet */
	bool right;
	bool late;			/* it did not come to an end */
};

enum { DEADLINE = 10 };			/* seconds */

static void *
producer_run(void *arg)
{
	struct producer *p = arg;

	p->kind->produce(p->who, p->of, p->n);
	return NULL;
}

static uint64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t
rings_expected(uint64_t n)
{
	uint64_t k, sum = 0;

	for (k = 0; k < n; k++)
		sum += rings_size(k);
	return sum;
}

/* @producers 0: one thread does both. */
static void
rings_measure(const struct rings_kind *kind, uint32_t producers, uint64_t n,
    struct said *said)
{
	struct producer p[RING_PRODUCERS];
	uint64_t wall, cpu, sum;
	uint32_t k;

	kind->open();
	wall = clock_ns();
	cpu = cpu_ns();
	for (k = 0; k < producers; k++) {
		p[k] = (struct producer){ .kind = kind, .who = k,
		    .of = producers, .n = n };
		must(pthread_create(&p[k].thread, NULL, producer_run,
		    &p[k]) == 0);
	}
	sum = producers != 0 ? kind->consume(n) : kind->both(n);
	for (k = 0; k < producers; k++)
		pthread_join(p[k].thread, NULL);
	said->wall_ns = (double)(clock_ns() - wall) / (double)n;
	said->cpu_ns = (double)(cpu_ns() - cpu) / (double)n;
	said->right = sum == rings_expected(n);
}

/* The same in a process of its own. */
static struct said
rings_process(const struct rings_kind *kind, uint32_t producers, uint64_t n)
{
	struct said *shared = mmap(NULL, sizeof *shared,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), said;
	int status;
	pid_t pid;

	must(shared != MAP_FAILED);
	fflush(NULL);
	pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(DEADLINE);
		rings_measure(kind, producers, n, shared);
		_exit(0);
	}
	must(waitpid(pid, &status, 0) == pid);
	said = *shared;
	munmap(shared, sizeof *shared);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
		said.late = true;
		said.wall_ns = said.cpu_ns = DEADLINE * 1e9 / (double)n;
		return said;
	}
	must(WIFEXITED(status) && WEXITSTATUS(status) == 0 && said.right);
	return said;
}

static void
rings_table(uint32_t producers, uint64_t n, uint32_t repeats)
{
	struct samples wall[KINDS] = { { .n = 0 } }, cpu[KINDS] = { { .n = 0 } };
	bool late[KINDS] = { false };
	char name[40], what[48];
	uint32_t k, turn;

	snprintf(name, sizeof name, producers ? "%u producers" : "one thread",
	    producers);
	for (turn = 0; turn < repeats; turn++) {
		for (k = 0; k < KINDS; k++) {
			struct said said;

			if (late[k] || producers > kinds[k]->producers ||
			    (producers == 0 && kinds[k]->both == NULL))
				continue;
			said = rings_process(kinds[k], producers, n);
			late[k] = said.late;
			samples_add(&wall[k], said.wall_ns);
			samples_add(&cpu[k], said.cpu_ns);
		}
	}
	for (k = 0; k < KINDS; k++) {
		double ratio = samples_ratio(&wall[k], &wall[0]);

		if (wall[k].n == 0)
			continue;
		printf("%-12s %-12s %9.1f %7.2f %9.1f %7.2f%s\n", name,
		    kinds[k]->name, samples_median(&wall[k]), ratio,
		    samples_median(&cpu[k]), samples_ratio(&cpu[k], &cpu[0]),
		    late[k] ? "  not done in time" : "");
		snprintf(what, sizeof what, "ours: throughput over %s's",
		    kinds[k]->name);
		figure("rings", name, what, ratio, "", k == 0 ? 0 : '>', 1);
	}
}

void
section_rings(bool quick)
{
	static const uint32_t producers[] = { 1, 2, 4 };
	uint64_t n = quick ? 20000 : 1000000;
	size_t k;

	printf("\nRings alone, %d slots\n%-12s %-12s %9s %7s %9s %7s\n",
	    RING_SIZE, "threads", "ring", "ns/packet", "/ ours", "cpu ns",
	    "/ ours");
	for (k = 0; k < sizeof producers / sizeof producers[0]; k++)
		rings_table(producers[k], n, quick ? 1 : 7);
	rings_table(0, n, quick ? 1 : 7);
	if (sizeof kinds / sizeof kinds[0] == 1)
		printf("(libck-dev and libdpdk-dev are not installed: no rings "
		    "of others)\n");
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * run.c - one run: a peer process and a measured process
 *
 * Idea
 *
 *   The measured process is made for each run by fork, so its memory, faults
 *   and processor time are of this run alone, and no run inherits a warm heap.
 *   What it finds goes back in shared memory.
 *
 *   Receiving is done when the last device has its config state, sending when
 *   the last byte is with the kernel.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "counts.h"
#include "sink.h"
#include "tcp.h"

enum { DEADLINE = 120 };	/* seconds; then it hangs */

#define SINKS_ROOM (64u * MIB)	/* all sinks together */

void
run_go(struct run *run)
{
	counts_read(&run->outcome->whole);
	run->outcome->begin_ns = clock_ns();
	if (run->go >= 0)
		must(write(run->go, "", 1) == 1);
}

void
run_done(struct run *run)
{
	struct outcome *o = run->outcome;
	struct counts now;

	o->end_ns = clock_ns();
	counts_read(&now);
	o->whole = counts_since(&o->whole, &now);
	o->steady = counts_since(&o->steady, &now);
}

static void
run_sinks(struct run *run, const struct side *side)
{
	const struct plan *plan = run->plan;
	bool many = side->sinks_by_channel;
	size_t room;
	uint32_t k;

	run->sinks = many ? plan->channels : plan->devices;
	room = SINKS_ROOM / run->sinks;
	if (room < 2 * MIB)
		room = 2 * MIB;
	for (k = 0; k < run->sinks; k++) {
		run->sink[k] = sink_new(run, room, plan->pace,
		    !many && !side->any_order);
		sink_load(run->sink[k], many ? plan->packets / plan->channels *
		    plan->devices : plan->packets);
	}
}

/* The measured process. */
static void
run_side(const struct side *side, const struct plan *plan,
    struct outcome *outcome, int listener, int go)
{
	struct run run = { .plan = plan, .outcome = outcome, .go = go };
	uint64_t bytes = (uint64_t)plan->size * plan->packets * plan->devices;
	uint32_t k;

	prctl(PR_SET_TIMERSLACK, 1);
	run_sinks(&run, side);
	for (k = 0; k < plan->channels; k++)
		run.fd[k] = tcp_accept(listener);
	if (plan->counted)
		outcome->has_calls = counts_calls();
	side->run(&run);
	outcome->rss = counts_rss();
	outcome->packets = plan->packets * plan->devices;
	outcome->steady_packets = outcome->packets * 3 / 4;
	for (k = 0; k < run.sinks; k++) {
		outcome->bytes += sink_bytes(run.sink[k]);
		if (sink_ns(run.sink[k]) >= outcome->write_ns) {
			outcome->write_ns = sink_ns(run.sink[k]);
			outcome->phase_ns = sink_end(run.sink[k]) -
			    sink_begin(run.sink[k]);
		}
	}
	outcome->median_ns = sink_latency(run.sink[0], 0.5);
	outcome->p99_ns = sink_latency(run.sink[0], 0.99);
	outcome->done = outcome->bytes == bytes;
}

/* A process of its own, which ends with its parent and with the deadline;
 * @name is for profilers. */
static pid_t
run_fork(const char *name)
{
	pid_t pid = fork();

	must(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		alarm(DEADLINE);
	}
	return pid;
}

static bool
run_wait(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
run_both(const struct side *side, const struct plan *plan,
    struct outcome *outcome, bool send)
{
	struct outcome *shared = mmap(NULL, sizeof *shared,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int port, listener = tcp_listen(&port), go[2];
	pid_t peer, measured;
	bool good;

	must(shared != MAP_FAILED && pipe(go) == 0);
	fflush(NULL);
	measured = run_fork(side->name);
	if (measured == 0) {
		run_side(side, plan, shared, listener, send ? -1 : go[1]);
		_exit(0);
	}
	peer = run_fork("peer");
	if (peer == 0) {
		if (send)
			peer_receive(plan, port);
		else
			peer_send(plan, shared, port, go[0]);
		_exit(0);
	}
	good = run_wait(measured);
	if (!good)
		kill(peer, SIGKILL);
	good = run_wait(peer) && good && shared->done;
	*outcome = *shared;
	munmap(shared, sizeof *shared);
	close(listener);
	close(go[0]);
	close(go[1]);
	if (!good)
		fprintf(stderr, "bench: %s failed: size=%u, channels=%u, "
		    "devices=%u, bytes=%llu\n", side->name, plan->size,
		    plan->channels, plan->devices,
		    (unsigned long long)outcome->bytes);
	return good;
}

bool
run_receive(const struct side *side, const struct plan *plan,
    struct outcome *outcome)
{
	return run_both(side, plan, outcome, false);
}

bool
run_send(const struct side *side, const struct plan *plan,
    struct outcome *outcome)
{
	return run_both(side, plan, outcome, true);
}

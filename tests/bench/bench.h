/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench.h - the benchmark's parts, and what they share
 *
 *   bench.c        what is measured, in which order, how often
 *   receive.c send.c loading.c latency.c growth.c rings.c
 *                  one section of it each: cases, ratios, targets
 *   run.c          one run: a peer process and a measured process
 *   receive_*.c send_*.c
 *                  the sides: Q, L and ours, each in the measured process
 *   peer.c         the other end of the connections
 *   sink.c         what devices are here: a memory file, or a given pace
 *   counts.c       processor time, memory, faults, switches, system calls
 *   figures.c json.c chart.c
 *                  medians, ratios, tables, files
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum {
	CHANNELS_MOST	= 64,
	DEVICES_MOST	= 256,
	REPEATS_MOST	= 32
};

#define KIB 1024u
#define MIB (1024u * 1024)
#define GIB (1024.0 * 1024 * 1024)

/* What is to be moved. */
struct plan {
	uint32_t size;		/* bytes of data in a packet */
	uint32_t packets;	/* of data, a device */
	uint32_t channels;
	uint32_t devices;
	uint64_t budget;	/* ours; the others have no bound */
	double pace;		/* bytes a second of a device; 0: memory */
	uint32_t config_ms;	/* a config state's load takes */
	bool late;		/* latency: packets are withheld */
	bool counted;		/* count system calls, which costs time */
};

/* What was used, from one moment to another. */
struct counts {
	uint64_t cpu_ns;
	uint64_t faults;
	uint64_t sleeps;	/* voluntary context switches */
	uint64_t calls;		/* system calls; when counted */
};

/* What a run gave, in memory shared by its processes. */
struct outcome {
	uint64_t begin_ns, end_ns;
	struct counts whole;	/* go to done */
	struct counts steady;	/* from a quarter of the bytes on */
	uint64_t steady_packets;
	uint64_t rss;		/* bytes at most */
	uint64_t bytes;
	uint64_t packets;
	uint64_t copies;	/* of payloads, by the side itself */
	uint64_t write_ns;	/* inside the sink, the slowest device */
	uint64_t starved_ns;	/* that device's drain without data; ours */
	uint64_t phase_ns;	/* that device's load, without its config */
	uint64_t first_ns;	/* that device's, until it had a packet; ours */
	uint64_t drain_ns;	/* all drains inside the write; ours */
	uint64_t starved;	/* times they had nothing to load; ours */
	uint64_t median_ns, p99_ns;	/* latency */
	bool has_calls;
	bool done;		/* and as it should be */
};

struct sink;

/* One run, inside the measured process. */
struct run {
	const struct plan *plan;
	struct outcome *outcome;
	struct sink *sink[DEVICES_MOST];
	uint32_t sinks;
	int fd[CHANNELS_MOST];
	int go;			/* a byte written here starts the peer */
};

/* A side: moves all of it, calls run_go() when it is ready to. */
typedef void side_run(struct run *run);

struct side {
	const char *name;
	side_run *run;
	bool sinks_by_channel;	/* L: a sink a channel */
	bool any_order;		/* L1: one sink, written in any order */
};

extern const struct side receive_q, receive_l, receive_l1, receive_ours;
extern const struct side send_q, send_l, send_l1, send_ours;

/* ---- run.c ---- */

/* Let @side do @plan; false, and a line said, when it failed. */
bool run_receive(const struct side *side, const struct plan *plan,
    struct outcome *outcome);
bool run_send(const struct side *side, const struct plan *plan,
    struct outcome *outcome);

/* The side is ready; the clock starts.  All is loaded or sent; it stops. */
void run_go(struct run *run);
void run_done(struct run *run);

/* ---- peer.c ---- */

/* Connect, and send @plan when a byte comes on @go; sets outcome's begin. */
void peer_send(const struct plan *plan, struct outcome *outcome, int port,
    int go);
/* Connect, and read everything on all channels, keeping nothing. */
void peer_receive(const struct plan *plan, int port);

/* ---- what everything uses ---- */

/* A benchmark that cannot be is no benchmark: say why, and exit. */
#define must(what) ((what) ? (void)0 : must_failed(#what, __FILE__, __LINE__))
_Noreturn void must_failed(const char *what, const char *file, int line);

uint64_t clock_ns(void);
void sleep_until(uint64_t ns);

/*
 * Memory that was touched, aligned and of huge pages as the library's is: into
 * memory that begins in the middle of a line, some processors copy at a
 * quarter of the speed.  free() frees it.
 */
void *warm_buffer(size_t size);

/* Start @n threads on @body with (@run, 0 .. n - 1), and wait for them. */
struct crew;
struct crew *crew_start(struct run *run, uint32_t n,
    void (*body)(struct run *, uint32_t));
void crew_wait(struct crew *crew);

#endif

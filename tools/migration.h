/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * migration.h - a migration as the tool runs it: handle, devices, threads,
 * signals, and who said what went wrong
 *
 * Roles: source.c and destination.c run one, each in its direction;
 * progress.c looks at it while it runs; report.c afterwards.
 *
 * Threads: the main thread opens, ticks, recovers and closes.  Workers, one a
 * channel and one a device, have every signal blocked and end by themselves
 * once the library's calls return, which they do after migration_fail().
 */
#ifndef TOOLS_MIGRATION_H
#define TOOLS_MIGRATION_H

#include <pthread.h>
#include <stdatomic.h>
#include <vfiomig/vfiomig.h>

#include "options.h"

enum { CHANNELS_MAX = 256, THREADS_MAX = CHANNELS_MAX + DEVICES_MAX + 1 };

struct progress;

struct migration {
	const struct options *options;
	enum vfiomig_direction direction;
	struct vfiomig *mig;
	struct vfiomig_device *device[DEVICES_MAX];
	uint64_t device_end[DEVICES_MAX];	/* ns; its thread's, then main's */
	uint32_t devices;
	struct vfiomig_channel *_Atomic channel[CHANNELS_MAX];
	_Atomic uint32_t channels;		/* opened: filled in channel[] */

	int signal_fd;			/* SIGINT, SIGTERM, SIGHUP */
	int wake_fd;			/* a worker has news */
	pthread_t thread[THREADS_MAX];
	uint32_t threads;
	_Atomic uint32_t running;

	struct progress *progress;	/* NULL: none */
	uint64_t begin, end;		/* ns: first connection, last device */

	/* Each trace event goes there (tracing.h); NULL: nowhere. */
	void (*trace)(void *opaque, const struct vfiomig_trace *event);
	void *trace_opaque;

	/* Each SYNC or RAM packet that comes; set before channels open. */
	int (*sync)(void *opaque, struct vfiomig_channel *channel,
	    const void *header);
	void *sync_opaque;

	pthread_mutex_t lock;		/* of what follows, and of the screen */
	char words[512];		/* the tool's own failure; empty: none */
};

/*
 * Open: register backends, make the handle, add the devices, take the
 * signals.  @m is zero before.  0, or an exit
 * status after saying why; nothing is left open then.
 */
int migration_open(struct migration *m, const struct options *options,
    enum vfiomig_direction direction);

/* Join the threads and free everything. */
void migration_close(struct migration *m);

/* Run @run(@arg) in a worker.  0, or the migration fails. */
int migration_start(struct migration *m, void *(*run)(void *), void *arg);

/* Note an open channel, so that its figures are shown; any thread. */
void migration_channel(struct migration *m, struct vfiomig_channel *channel);

/* Wake migration_tick(); any thread. */
void migration_wake(struct migration *m);

/*
 * Wait until a worker has news, @fd (or -1) is readable, or a moment has
 * gone; draw progress, and fail when a signal came.  True: @fd is readable.
 */
bool migration_tick(struct migration *m, int fd);

/* Fail it in the tool's own words; any thread; the first failure wins. */
void migration_fail(struct migration *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* True once it failed; @text, of @size bytes, says why. */
bool migration_failed(struct migration *m, char *text, size_t size);

/* Bytes that moved so far, for stall timeouts. */
uint64_t migration_moved(struct migration *m);

/* Wait for all workers to end, with @fd not looked at. */
void migration_join(struct migration *m);

/* After a failure and the join: say why, and put the devices where they are
 * safe. */
void migration_recover(struct migration *m);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t clock_ns(void);

#endif

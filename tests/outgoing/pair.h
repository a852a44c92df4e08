/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pair.h - a source and a destination in one process, sim devices at both
 * ends, a socketpair a channel, a thread for each channel and device
 */
#ifndef TESTS_PAIR_H
#define TESTS_PAIR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <vfiomig/vfiomig.h>

enum { PAIR_DEVICES = 32, PAIR_CHANNELS = 64 };
enum { PAIR_THREADS = 2 * PAIR_DEVICES + 3 * PAIR_CHANNELS };

/* What a thread is to do. */
struct pair_job {
	struct pair *pair;
	int number;
};

/* One end. */
struct pair_end {
	struct vfiomig *mig;
	struct vfiomig_device *device[PAIR_DEVICES];
	int device_result[PAIR_DEVICES];
	int channel_result[PAIR_CHANNELS];
};

struct pair {
	int devices, channels;
	struct pair_end source, target;
	int fd[PAIR_CHANNELS][2];
	int wires;
	struct pair_wire {
		int from, to;
		uint64_t bytes;
		bool cut;
	} wire[PAIR_CHANNELS];
	/* How a channel is carried, when not by its fds alone; may be NULL. */
	void (*dress)(struct pair *pair, int channel, bool source,
	    struct vfiomig_channel_config *config);
	/* Let the other end see the end; NULL: shutdown(2). */
	void (*end)(struct pair *pair, int channel, bool source);
	char log[4096];			/* what both ends said as errors */
	pthread_mutex_t lock;		/* of log */
	int threads;
	pthread_t thread[PAIR_THREADS];
	struct pair_job job[PAIR_THREADS];
};

/* Called on each thread when all it needs is open, if set. */
extern void (*pair_on_thread)(void);

/*
 * Make both ends and their devices, named dev0 ...; @source and @target are
 * the sim's parameters, with tag=sN and tag=tN added, and seed=N when there is
 * none, so that no two devices' bytes are alike.  @config: budget, packet_max,
 * window, stall_timeout; may be NULL.
 */
void pair_open(struct pair *pair, int devices, int channels,
    const char *source, const char *target,
    const struct vfiomig_config *config);

/*
 * Before the start: let that channel carry @bytes only.  Then it is @cut, or
 * stays open and carries nothing more.
 */
void pair_wire(struct pair *pair, int channel, uint64_t bytes, bool cut);

/* Start the threads of an end: its channels, and a drain or fill a device. */
void pair_start_source(struct pair *pair);
void pair_start_channels(struct pair *pair);	/* a source's only */
void pair_start_fills(struct pair *pair);	/* a source's only */
void pair_start_target(struct pair *pair);

/* Wait for all of them. */
void pair_join(struct pair *pair);

/* Quiesce, start both ends, join. */
void pair_run(struct pair *pair);

/* Free both ends (which recovers what failed), close the sockets. */
void pair_close(struct pair *pair);

/* Open file descriptors of this process. */
int count_fds(void);

#endif

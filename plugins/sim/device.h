/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * device.h - the software device, as its own files see it
 *
 * Roles: options.c reads the parameters; machine.c moves between states;
 * stream.c reads and writes; config.c has the config state; dirty.c the
 * record of writes; pace.c lets time pass; watch.c shows it to tests; sim.c
 * is the backend, and lets one call in at a time.
 *
 * Threads: everything belongs to the call that is in, but for the three
 * words marked shared, and view, which is under lock.
 *
 * Ordering: the shared words guard nothing but themselves: relaxed.
 */
#ifndef PLUGINS_SIM_DEVICE_H
#define PLUGINS_SIM_DEVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "../params.h"
#include "../say.h"
#include "../states.h"
#include "content.h"
#include "sim.h"

#define SIM_NONE	UINT64_MAX	/* a number that was not given */
#define SIM_RANGES_MAX	256

struct sim_options {
	uint64_t size, seed, flags;
	uint64_t bandwidth, latency, write_latency, read_latency, chunk;
	uint64_t config_size, config_latency;
	uint64_t initial, dirty, dirty_rate, reinit;
	uint64_t write_zero_after, read_zero_after, block_after, eintr_every;
	struct param_fault fail_after;
	uint32_t fail_state;
	int fail_state_error, fail_state_landing;	/* landing < 0: stay */
	int refuse_stop, fail_open, fail_query, fail_get, fail_reset;
	int fail_config, fail_pending, fail_dirty;
	int verify, logging, enomsg, counted, release_fd;
	char tag[SIM_TAG_MAX];
};

struct sim {
	const struct vfiomig_host *host;
	struct sim_options o;
	_Atomic int busy;		/* shared: a call is in */
	_Atomic int cancelled;		/* shared */
	_Atomic int released;		/* shared: block_after is over */

	uint32_t state;
	int over;			/* session ended before its state did */
	int spoiled;			/* a byte was not the seed's */
	int faulted;			/* counted fail_after was given */
	uint64_t position;		/* bytes of the session */
	uint64_t calls;			/* reads and writes */
	uint64_t precopy_since;		/* nanoseconds */
	int reinit_told;

	uint64_t late;			/* ns that the last pause overslept */

	struct vfiomig_range ranges[SIM_RANGES_MAX];
	uint32_t range_count;		/* 0: no record is kept */
	uint64_t dirty_page;
	uint64_t dirty_reports;

	pthread_mutex_t lock;		/* a leaf */
	struct sim_view view;
};

/* options.c: 0, or -EINVAL with words in @why. */
int sim_options_read(struct sim_options *o, const char *text, char *why,
    size_t why_size);

/* machine.c */
int sim_machine_move(struct sim *sim, uint32_t state);
int sim_machine_reset(struct sim *sim);

/* stream.c */
ssize_t sim_stream_read(struct sim *sim, void *data, size_t size);
ssize_t sim_stream_write(struct sim *sim, const struct iovec *iov, int count);
int sim_stream_pending(struct sim *sim, struct vfiomig_pending *pending);

/* config.c */
int sim_config_load(struct sim *sim, const void *data, size_t size);
ssize_t sim_config_save(struct sim *sim, void *data, size_t size);

/* dirty.c */
int sim_dirty_start(struct sim *sim, const struct vfiomig_range *ranges,
    uint32_t count, uint64_t *page_size);
int sim_dirty_report(struct sim *sim, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap);
int sim_dirty_stop(struct sim *sim);

/* pace.c: CLOCK_MONOTONIC in nanoseconds. */
uint64_t sim_now(void);

/* Let time pass, come what may. */
void sim_sleep(uint64_t nanoseconds);

/* Let time pass, exact on the whole over many calls.  -ECANCELED. */
int sim_pause(struct sim *sim, uint64_t nanoseconds);

/* Let the time pass that @bytes take, of a call that began at @began. */
int sim_pace(struct sim *sim, uint64_t began, size_t bytes);

/* Wait as block_after says.  -ECANCELED. */
int sim_block(struct sim *sim);

/* watch.c: tagged devices can be found; a no-op in a module. */
int sim_watch_add(struct sim *sim);
void sim_watch_remove(struct sim *sim);

/* watch.c: change the view between the two. */
struct sim_view *sim_view_lock(struct sim *sim);
void sim_view_unlock(struct sim *sim);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sim.h - a device made of software: what it can be told, and how a test that
 * links it looks inside
 *
 * The stream.  Byte n of a device is a function of its seed and n alone.
 * Outgoing, the stream is `size` bytes.  Incoming, every byte is compared.
 *
 * Parameters; numbers take K, M, G, T; NAME is an errno, as EIO:
 *	size=N		bytes of the stream.  Outgoing default: 0.  Incoming
 *			default: any; given, more is -ENOMEM, less is -EINVAL
 *			at RESUMING -> STOP
 *	seed=N		of the content
 *	verify=0	incoming: do not compare
 *	flags=1|3|5|7	STOP_COPY 1, P2P 2, PRE_COPY 4; default 7
 *	logging=0	no dirty tracking
 *	bandwidth=N	bytes a second that it reads or writes
 *	latency=N	microseconds of each step from state to state
 *	write_latency=N, read_latency=N		microseconds of each call
 *	chunk=N		bytes that a call takes or gives at most
 *	config_size=N	bytes of config state, saved and compared; not given:
 *			none is saved, any is taken
 *	config_latency=N	milliseconds that loading it takes
 *	initial=N	bytes there at once in PRE_COPY
 *	dirty=N, dirty_rate=N	bytes that come after those, and how many a
 *			second; default 64M
 *	reinit=N	bytes of new initial data, announced by the first
 *			pending after the initial data was read
 *	enomsg=1	a read in PRE_COPY with nothing there is -ENOMSG, not 0
 *	tag=TEXT	a name for sim_find()
 * Faults of read and write; N counts bytes of the session:
 *	fail_after=N:NAME	the call that would begin at N or later fails;
 *			the one that would cross N is short
 *	counted=1	fail_after fails the call that reaches N, once, all its
 *			bytes taken
 *	write_zero_after=N, read_zero_after=N	such a call returns 0
 *	block_after=N	such a call blocks, once, until cancel, sim_release(),
 *			or release
 *	release=FD	the caller's descriptor; readable: block no more
 *	eintr_every=N	each Nth call is -EINTR and takes nothing
 * Other faults:
 *	refuse_stop=NAME	RESUMING -> STOP
 *	fail_state=STATE:NAME[:LANDING]	the step to STATE; the device stays
 *			where it was, or is found in LANDING (stop, running,
 *			stop_copy, resuming, running_p2p, pre_copy,
 *			pre_copy_p2p, error)
 *	fail_open, fail_query, fail_get, fail_reset, fail_config,
 *	fail_pending, fail_dirty=NAME	that function
 *
 * Codes of its own: -EILSEQ, a byte is not the seed's: from then on write is
 * -ENODEV and RESUMING -> STOP is -EINVAL.  -ENODEV, read or write outside of
 * a session.  -ECANCELED, cancel ended a wait.  -EBUSY, two calls at once:
 * the caller broke VFIOMIG_THREADS_PER_DEVICE.
 */
#ifndef PLUGINS_SIM_SIM_H
#define PLUGINS_SIM_SIM_H

#include <stddef.h>
#include <stdint.h>

#define SIM_TAG_MAX 64
#define SIM_LOG_MAX 64

/* What a tagged device has seen since it was opened. */
struct sim_view {
	uint32_t state;		/* enum vfiomig_state */
	int open;		/* nonzero: not closed yet */
	int blocked;		/* nonzero: block_after holds a call now */
	int loaded;		/* nonzero: RESUMING -> STOP succeeded last */
	int blank;		/* nonzero: it was reset, and not loaded since */
	uint64_t bytes;		/* read or written in the session */
	uint64_t verified;	/* bytes written that were the seed's, in all */
	uint64_t reads;		/* calls */
	uint64_t writes;	/* calls, writev included */
	uint64_t writevs;	/* calls */
	uint64_t writev_bytes_max;	/* offered in one */
	int writev_count_max;		/* pieces in one */
	uint64_t violations;	/* calls made while another ran */
	uint64_t cancels;
	uint64_t resets;
	uint64_t config_loads;
	uint64_t config_bytes;	/* of the last */
	uint64_t config_at;	/* bytes, when the last began */
	uint64_t steps;		/* from state to state */
	uint8_t log[SIM_LOG_MAX];	/* where the first steps led */
};

/* The tagged device's view; after its close the last one.  -ENOENT. */
int sim_find(const char *tag, struct sim_view *view);

/* Let a call that block_after holds go on.  -ENOENT: no such device is open. */
int sim_release(const char *tag);

/* Forget a closed device's view; without it it is kept.  -ENOENT, -EBUSY. */
int sim_forget(const char *tag);

/* Nonzero when page @page, counted from iova 0 in the pages that dirty_start
 * gave, is dirty in the @report'th report, counted from 0. */
int sim_page_dirty(uint64_t seed, uint64_t page, uint64_t report);

/* Bytes @offset and following of the stream, and of the config state. */
void sim_stream(uint64_t seed, uint64_t offset, void *data, size_t size);
void sim_config(uint64_t seed, void *data, size_t size);

#endif

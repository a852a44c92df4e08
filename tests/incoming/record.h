/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * record.h - a backend that is the tests' oracle: it compares every byte with
 * what it must be at its place, and does what a test tells it
 *
 * The stream of device n is a function of n and the offset: stream_byte().
 * So a byte that is loaded twice, left out, or out of order is found.
 */
#ifndef TESTS_INCOMING_RECORD_H
#define TESTS_INCOMING_RECORD_H

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include <stdatomic.h>
#include <stdbool.h>

enum { RECORDS = 16, RECORD_STATES = 64 };

struct record {
	int number;		/* of the device; params is this number */
	const struct vfiomig_host *host;
	bool open;
	_Atomic uint32_t state;
	uint64_t loaded;	/* bytes, all as they must be */
	uint64_t wrong;		/* writes with a byte that is not */
	uint64_t writes;	/* calls, writev among them */
	int states;
	uint8_t log[RECORD_STATES];	/* where set_state led */
	int order[RECORD_STATES];	/* when, over all devices */
	int resets;
	_Atomic int cancels;
	_Atomic int inside;	/* calls of write now */

	/* what a test tells it; zero: nothing */
	uint32_t can;		/* 0: STOP_COPY and P2P */
	int open_error;
	int query_error;
	uint32_t refuse;	/* a state that set_state refuses */
	int refuse_error;
	/* Instead of taking all: as write's result.  @size is offered. */
	ssize_t (*write)(struct record *record, size_t size);
};

extern struct record record[RECORDS];

/* Forget everything, and register the backends "record" (with writev), and
 * "plain" (without). */
void record_start(void);

/* Its functions without writev, for a backend that adds some. */
struct vfiomig_backend record_plain(void);

uint8_t stream_byte(int device, uint64_t offset);
void stream_fill(int device, uint64_t offset, void *data, size_t size);
bool stream_is(int device, uint64_t offset, const void *data, size_t size);

#endif

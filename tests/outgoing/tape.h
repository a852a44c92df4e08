/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tape.h - a device whose stream is bytes of the test's: the source plays
 * them, in pieces as told, and the destination records what it is given
 *
 * Idea: a tape outlives the migration it is in, so that a test sees what was
 * done to it, and can put it into another one.  The test owns the struct and
 * all it points to; params are its number in the test's table.
 */
#ifndef TESTS_OUTGOING_TAPE_H
#define TESTS_OUTGOING_TAPE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum tape_call { TAPE_OPEN, TAPE_QUERY, TAPE_GET_STATE, TAPE_SET_STATE,
	TAPE_READ, TAPE_WRITE, TAPE_WRITEV, TAPE_RESET, TAPE_CONFIG_LOAD,
	TAPE_CONFIG_SAVE, TAPE_PENDING };

enum { TAPE_LOG = 64, TAPE_CONFIG = 8192, TAPE_MAX = 64 };

struct tape {
	uint32_t can;			/* VFIOMIG_CAN_*; 0: all three */
	/* source */
	const void *data;
	size_t size;
	size_t initial;			/* of them there in PRE_COPY */
	const uint32_t *piece;		/* bytes of each read; NULL: as asked */
	size_t pieces;
	const void *config;
	size_t config_size;
	/* destination: room for the stream */
	void *room;
	size_t room_size;
	/* Before each call; nonzero is its result, and nothing else is done. */
	ssize_t (*hook)(struct tape *tape, enum tape_call call);
	void *opaque;

	/* what happened */
	uint32_t state;			/* RUNNING after the first open */
	uint32_t asked;			/* to be in, last */
	size_t played, recorded;	/* bytes in the session */
	size_t reads;
	const void *read_into;		/* the last read's buffer */
	uint8_t config_got[TAPE_CONFIG];
	size_t config_got_size;
	int configs, resets, opens, is_open;
	int blank;			/* it was reset: its state is lost */
	uint32_t steps;
	uint8_t log[TAPE_LOG];		/* states asked for, in order */
};

/* Register the backend "tape", of @tapes; one table at a time. */
void tape_register(struct tape *tapes, size_t count);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spool.h - channels that are memory: what a source sent is kept, looked at,
 * spoilt, and given to a destination
 *
 * Everything runs in the caller's thread, by the nonblocking forms.
 */
#ifndef TESTS_OUTGOING_SPOOL_H
#define TESTS_OUTGOING_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vfiomig/vfiomig.h>

#include "tape.h"

enum { SPOOLS_MAX = 16 };

/* The bytes of one channel. */
struct spool {
	uint8_t *data;
	size_t size;			/* of them there */
	size_t room;
	size_t at;			/* a reader is here */
	bool turn;			/* a writer: this call is another's */
};

/* A source, or a destination, of tapes. */
struct spool_end {
	const struct vfiomig_config *config;
	int devices, channels;
	struct tape *tape;		/* registered by the caller */
	const char *const *idstr;	/* NULL: "0", "1" ... */
	const uint32_t *id;		/* of the channels; NULL: 0, 1 ... */
	struct spool *spool;
	/* Source: between adding devices and quiesce; may be NULL. */
	void (*precopy)(struct vfiomig *mig, struct vfiomig_device **device);
};

/* What became of a destination. */
struct spool_outcome {
	int code;			/* the failure's, or 0 */
	bool complete[SPOOLS_MAX];	/* of each device */
	int resumed;			/* vfiomig_resume's, if it did not fail */
	bool hung;			/* nothing moved, nothing failed */
	char text[256];			/* the failure's words */
	uint32_t state[SPOOLS_MAX];	/* of each device, after recovery */
};

/* Write a source's packets, one a channel in turn, into the spools. */
void spool_record(const struct spool_end *end);

/* Give what is in the spools to a destination and recover or resume it. */
void spool_replay(const struct spool_end *end,
    struct spool_outcome *outcome);

void spools_free(struct spool *spool, int n);

/* A packet of a spool, found without the library. */
struct spool_packet {
	int channel;
	size_t offset, size;		/* of all of it in the spool */
	const char *idstr;
	uint32_t instance, idx, flags;
	const uint8_t *payload;		/* behind all headers */
	size_t payload_size;
};

/* Offsets in a packet. */
enum { SPOOL_HELLO = 64, SPOOL_HEADERS = 288 };

/* Cut a spool into its device packets, RAM left out; their number. */
size_t spool_packets(const struct spool *spool, int channel,
    struct spool_packet *packet, size_t most);

#endif

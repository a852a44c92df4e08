/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * follow.h - QEMU's main stream beside the channels, and other data that
 * goes into devices ahead of packet 0
 */
#ifndef TOOLS_FOLLOW_H
#define TOOLS_FOLLOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct mainstream;
struct migration;

struct follow {
	struct migration *m;
	struct mainstream *parser;	/* of the thread in follow_run() */
	_Atomic uint64_t bytes;		/* read */
	_Atomic bool past;		/* see follow_is_past() */
};

void follow_init(struct follow *follow, struct migration *m);

/* Read a main stream until it ends, or the migration fails; loads what it
 * has for the devices.  One thread, one stream. */
void follow_run(struct follow *follow, int fd);

/* True when the stream can have no more data for devices ahead of packet 0:
 * drains may start. */
bool follow_is_past(struct follow *follow);

/* How much was read. */
uint64_t follow_bytes(struct follow *follow);

/* Load what --precopy gave.  False: the migration has failed. */
bool precopy_load(struct migration *m);

#endif

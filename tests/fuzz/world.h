/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * world.h - a whole incoming migration in one thread; see channels.c
 */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include <vfiomig/vfiomig.h>

#include "fuzz.h"
#include "line.h"
#include "recorder.h"

enum { LINES = 4 };

struct world {
	struct vfiomig *mig;
	unsigned int devices, channels;
	uint32_t packet_max;
	uint64_t budget;
	struct vfiomig_device *device[RECORDER_DEVICES];
	bool drained[RECORDER_DEVICES];
	uint32_t next[RECORDER_DEVICES];	/* idx the script sends next */
	bool cancelled;
	int failure;
	uint32_t salt;		/* so that no two payloads are alike */
	struct line line[LINES];
};

extern struct world world;

/* Make it as the input's first three bytes say. */
void world_new(struct input *input);

/* Resume and free it: running when all is well, and never otherwise. */
void world_free(void);

/* A call returned @r: the first failure stays, and is everybody's. */
void world_called(int r);

/* Calls on one channel or device, checked; those that are over do nothing. */
void line_run(struct line *line);
void line_close(struct line *line);
void device_drain(unsigned int number);

/* Play one step of the script. */
void script_step(struct input *input);

#endif

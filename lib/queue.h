/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * queue.h - a device's line of packets to be sent
 *
 * Who may call what at the same time ("-" freely, "X" never):
 *
 *              put    take
 *     put       X      -
 *     take      -      -
 */
#ifndef VFIOMIG_QUEUE_H
#define VFIOMIG_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

/* One packet: in line, or with a channel. */
struct entry {
	uint32_t block;		/* its data, in the pool */
	uint32_t size;		/* bytes of data */
	uint32_t idx;
	uint32_t flags;
};

struct queue;

/* NULL: no memory. */
struct queue *queue_new(void);
void queue_free(struct queue *queue);

/* The putter: is there no room?  Put, when there is room. */
bool queue_full(struct queue *queue);
void queue_put(struct queue *queue, const struct entry *entry);

/* A taker: the first in line; false: there is none. */
bool queue_take(struct queue *queue, struct entry *entry);

#endif

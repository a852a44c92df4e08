/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pool.h - the budget: all memory that payload is ever put into
 */
#ifndef VFIOMIG_POOL_H
#define VFIOMIG_POOL_H

#include <stdbool.h>
#include <stdint.h>

enum {
	POOL_UNITS	= 32,		/* smallest blocks in a largest one */
	POOL_NAME	= 31,		/* bits of a block's name */
	POOL_NONE	= INT32_MAX	/* no block: a packet without data */
};

struct pool;

/*
 * Map and touch as many whole spans of @largest bytes (a multiple of
 * 32 pages) as fit into @budget.  0, -EINVAL when not one fits or more than
 * there are names for (2^23 spans), -ENOMEM.
 */
int pool_new(uint64_t budget, uint32_t largest, struct pool **pool);
void pool_free(struct pool *pool);

/*
 * Take a block of at least @size bytes (1 to largest).  Any thread,
 * lock-free.  False: none is free now.
 */
bool pool_take(struct pool *pool, uint32_t size, uint32_t *block);

/*
 * Give a block back.  True: somebody is parked (pool_park) and the memory is
 * there to be taken.
 */
bool pool_give(struct pool *pool, uint32_t block);

/* The holder: give back what @size bytes do not need; the block's new name. */
uint32_t pool_shrink(struct pool *pool, uint32_t block, uint32_t size);

/*
 * Set a block of the largest size aside, for ever.  It counts as in use only
 * between pool_use and pool_unuse.  False: none is free.
 */
bool pool_set_aside(struct pool *pool, uint32_t *block);
void pool_use(struct pool *pool, uint32_t block);
void pool_unuse(struct pool *pool, uint32_t block);

/*
 * Before looking a last time and going to sleep: be counted, so that who
 * gives or flushes after this sees it.  unpark when awake.  flush asks as
 * give does, without giving.
 */
void pool_park(struct pool *pool);
void pool_unpark(struct pool *pool);
bool pool_flush(struct pool *pool);

/*
 * The bytes of the packet in a block.  Plain memory, as the block is: the
 * holder's to set, and to read for whom the block is handed to.
 */
void pool_size_set(struct pool *pool, uint32_t block, uint32_t size);
uint32_t pool_size(const struct pool *pool, uint32_t block);

void *pool_data(const struct pool *pool, uint32_t block);
uint32_t pool_units(const struct pool *pool, uint32_t size);
uint32_t pool_block_units(uint32_t block);

/* Units (of which a span has POOL_UNITS) that could be taken; a snapshot. */
uint32_t pool_left(const struct pool *pool);
uint32_t pool_total(const struct pool *pool);

/* Bytes: of all spans, in use, in use at most. */
uint64_t pool_budget(const struct pool *pool);
uint64_t pool_used(const struct pool *pool);
uint64_t pool_used_max(const struct pool *pool);
uint32_t pool_spans(const struct pool *pool);

#endif

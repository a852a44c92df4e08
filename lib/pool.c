/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pool.c - the budget: all memory that payload is ever put into
 *
 * Idea
 *
 *   One mapping of the whole budget, made and touched before the guest
 *   stops, so that no packet faults a page and the bound holds by
 *   construction.  It is cut into spans of the largest packet's size.  A span
 *   is 32 units, and one atomic word says which are taken: a block is an
 *   aligned run of 1, 2, 4 ... 32 units, so a span is a whole buddy allocator
 *   in one word.  The lowest free block is taken: in steady state the same
 *   few, warm ones.
 *
 * Invariants
 *
 *   I1  A bit of map is set from the take to the give of its block.
 *   I2  used never counts a unit before its take or after its give, so it
 *       never exceeds what is mapped, and neither does used_max.
 *   I3  A block set aside is counted, as used or as not, at every moment:
 *       both counts are one word.  So pool_left is never below the truth.
 *
 * Ordering (C11)
 *
 *   R1 -> A1   give: the last holder is done with the memory and its size
 *              before  take: the next one writes them
 *   P          park, flush and the end of give are read-modify-writes of the
 *              same word, acquire and release: either the giver sees the
 *              parked one, or the parked one's last look sees the memory
 *   X          relaxed: counters and hints, which decide nothing
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"

#ifndef POOL_R1			/* the mutation test overrides these */
#define POOL_R1 memory_order_release
#endif
#ifndef POOL_A1
#define POOL_A1 memory_order_acquire
#endif
#ifndef POOL_P
#define POOL_P memory_order_acq_rel
#endif
#define POOL_X memory_order_relaxed

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23	/* Linux 5.14 */
#endif

#define ALL UINT32_MAX
#define LINE 64

/* A block's name: span, first unit, and log2 of its units, which is 5 at
 * most, so that none is POOL_NONE. */
#define BLOCK(span, unit, order) \
	((span) << 8 | (uint32_t)(unit) << 3 | (uint32_t)(order))
#define BLOCK_SPAN(block)	((block) >> 8)
#define BLOCK_UNIT(block)	((block) >> 3 & 31)
#define BLOCK_ORDER(block)	((block) & 7)

/* Units in use, and units set aside and not in use, in one word. */
#define COUNT_USED(counts)	((uint32_t)(counts))
#define COUNT_ASIDE(counts)	((uint32_t)((counts) >> 32))

struct pool {
	uint8_t *base;
	uint32_t *size;			/* of the packet in a block, by unit */
	uint32_t spans;
	uint32_t unit;			/* bytes */
	_Alignas(LINE) _Atomic uint64_t counts;	/* see COUNT_USED */
	_Atomic uint32_t used_max;
	_Atomic uint32_t parked;
	_Atomic uint32_t hint;		/* lowest span that may have room */
	_Alignas(LINE) _Atomic uint32_t map[];
};

/* The bits of a run of 2^@order units at unit 0. */
static uint32_t
run_mask(unsigned int order)
{
	return order == 5 ? ALL : (1u << (1u << order)) - 1;
}

static unsigned int
pool_order(const struct pool *pool, uint32_t size)
{
	unsigned int order = 0;

	while ((uint64_t)pool->unit << order < size)
		order++;
	return order;
}

/*
 * Touch every page now rather than in the guest's downtime.  A kernel that
 * says there is no memory is believed: touching by hand would end the process.
 */
static int
pool_touch(uint8_t *base, size_t size)
{
	size_t at;

	madvise(base, size, MADV_HUGEPAGE);
	if (madvise(base, size, MADV_POPULATE_WRITE) == 0)
		return 0;
	if (errno == ENOMEM || errno == EFAULT)
		return -ENOMEM;
	for (at = 0; at < size; at += 4096)
		base[at] = 0;
	return 0;
}

int
pool_new(uint64_t budget, uint32_t largest, struct pool **pool)
{
	struct pool *p;
	uint64_t spans = budget / largest;
	size_t size;
	void *base;

	if (spans == 0 || spans >= 1u << (POOL_NAME - 8) ||
	    spans > SIZE_MAX / largest || largest % (POOL_UNITS * 4096))
		return -EINVAL;
	size = sizeof *p + spans * (sizeof p->map[0] +
	    POOL_UNITS * sizeof p->size[0]);
	size = (size + LINE - 1) / LINE * LINE;
	p = aligned_alloc(LINE, size);
	if (p == NULL)
		return -ENOMEM;
	base = mmap(NULL, spans * largest, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED) {
		free(p);
		return -ENOMEM;
	}
	p->base = base;
	p->size = (uint32_t *)(void *)(p->map + spans);
	p->spans = (uint32_t)spans;
	p->unit = largest / POOL_UNITS;
	atomic_init(&p->counts, 0);
	atomic_init(&p->used_max, 0);
	atomic_init(&p->parked, 0);
	atomic_init(&p->hint, 0);
	for (spans = 0; spans < p->spans; spans++)
		atomic_init(&p->map[spans], 0);
	if (pool_touch(base, (size_t)p->spans * largest) < 0) {
		pool_free(p);
		return -ENOMEM;
	}
	*pool = p;
	return 0;
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	munmap(pool->base, (size_t)pool->spans * pool->unit * POOL_UNITS);
	free(pool);
}

/* @used and @aside units more, where less is a number below zero. */
static uint64_t
pool_count(struct pool *pool, int32_t used, int32_t aside)
{
	uint64_t more = ((uint64_t)(int64_t)aside << 32) +
	    (uint64_t)(int64_t)used;

	return more + atomic_fetch_add_explicit(&pool->counts, more, POOL_X);
}

/* The same, and more are in use than before. */
static void
pool_count_most(struct pool *pool, int32_t used, int32_t aside)
{
	uint32_t now = COUNT_USED(pool_count(pool, used, aside));
	uint32_t most = atomic_load_explicit(&pool->used_max, POOL_X);

	while (now > most && !atomic_compare_exchange_weak_explicit(
	    &pool->used_max, &most, now, POOL_X, POOL_X))
		;
}

/* Take a run of 2^@order units from one span. */
static bool
span_take(_Atomic uint32_t *map, unsigned int order, unsigned int *unit)
{
	uint32_t seen = atomic_load_explicit(map, POOL_X);
	uint32_t mask = run_mask(order);
	unsigned int at, step = 1u << order;

	while (seen != ALL) {
		for (at = 0; at < POOL_UNITS && (seen & mask << at); )
			at += step;
		if (at >= POOL_UNITS)
			return false;
		if (atomic_compare_exchange_weak_explicit(map, &seen,
		    seen | mask << at, POOL_A1, POOL_X)) {
			*unit = at;
			return true;
		}
	}
	return false;
}

/* Take without counting, going once round from where room is likely. */
static bool
pool_find(struct pool *pool, unsigned int order, uint32_t *block)
{
	uint32_t hint = atomic_load_explicit(&pool->hint, POOL_X);
	uint32_t k, span;
	unsigned int unit;

	for (k = 0; k < pool->spans; k++) {
		span = hint + k < pool->spans ? hint + k :
		    hint + k - pool->spans;
		if (!span_take(&pool->map[span], order, &unit))
			continue;
		if (k != 0 && order == 0)
			atomic_store_explicit(&pool->hint, span, POOL_X);
		*block = BLOCK(span, unit, order);
		return true;
	}
	return false;
}

bool
pool_take(struct pool *pool, uint32_t size, uint32_t *block)
{
	unsigned int order = pool_order(pool, size);

	if (!pool_find(pool, order, block))
		return false;
	pool_count_most(pool, 1 << order, 0);
	return true;
}

bool
pool_give(struct pool *pool, uint32_t block)
{
	uint32_t span = BLOCK_SPAN(block);

	pool_count(pool, -(1 << BLOCK_ORDER(block)), 0);
	atomic_fetch_and_explicit(&pool->map[span],
	    ~(run_mask(BLOCK_ORDER(block)) << BLOCK_UNIT(block)), POOL_R1);
	if (span < atomic_load_explicit(&pool->hint, POOL_X))
		atomic_store_explicit(&pool->hint, span, POOL_X);
	return pool_flush(pool);
}

uint32_t
pool_shrink(struct pool *pool, uint32_t block, uint32_t size)
{
	unsigned int had = BLOCK_ORDER(block), order = pool_order(pool, size);
	uint32_t tail;

	if (order >= had)
		return block;
	tail = run_mask(had) & ~run_mask(order);
	pool_count(pool, (1 << order) - (1 << had), 0);
	atomic_fetch_and_explicit(&pool->map[BLOCK_SPAN(block)],
	    ~(tail << BLOCK_UNIT(block)), POOL_R1);
	return BLOCK(BLOCK_SPAN(block), BLOCK_UNIT(block), order);
}

bool
pool_set_aside(struct pool *pool, uint32_t *block)
{
	if (!pool_find(pool, 5, block))
		return false;
	pool_count(pool, 0, POOL_UNITS);
	return true;
}

void
pool_use(struct pool *pool, uint32_t block)
{
	int32_t units = 1 << BLOCK_ORDER(block);

	pool_count_most(pool, units, -units);
}

void
pool_unuse(struct pool *pool, uint32_t block)
{
	int32_t units = 1 << BLOCK_ORDER(block);

	pool_count(pool, -units, units);
}

void
pool_park(struct pool *pool)
{
	atomic_fetch_add_explicit(&pool->parked, 1, POOL_P);
}

void
pool_unpark(struct pool *pool)
{
	atomic_fetch_sub_explicit(&pool->parked, 1, POOL_P);
}

bool
pool_flush(struct pool *pool)
{
	return atomic_fetch_add_explicit(&pool->parked, 0, POOL_P) != 0;
}

/* A block's first unit, of all there are. */
static uint32_t
pool_unit(uint32_t block)
{
	return BLOCK_SPAN(block) * POOL_UNITS + BLOCK_UNIT(block);
}

void
pool_size_set(struct pool *pool, uint32_t block, uint32_t size)
{
	pool->size[pool_unit(block)] = size;
}

uint32_t
pool_size(const struct pool *pool, uint32_t block)
{
	return pool->size[pool_unit(block)];
}

void *
pool_data(const struct pool *pool, uint32_t block)
{
	return pool->base + (uint64_t)pool_unit(block) * pool->unit;
}

uint32_t
pool_units(const struct pool *pool, uint32_t size)
{
	return size == 0 ? 0 : 1u << pool_order(pool, size);
}

uint32_t
pool_block_units(uint32_t block)
{
	return 1u << BLOCK_ORDER(block);
}

uint32_t
pool_total(const struct pool *pool)
{
	return pool->spans * POOL_UNITS;
}

static uint64_t
pool_counts(const struct pool *pool)
{
	return atomic_load_explicit(
	    &((struct pool *)(uintptr_t)pool)->counts, POOL_X);
}

/* Errs upwards, since a unit is counted after its take and not any more before
 * its give: a sleeper that is woken for nothing looks again, one that is not
 * woken might sleep for ever. */
uint32_t
pool_left(const struct pool *pool)
{
	uint64_t counts = pool_counts(pool);

	return pool_total(pool) - COUNT_USED(counts) - COUNT_ASIDE(counts);
}

uint64_t
pool_budget(const struct pool *pool)
{
	return (uint64_t)pool->spans * POOL_UNITS * pool->unit;
}

uint64_t
pool_used(const struct pool *pool)
{
	return (uint64_t)pool->unit * COUNT_USED(pool_counts(pool));
}

uint64_t
pool_used_max(const struct pool *pool)
{
	return (uint64_t)pool->unit * atomic_load_explicit(
	    &((struct pool *)(uintptr_t)pool)->used_max, POOL_X);
}

uint32_t
pool_spans(const struct pool *pool)
{
	return pool->spans;
}

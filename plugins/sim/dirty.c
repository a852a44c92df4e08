/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dirty.c - the software device's record of the memory it writes: a fake that
 * is strict about how it is asked
 *
 * Idea: whether a page is dirty in a report follows from the seed, the page
 * and the report's number (sim_page_dirty), so a test knows every bit.  A
 * report in larger pages than were recorded sets a bit where any of the
 * smaller ones is dirty; in smaller ones, all that a dirty page covers.
 */
#include <errno.h>
#include <string.h>

#include "device.h"

#define PAGE_MIN UINT64_C(4096)
#define PAGE_MAX (UINT64_C(1) << 30)

int
sim_page_dirty(uint64_t seed, uint64_t page, uint64_t report)
{
	return content_word(seed ^ report << 48, page) % 8 == 0;
}

static int
power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* Is each range whole pages, inside of 64 bits, and apart from the others? */
static int
ranges_check(const struct vfiomig_range *ranges, uint32_t count, uint64_t page)
{
	const struct vfiomig_range *a, *b;
	uint64_t end;

	for (a = ranges; a < ranges + count; a++) {
		if (a->length == 0 || (a->iova | a->length) % page != 0)
			return -EINVAL;
		if (__builtin_add_overflow(a->iova, a->length, &end))
			return -EOVERFLOW;
		for (b = ranges; b < a; b++)
			if (a->iova < b->iova + b->length && b->iova < end)
				return -EINVAL;
	}
	return 0;
}

int
sim_dirty_start(struct sim *sim, const struct vfiomig_range *ranges,
    uint32_t count, uint64_t *page_size)
{
	uint64_t page = *page_size;
	int error;

	if (!sim->o.logging)
		return -EOPNOTSUPP;
	if (count == 0 || !power_of_two(page) || sim->range_count != 0)
		return -EINVAL;
	if (count > SIM_RANGES_MAX)
		return -E2BIG;
	error = ranges_check(ranges, count, page);
	if (error < 0)
		return error;
	memcpy(sim->ranges, ranges, count * sizeof *ranges);
	sim->range_count = count;
	sim->dirty_page = page < PAGE_MIN ? PAGE_MIN :
	    page > PAGE_MAX ? PAGE_MAX : page;
	sim->dirty_reports = 0;
	*page_size = sim->dirty_page;
	return 0;
}

/* Set a bit for each page of @page_size from @iova on that has a dirty one
 * between @first and @last (counted in recorded pages, inclusive). */
static void
range_report(const struct sim *sim, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t first, uint64_t last, uint64_t *bitmap)
{
	uint64_t page, from, to, bit;

	for (page = first; page <= last; page++) {
		if (!sim_page_dirty(sim->o.seed, page, sim->dirty_reports))
			continue;
		from = page * sim->dirty_page;
		to = from + sim->dirty_page - 1;
		from = from > iova ? from - iova : 0;
		to = to - iova < length ? to - iova : length - 1;
		for (bit = from / page_size; bit <= to / page_size; bit++)
			bitmap[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

int
sim_dirty_report(struct sim *sim, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap)
{
	const struct vfiomig_range *r;
	uint64_t end, from, to;

	if (!sim->o.logging)
		return -EOPNOTSUPP;
	if (sim->o.fail_dirty != 0)
		return sim->o.fail_dirty;
	if (sim->range_count == 0 || length == 0 || page_size < PAGE_MIN ||
	    !power_of_two(page_size))
		return -EINVAL;
	if (__builtin_add_overflow(iova, length, &end))
		return -EOVERFLOW;
	for (r = sim->ranges; r < sim->ranges + sim->range_count; r++) {
		from = r->iova > iova ? r->iova : iova;
		to = r->iova + r->length < end ? r->iova + r->length : end;
		if (from < to)
			range_report(sim, iova, length, page_size,
			    from / sim->dirty_page, (to - 1) / sim->dirty_page,
			    bitmap);
	}
	sim->dirty_reports++;
	return 0;
}

int
sim_dirty_stop(struct sim *sim)
{
	if (!sim->o.logging)
		return -EOPNOTSUPP;
	if (sim->range_count == 0)
		return -EINVAL;
	sim->range_count = 0;
	return 0;
}

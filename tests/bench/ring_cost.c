/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring_cost.c - insert and drain, packet after packet, for counting
 * instructions: ring_cost PACKETS
 *
 * Exits with 77 when it was built such that the count says nothing.
 */
#include <stdlib.h>

#include "bench.h"
#include "rings.h"

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;

#ifndef __OPTIMIZE__
	return 77;
#endif
	must(n != 0 && n % 8 == 0);
	rings_ours.open();
	(void)rings_ours.both(n);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * counts.h - what this process has used so far
 */
#ifndef BENCH_COUNTS_H
#define BENCH_COUNTS_H

#include "bench.h"

/*
 * Count this process's system calls from now on, and those of the threads it
 * starts; false: the kernel gives this to root only, or not at all.
 */
bool counts_calls(void);

/* So far, and the difference of two moments. */
void counts_read(struct counts *counts);
struct counts counts_since(const struct counts *from,
    const struct counts *to);

/* The most memory this process has had resident, in bytes. */
uint64_t counts_rss(void);

#endif

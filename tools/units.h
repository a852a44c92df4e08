/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * units.h - numbers as people read them
 */
#ifndef TOOLS_UNITS_H
#define TOOLS_UNITS_H

#include <stdint.h>

/* Room for one; what is written is at most 8 bytes wide. */
struct units {
	char text[16];
};

/* "512", "12.3K", "64.0M" ...: powers of 1024. */
const char *units_bytes(struct units *units, uint64_t bytes);

/* "0", "12 us", "3.4 ms", "1.2 s" */
const char *units_time(struct units *units, uint64_t nanoseconds);

/* The name of an enum vfiomig_state. */
const char *units_state(uint32_t state);

#endif

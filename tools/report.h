/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * report.h - the figures of a migration that is over, as a table or as JSON
 */
#ifndef TOOLS_REPORT_H
#define TOOLS_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct migration;

/* To @to, as --stats says, and what --trace asks for.  @good: it did not
 * fail. */
void report_write(FILE *to, struct migration *m, bool good);

/* The most memory the process ever had resident, in bytes; 0: not known. */
uint64_t report_peak(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * progress.h - what is seen while a migration runs
 *
 * On a terminal a view that is drawn anew ten times a second, a line a device
 * and one for all, 80 columns wide; elsewhere plain lines, few.  Goes to
 * standard error.
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct migration;
struct progress;

/* @total: bytes of each device, 0 where that is not known.  NULL, which all
 * calls take, when there is no memory. */
struct progress *progress_new(uint64_t total);
void progress_free(struct progress *progress);

/* Draw, when it is time or @now; the main thread only. */
void progress_draw(struct progress *progress, struct migration *m, bool now);

/* Make room for a line of text; under the migration's lock. */
void progress_erase(struct progress *progress);

#endif

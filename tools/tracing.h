/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tracing.h - what --trace and --stats svg ask for: a migration's events,
 * recorded while it runs and written when it is over
 */
#ifndef TOOLS_TRACING_H
#define TOOLS_TRACING_H

#include <stdbool.h>

struct migration;

/* Open the files that the options of @m ask for, and record its events;
 * before the handle is made.  False: it cannot be, said. */
bool tracing_begin(struct migration *m);

/* When the workers have ended: write them, once. */
void tracing_end(struct migration *m);

#endif

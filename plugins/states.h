/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * states.h - the ways between a device's migration states
 */
#ifndef PLUGINS_STATES_H
#define PLUGINS_STATES_H

#include <stdint.h>

#define STATES 8

/* Nonzero when @flags (VFIOMIG_CAN_*, the low three bits) is a set that
 * devices have: STOP_COPY alone, or with P2P, PRE_COPY or both. */
int states_flags_legal(uint32_t flags);

/*
 * The state to step to next on the way from @from to @to, @to itself at the
 * last step and when there is nothing to do.  -EINVAL: a device with @flags
 * has no such way.
 */
int states_next(uint32_t flags, uint32_t from, uint32_t to);

/* Nonzero when data is read in @state, or written. */
int states_saving(uint32_t state);
int states_loading(uint32_t state);

/* "stop_copy", or "unknown". */
const char *states_name(uint32_t state);

/* The state of that name, or -EINVAL. */
int states_find(const char *name);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * states.c - the ways between a device's migration states
 *
 * Idea: the way between any two states is a walk, and a walk is known by its
 * first step from every place.  A table a set of flags: row from, column to,
 * both numbered as enum vfiomig_state; the digit is the next state, '-' no
 * way.  ERROR has no way in or out, and a state has none in a set of flags
 * that lacks it.
 */
#include <errno.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "states.h"

static const char next_step[4][STATES][STATES + 1] = {
	{			/* STOP_COPY */
		"--------",	/* from ERROR */
		"-1234---",	/* STOP */
		"-1211---",	/* RUNNING */
		"-1131---",	/* STOP_COPY */
		"-1114---",	/* RESUMING */
		"--------",	/* RUNNING_P2P */
		"--------",	/* PRE_COPY */
		"--------",	/* PRE_COPY_P2P */
	}, {			/* STOP_COPY, P2P */
		"--------",
		"-15345--",
		"-52555--",
		"-11311--",
		"-11141--",
		"-12115--",
		"--------",
		"--------",
	}, {			/* STOP_COPY, PRE_COPY */
		"--------",
		"-1234-2-",
		"-1211-6-",
		"-1131---",
		"-1114-1-",
		"--------",
		"-2232-6-",
		"--------",
	}, {			/* STOP_COPY, P2P, PRE_COPY */
		"--------",
		"-1534555",
		"-5255565",
		"-11311--",
		"-1114111",
		"-1211527",
		"-2272267",
		"-5535567",
	}
};

static const char *const names[STATES] = {
	"error", "stop", "running", "stop_copy", "resuming", "running_p2p",
	"pre_copy", "pre_copy_p2p",
};

int
states_flags_legal(uint32_t flags)
{
	return (flags & VFIOMIG_CAN_STOP_COPY) != 0 && flags < 8;
}

int
states_next(uint32_t flags, uint32_t from, uint32_t to)
{
	char step;

	if (!states_flags_legal(flags) || from >= STATES || to >= STATES)
		return -EINVAL;
	step = next_step[flags >> 1][from][to];
	return step == '-' ? -EINVAL : step - '0';
}

int
states_saving(uint32_t state)
{
	return state == VFIOMIG_STATE_STOP_COPY ||
	    state == VFIOMIG_STATE_PRE_COPY ||
	    state == VFIOMIG_STATE_PRE_COPY_P2P;
}

int
states_loading(uint32_t state)
{
	return state == VFIOMIG_STATE_RESUMING;
}

const char *
states_name(uint32_t state)
{
	return state < STATES ? names[state] : "unknown";
}

int
states_find(const char *name)
{
	int i;

	for (i = 0; i < STATES; i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return -EINVAL;
}

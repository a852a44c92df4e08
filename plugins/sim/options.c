/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * options.c - what the software device was told; sim.h has the list
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "device.h"

/* "STATE:NAME[:LANDING]" */
static const char *
fail_state_parse(void *target, const char *value)
{
	static const char expected[] =
	    "STATE:ERROR or STATE:ERROR:STATE, as stop_copy:EIO:error";
	char copy[64], *error, *landing;
	struct sim_options *o = target;
	int state;

	if (strlen(value) >= sizeof copy)
		return expected;
	strcpy(copy, value);
	error = strchr(copy, ':');
	if (error == NULL)
		return expected;
	*error++ = '\0';
	landing = strchr(error, ':');
	if (landing != NULL)
		*landing++ = '\0';
	state = states_find(copy);
	if (state < 0 || param_error(&o->fail_state_error, error) != NULL)
		return expected;
	o->fail_state = (uint32_t)state;
	if (landing == NULL)
		return NULL;
	o->fail_state_landing = states_find(landing);
	return o->fail_state_landing < 0 ? expected : NULL;
}

static void
defaults_set(struct sim_options *o)
{
	memset(o, 0, sizeof *o);
	o->size = o->config_size = SIM_NONE;
	o->write_zero_after = o->read_zero_after = o->block_after = SIM_NONE;
	o->flags = VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P |
	    VFIOMIG_CAN_PRE_COPY;
	o->dirty_rate = 64 << 20;
	o->fail_state_landing = -1;
	o->verify = o->logging = 1;
	o->release_fd = -1;
}

int
sim_options_read(struct sim_options *o, const char *text, char *why,
    size_t why_size)
{
	struct param_text tag = { o->tag, sizeof o->tag };
	const struct param table[] = {
		{ "size", param_number, &o->size },
		{ "seed", param_number, &o->seed },
		{ "verify", param_flag, &o->verify },
		{ "flags", param_number, &o->flags },
		{ "logging", param_flag, &o->logging },
		{ "bandwidth", param_number, &o->bandwidth },
		{ "latency", param_number, &o->latency },
		{ "write_latency", param_number, &o->write_latency },
		{ "read_latency", param_number, &o->read_latency },
		{ "chunk", param_number, &o->chunk },
		{ "config_size", param_number, &o->config_size },
		{ "config_latency", param_number, &o->config_latency },
		{ "initial", param_number, &o->initial },
		{ "dirty", param_number, &o->dirty },
		{ "dirty_rate", param_number, &o->dirty_rate },
		{ "reinit", param_number, &o->reinit },
		{ "enomsg", param_flag, &o->enomsg },
		{ "tag", param_text, &tag },
		{ "fail_after", param_fault, &o->fail_after },
		{ "counted", param_flag, &o->counted },
		{ "write_zero_after", param_number, &o->write_zero_after },
		{ "read_zero_after", param_number, &o->read_zero_after },
		{ "block_after", param_number, &o->block_after },
		{ "release", param_fd, &o->release_fd },
		{ "eintr_every", param_number, &o->eintr_every },
		{ "refuse_stop", param_error, &o->refuse_stop },
		{ "fail_state", fail_state_parse, o },
		{ "fail_open", param_error, &o->fail_open },
		{ "fail_query", param_error, &o->fail_query },
		{ "fail_get", param_error, &o->fail_get },
		{ "fail_reset", param_error, &o->fail_reset },
		{ "fail_config", param_error, &o->fail_config },
		{ "fail_pending", param_error, &o->fail_pending },
		{ "fail_dirty", param_error, &o->fail_dirty },
	};

	_Static_assert(sizeof table / sizeof *table <= PARAMS_COUNT_MAX,
	    "params_parse counts keys in 64 bits");
	defaults_set(o);
	if (params_parse(text, table, sizeof table / sizeof *table, why,
	    why_size) < 0)
		return -EINVAL;
	if (o->flags > UINT32_MAX || !states_flags_legal((uint32_t)o->flags)) {
		snprintf(why, why_size, "parameter is refused: key=flags, "
		    "why=\"expected 1, 3, 5 or 7\"");
		return -EINVAL;
	}
	return 0;
}

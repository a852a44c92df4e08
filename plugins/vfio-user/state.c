/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * state.c - moving a device in another process from state to state
 *
 * Idea: the server walks the way by itself, but nothing is asked that is not
 * in our own table of ways, from the state that the server says the device is
 * in.  Writes are answered late, so a move out of RESUMING takes all their
 * replies first: a load is never ended on a write that failed.
 */
#include <errno.h>

#include "../say.h"
#include "../states.h"
#include "device.h"
#include "protocol.h"

int
user_get_state(void *opaque, uint32_t *state)
{
	struct user_device *device = opaque;
	struct device_state reply = { 0, 0 };
	int r;

	r = user_feature(device, FEATURE_GET | FEATURE_DEVICE_STATE, &reply,
	    0, sizeof reply);
	if (r < 0)
		return r;
	device->state = *state = reply.state;
	return 0;
}

/* One SET, without questions. */
static int
state_set(struct user_device *device, uint32_t to)
{
	struct device_state call = { to, 0 };
	int r;

	r = user_feature(device, FEATURE_SET | FEATURE_DEVICE_STATE, &call,
	    sizeof call, 0);
	if (r == 0)
		device->state = to;
	return r;
}

int
user_set_state(void *opaque, uint32_t to)
{
	struct user_device *device = opaque;
	uint32_t from = VFIOMIG_STATE_ERROR;
	int r;

	r = user_settle(device);
	if (r == 0)
		r = user_get_state(device, &from);
	if (r < 0)
		return user_failed(device, "state cannot be had", r);
	if (states_next(device->can & 7, from, to) < 0)
		return say_error(device->host, -EINVAL, "vfio-user: no way "
		    "between these states: from=%s, to=%s",
		    states_name(from), states_name(to));
	if (from == to)
		return 0;
	if (device->tainted && to != VFIOMIG_STATE_STOP)
		return say_error(device->host, -EIO, "vfio-user: device must "
		    "be reset first: state=%s, to=%s", states_name(from),
		    states_name(to));
	if (device->load_error < 0 && !device->tainted) {
		device->tainted = 1;
		return device->load_error;
	}
	r = state_set(device, to);
	if (r == 0 && states_loading(to))
		device->load_error = 0;
	if (r < 0 && states_loading(from))
		device->tainted = 1;
	return r < 0 ? user_failed(device, "device did not change state", r) :
	    0;
}

/*
 * Servers take a reset in RUNNING and RESUMING only, and not all of them put
 * the device into RUNNING by it: it is blank, and in the state that is asked
 * for afterwards.
 */
int
user_reset(void *opaque)
{
	struct user_device *device = opaque;
	uint32_t state;
	int r;

	(void)user_settle(device);
	r = user_get_state(device, &state);
	if (r < 0)
		return user_failed(device, "state cannot be had", r);
	if (state == VFIOMIG_STATE_STOP || state == VFIOMIG_STATE_STOP_COPY)
		(void)state_set(device, VFIOMIG_STATE_RESUMING);
	r = conn_call(&device->conn, COMMAND_RESET, NULL, 0, NULL, 0, 0);
	if (r < 0)
		return user_failed(device, "reset failed", r);
	device->tainted = 0;
	device->load_error = 0;
	r = user_get_state(device, &state);
	if (r == 0)
		say(device->host, VFIOMIG_LOG_INFO, "vfio-user: device was "
		    "reset: state=%s", states_name(state));
	return r;
}

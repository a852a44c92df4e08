/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * state.c - moving a kernel VFIO device from state to state
 *
 * Idea: the kernel walks the ways between states by itself, but asking it for
 * a way that does not exist makes some kernels loop for ever; so the walk is
 * looked up in our own table first, from the state that the kernel says the
 * device is in, and nothing else is asked.  After a move that failed the
 * device may be anywhere on the way, so the kernel is asked again.
 */
#include <errno.h>

#include "../say.h"
#include "../states.h"
#include "device.h"
#include "feature.h"
#include "sys.h"
#include "uapi.h"

static int
session_of(uint32_t state)
{
	return states_saving(state) || states_loading(state);
}

void
vfio_session_end(struct vfio_device *device)
{
	if (device->data_fd >= 0)
		vfio_sys_close(device->data_fd);
	device->data_fd = -1;
	device->held = 0;
}

/* The device is in @state now: keep the session's fd or close it. */
static void
state_enter(struct vfio_device *device, uint32_t state)
{
	if (states_saving(device->state) != states_saving(state) ||
	    states_loading(device->state) != states_loading(state))
		vfio_session_end(device);
	device->state = state;
}

static int
state_ask(struct vfio_device *device, uint32_t *state)
{
	struct uapi_mig_state reply = { 0, -1 };
	int error;

	error = feature_call(device->fd, UAPI_FEATURE_GET,
	    UAPI_FEATURE_MIG_DEVICE_STATE, &reply, sizeof reply);
	if (error < 0)
		return error;
	*state = reply.device_state;
	return 0;
}

int
vfio_get_state(void *opaque, uint32_t *state)
{
	struct vfio_device *device = opaque;
	uint32_t now;
	int error;

	error = state_ask(device, &now);
	if (error < 0)
		return error;
	state_enter(device, now);
	*state = now;
	return 0;
}

/*
 * A reply came with @fd for the move to @state.  It is ours from here on.  One
 * of the wrong kind shows in its first read or write.
 */
static void
session_begin(struct vfio_device *device, uint32_t state, int fd)
{
	vfio_session_end(device);
	device->data_fd = fd;
	device->state = state;
	vfio_data_start(device);
}

/*
 * The move from device->state to @to failed with @error.  The end of a load
 * is the last check of what was loaded.  A reply that could not be copied out
 * may have taken the new session's fd with it.
 */
static int
move_failed(struct vfio_device *device, uint32_t to, int error)
{
	uint32_t from = device->state, now = VFIOMIG_STATE_ERROR;
	int asked;

	if (error == -EFAULT || states_loading(from))
		device->tainted = 1;
	asked = state_ask(device, &now);
	say(device->host, VFIOMIG_LOG_WARNING, "vfio: device did not change "
	    "state: from=%s, to=%s, errno=%d, now=%s", states_name(from),
	    states_name(to), -error, asked < 0 ? "?" : states_name(now));
	if (asked == 0)
		state_enter(device, now);
	return error;
}

/*
 * Is the move one that the kernel may be asked for, of a device that went
 * wrong?  Only to a state that is used, but from any: a move that failed may
 * have left the device in one that is not.  A tainted device can only be
 * reset; where that failed, stopped.
 */
static int
move_allowed(struct vfio_device *device, uint32_t to)
{
	uint32_t from = device->state;

	if (states_next(device->flags, to, to) < 0 ||
	    states_next(device->kernel_flags, from, to) < 0)
		return say_error(device->host, -EINVAL, "vfio: no way between "
		    "these states: from=%s, to=%s, flags=%u",
		    states_name(from), states_name(to), device->flags);
	if (device->tainted && from != to &&
	    !(device->reset_failed && to == VFIOMIG_STATE_STOP))
		return say_error(device->host, -EIO, "vfio: device must be "
		    "reset first: state=%s, to=%s", states_name(from),
		    states_name(to));
	return 0;
}

int
vfio_set_state(void *opaque, uint32_t to)
{
	struct vfio_device *device = opaque;
	struct uapi_mig_state call = { to, -1 };
	uint32_t from;
	int error;

	error = vfio_get_state(device, &from);
	if (error < 0)
		return error;
	error = move_allowed(device, to);
	if (error < 0 || from == to)
		return error;
	if (states_loading(from) && !device->tainted) {
		error = vfio_data_flush(device);
		if (error < 0)
			return error;
	}
	error = feature_call(device->fd, UAPI_FEATURE_SET,
	    UAPI_FEATURE_MIG_DEVICE_STATE, &call, sizeof call);
	if (error < 0)
		return move_failed(device, to, error);
	if (call.data_fd >= 0 && session_of(to))
		session_begin(device, to, call.data_fd);
	else
		state_enter(device, to);
	if (session_of(to) && device->data_fd < 0) {
		device->tainted = 1;
		return say_error(device->host, -EIO, "vfio: no data fd came: "
		    "state=%s", states_name(to));
	}
	return 0;
}

/*
 * The last steps of the recovery ladder: a reset, and where the device has
 * none that works, closing and opening it anew.
 */
int
vfio_reset(void *opaque)
{
	struct vfio_device *device = opaque;
	uint32_t now;
	int error;

	error = vfio_sys_ioctl(device->fd, UAPI_DEVICE_RESET, NULL);
	if (error < 0) {
		say(device->host, VFIOMIG_LOG_WARNING, "vfio: reset failed: "
		    "errno=%d", -error);
		vfio_session_end(device);
		if (vfio_node_reopen(device) < 0) {
			device->reset_failed = 1;
			return error;
		}
		device->have_infov2 = 0;	/* it was the old fd's */
	}
	vfio_session_end(device);
	device->tainted = 0;
	device->reset_failed = 0;
	error = state_ask(device, &now);
	if (error < 0)
		return error;
	device->state = now;
	if (now != VFIOMIG_STATE_RUNNING)
		return say_error(device->host, -EIO, "vfio: reset left the "
		    "device elsewhere: state=%s", states_name(now));
	say(device->host, VFIOMIG_LOG_INFO, "vfio: device was reset: its PCI "
	    "config and its interrupts must be written anew");
	return 0;
}

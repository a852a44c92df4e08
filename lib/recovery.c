/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recovery.c - after a failure: every device to where it is safe
 *
 * Idea
 *
 *   The ladder of the kernel's uAPI: ask for the state; move to the safe one;
 *   if that fails, or if data went into the device in part, reset it.  A
 *   source's safe state is RUNNING (its guest goes on), P2P first for all.  A
 *   destination's is STOP, and never RUNNING: a reset device is blank, but
 *   the kernel leaves it RUNNING, so it is stopped after the reset.  Drivers
 *   accept a STOP after a truncated load, so a part-loaded device is reset
 *   first and stopped then.
 *   After a resume that succeeded the devices are the guest's: a failure that
 *   comes later, say of a channel that is still open, does not touch them.
 */
#include "internal.h"

static void
recovery_failed(struct vfiomig_device *dev, const char *step, int code)
{
	say(dev->mig, VFIOMIG_LOG_ERROR, "device not recovered: "
	    "device=\"%s\", step=%s, is=%s, error=%d", dev->idstr, step,
	    state_name(atomic_load_explicit(&dev->state, relaxed)), code);
}

/* Reset and stop.  Where there is no reset, stopping is all that is left. */
static int
recovery_reset(struct vfiomig_device *dev)
{
	int r = device_reset(dev);

	if (r < 0 && r != -EOPNOTSUPP)
		recovery_failed(dev, "reset", r);
	if (r < 0)
		device_set_state(dev, VFIOMIG_STATE_STOP);
	else
		r = device_set_state(dev, VFIOMIG_STATE_STOP);
	return r;
}

static int
recovery_incoming(struct vfiomig_device *dev)
{
	uint32_t state = VFIOMIG_STATE_ERROR;
	int r;

	r = device_get_state(dev, &state);
	if (r == 0 && state == VFIOMIG_STATE_STOP &&
	    atomic_load_explicit(&dev->complete, relaxed))
		return 0;
	if (r < 0 || state == VFIOMIG_STATE_ERROR || (dev->loading &&
	    !atomic_load_explicit(&dev->complete, relaxed)))
		return recovery_reset(dev);
	r = device_set_state(dev, VFIOMIG_STATE_STOP);
	return r < 0 ? recovery_reset(dev) : 0;
}

/* One step of a source's way back; a device that refuses is reset. */
static int
recovery_outgoing(struct vfiomig_device *dev, uint32_t target)
{
	uint32_t state = VFIOMIG_STATE_ERROR;
	int r;

	r = device_get_state(dev, &state);
	if (r == 0 && (state == target || state == VFIOMIG_STATE_RUNNING))
		return 0;
	r = r < 0 || state == VFIOMIG_STATE_ERROR ? -EIO :
	    device_set_state(dev, target);
	if (r == 0)
		return 0;
	recovery_failed(dev, state_name(target), r);
	return device_reset(dev);
}

/* Take every device, or none: -EBUSY when a call still runs on one. */
static int
recovery_enter(struct vfiomig *mig, uint32_t n)
{
	uint32_t k;

	for (k = 0; k < n && device_enter(mig->device[k], ROLE_OTHER); k++)
		;
	if (k == n)
		return 0;
	while (k-- > 0)
		device_leave(mig->device[k]);
	return -EBUSY;
}

API int
vfiomig_recover(struct vfiomig *mig)
{
	uint32_t n, k, step;
	int first = 0, r;

	if (mig == NULL)
		return -EINVAL;
	if (failed(mig) == 0)
		return -EBUSY;
	n = atomic_load_explicit(&mig->devices, relaxed);
	r = recovery_enter(mig, n);
	if (r < 0)
		return r;
	mig->recovered = true;
	for (step = 0; step < 2 && !mig->resumed; step++) {
		for (k = 0; k < n; k++) {
			struct vfiomig_device *dev = mig->device[k];

			if (mig->direction == VFIOMIG_INCOMING)
				r = step == 0 ? recovery_incoming(dev) : 0;
			else if (step == 1)
				r = recovery_outgoing(dev,
				    VFIOMIG_STATE_RUNNING);
			else
				r = dev->can & VFIOMIG_CAN_P2P ?
				    recovery_outgoing(dev,
				    VFIOMIG_STATE_RUNNING_P2P) : 0;
			if (r < 0 && first == 0)
				first = r;
		}
	}
	for (k = 0; k < n; k++)
		device_leave(mig->device[k]);
	return first;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * open.c - taking a kernel VFIO device into use
 *
 * Idea: everything that can be absent is asked for once, here, and what
 * is not there is not asked for again.  A device starts from RUNNING or STOP;
 * one that is left over in another state from a user before us is refused, or
 * reset where the parameters say so, but never moved on from there.
 */
#include <errno.h>
#include <stdlib.h>

#include "../say.h"
#include "../states.h"
#include "device.h"
#include "feature.h"
#include "uapi.h"

#define FLAGS_KNOWN (VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P | \
	VFIOMIG_CAN_PRE_COPY)

/* The kernel's migration flags, less what the parameters leave out. */
static int
flags_probe(struct vfio_device *device)
{
	uint64_t flags = 0;
	uint32_t known;
	int error;

	error = feature_call(device->fd, UAPI_FEATURE_GET,
	    UAPI_FEATURE_MIGRATION, &flags, sizeof flags);
	if (error == -ENOTTY || error == -EINVAL)
		return say_error(device->host, -EOPNOTSUPP, "vfio: device "
		    "cannot migrate: errno=%d", -error);
	if (error < 0)
		return say_error(device->host, error, "vfio: device cannot "
		    "be asked: errno=%d", -error);
	known = (uint32_t)flags & FLAGS_KNOWN;
	if (!states_flags_legal(known))
		return say_error(device->host, -EOPNOTSUPP, "vfio: migration "
		    "flags make no sense: flags=%#llx",
		    (unsigned long long)flags);
	if (known != flags)
		say(device->host, VFIOMIG_LOG_INFO, "vfio: unknown migration "
		    "flags are not used: flags=%#llx",
		    (unsigned long long)flags);
	device->kernel_flags = known;
	if (!device->params.precopy)
		known &= ~(uint32_t)VFIOMIG_CAN_PRE_COPY;
	if (!device->params.p2p)
		known &= ~(uint32_t)VFIOMIG_CAN_P2P;
	device->flags = known;
	return 0;
}

/* 1, 0, or an error; an optional feature that fails is as one not there. */
static int
optional_probe(struct vfio_device *device, uint32_t direction,
    uint32_t feature)
{
	int found;

	found = feature_probe(device->fd, direction, feature);
	if (found < 0) {
		say(device->host, VFIOMIG_LOG_WARNING, "vfio: optional "
		    "feature is not used: feature=%u, errno=%d", feature,
		    -found);
		return 0;
	}
	return found;
}

static void
options_probe(struct vfio_device *device, int incoming)
{
	if (device->params.data_size)
		device->have_data_size = optional_probe(device,
		    UAPI_FEATURE_GET, UAPI_FEATURE_MIG_DATA_SIZE);
	if (device->params.infov2 && !incoming &&
	    device->flags & VFIOMIG_CAN_PRE_COPY &&
	    optional_probe(device, UAPI_FEATURE_SET,
	    UAPI_FEATURE_PRECOPY_INFO_V2))
		device->have_infov2 = feature_call(device->fd,
		    UAPI_FEATURE_SET, UAPI_FEATURE_PRECOPY_INFO_V2, NULL,
		    0) == 0;
}

static int
start_state(struct vfio_device *device)
{
	uint32_t state;
	int error;

	if (device->params.reset)
		return vfio_reset(device);
	error = vfio_get_state(device, &state);
	if (error < 0)
		return say_error(device->host, error, "vfio: device's state "
		    "cannot be had: errno=%d", -error);
	if (state == VFIOMIG_STATE_RUNNING || state == VFIOMIG_STATE_STOP)
		return 0;
	return say_error(device->host, -EBUSY, "vfio: device is not at a "
	    "start, reset it: state=%s(%u)", states_name(state), state);
}

static int
device_setup(struct vfio_device *device, int incoming)
{
	int error;

	error = flags_probe(device);
	if (error == 0)
		error = start_state(device);
	if (error == 0) {
		options_probe(device, incoming);
		error = vfio_dirty_probe(device);
	}
	return error;
}

int
vfio_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **opaque)
{
	struct vfio_device *device;
	int error;

	device = calloc(1, sizeof *device);
	if (device == NULL)
		return -ENOMEM;
	device->host = host;
	device->data_fd = -1;
	atomic_init(&device->cancelled, 0);
	error = vfio_params_read(host, params, &device->params);
	if (error == 0)
		error = vfio_node_open(device);
	if (error < 0) {
		free(device);
		return error;
	}
	error = device_setup(device, incoming);
	if (error < 0) {
		vfio_close(device);
		return error;
	}
	*opaque = device;
	return 0;
}

/*
 * The data fd goes first.  A device of ours that is still in a session of ours,
 * be its fd lost, is reset: some drivers do not survive being closed in one.
 */
void
vfio_close(void *opaque)
{
	struct vfio_device *device = opaque;
	uint32_t state;

	if (device->params.fd < 0 &&
	    (device->data_fd >= 0 || device->tainted) &&
	    vfio_get_state(device, &state) == 0 &&
	    (states_saving(state) || states_loading(state)))
		(void)vfio_reset(device);
	if (device->data_fd >= 0)
		vfio_session_end(device);
	vfio_node_close(device);
	free(device);
}

int
vfio_query(void *opaque, uint32_t *can)
{
	struct vfio_device *device = opaque;

	*can = device->flags;
	if (device->dirty != VFIO_DIRTY_OFF)
		*can |= VFIOMIG_CAN_DIRTY;
	return 0;
}

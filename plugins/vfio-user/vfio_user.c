/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vfio_user.c - the backend for devices in another process, over vfio-user
 *
 * Roles of the files: params reads what is asked for, conn has the connection
 * and its messages, json a number of the server's capabilities, open agrees
 * on a version and asks what the device can do, feature is the envelope of the
 * migration features, state moves the device, data reads and writes it, dirty
 * keeps the record of its memory; protocol has the numbers.
 *
 * The config state is the VMM's: this backend has none.
 */
#include "device.h"

static struct vfiomig_backend vfio_user_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "vfio-user",
	.description	= "a device in another process",
	.open		= user_open,
	.close		= user_close,
	.query		= user_query,
	.get_state	= user_get_state,
	.set_state	= user_set_state,
	.read		= user_read,
	.write		= user_write,
	.writev		= user_writev,
	.reset		= user_reset,
	.cancel		= user_cancel,
	.pending	= user_pending,
	.dirty_start	= user_dirty_start,
	.dirty_report	= user_dirty_report,
	.dirty_stop	= user_dirty_stop,
};
VFIOMIG_BACKEND(vfio_user_backend)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vfio.c - the backend for devices of the kernel's VFIO
 *
 * Roles of the files: params reads what is asked for, node has the device's
 * fd, open probes the device, state moves it, data reads and writes it, header
 * looks into what is written, dirty keeps the record of its memory; feature
 * is the envelope of the kernel's calls, sys the calls themselves, uapi their
 * numbers.
 *
 * The config state is the VMM's: this backend has none.
 */
#include "device.h"

static struct vfiomig_backend vfio_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "vfio",
	.description	= "a VFIO device of the kernel",
	.open		= vfio_open,
	.close		= vfio_close,
	.query		= vfio_query,
	.get_state	= vfio_get_state,
	.set_state	= vfio_set_state,
	.read		= vfio_read,
	.write		= vfio_write,
	.writev		= vfio_writev,
	.reset		= vfio_reset,
	.cancel		= vfio_cancel,
	.pending	= vfio_pending,
	.dirty_start	= vfio_dirty_start,
	.dirty_report	= vfio_dirty_report,
	.dirty_stop	= vfio_dirty_stop,
};
VFIOMIG_BACKEND(vfio_backend)

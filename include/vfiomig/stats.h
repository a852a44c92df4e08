/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stats.h - the figures of a migration, its devices and its channels; a part
 * of <vfiomig/vfiomig.h>, with the same contract
 */
#ifndef VFIOMIG_STATS_H
#define VFIOMIG_STATS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vfiomig;
struct vfiomig_device;
struct vfiomig_channel;

/* States of a device, numbered as in <linux/vfio.h>. */
enum vfiomig_state {
	VFIOMIG_STATE_ERROR        = 0,
	VFIOMIG_STATE_STOP         = 1,
	VFIOMIG_STATE_RUNNING      = 2,
	VFIOMIG_STATE_STOP_COPY    = 3,
	VFIOMIG_STATE_RESUMING     = 4,
	VFIOMIG_STATE_RUNNING_P2P  = 5,
	VFIOMIG_STATE_PRE_COPY     = 6,
	VFIOMIG_STATE_PRE_COPY_P2P = 7
};

struct vfiomig_device_stats {
	size_t size;			/* sizeof(struct vfiomig_device_stats) */
	uint64_t packets;		/* come (incoming), put in line (outgoing) */
	uint64_t bytes;			/* of data in them, config state included */
	uint64_t packets_done;		/* loaded, or sent */
	uint64_t bytes_done;		/* taken by the device, or sent */
	uint64_t state_bytes;		/* by state_load or state_save */
	uint64_t config_bytes;		/* of the config state */
	uint64_t queued_bytes;		/* come and not loaded; in line and not sent */
	uint64_t queued_bytes_max;	/* the most of that (high-water) */
	uint32_t reorder_depth_max;	/* packets furthest ahead of the awaited one */
	uint32_t next_idx;		/* awaited, or to be made next */
	uint64_t starved;		/* times the drain or fill had to wait */
	uint64_t starved_ns;		/* how long it waited */
	uint64_t backend_ns;		/* inside the backend's write or read */
	uint64_t config_ns;		/* inside the config callback */
	uint32_t state;			/* enum vfiomig_state, as last known */
	uint32_t complete;		/* nonzero: all of it is loaded, or read */
	uint32_t was_reset;		/* nonzero: the device was reset */
	uint32_t initial_loaded;	/* nonzero: see vfiomig_initial_set() */
};

struct vfiomig_channel_stats {
	size_t size;			/* sizeof(struct vfiomig_channel_stats) */
	uint64_t packets;		/* of device state, in or out */
	uint64_t bytes;			/* of device data in them */
	uint64_t wire_bytes;		/* all that was read from or written to the fd */
	uint64_t skipped_packets;	/* RAM and SYNC */
	uint64_t parked;		/* times it had to wait for room or packets */
	uint64_t parked_ns;		/* how long it waited */
	uint64_t system_calls;		/* on the fd: reads, writes and polls */
	int32_t id;			/* of the hello, -1 before it came */
	uint32_t ended;			/* nonzero: it has ended */
};

struct vfiomig_stats {
	size_t size;			/* sizeof(struct vfiomig_stats) */
	uint64_t budget;		/* bytes, as rounded by the library */
	uint64_t memory;		/* bytes of it in use now */
	uint64_t memory_max;		/* the most ever in use (high-water) */
	uint32_t devices;
	uint32_t devices_complete;
	uint32_t channels;		/* opened so far */
	uint32_t channels_ended;
	uint32_t channels_parked;
	uint64_t bytes;			/* sum over the devices, as above */
	uint64_t bytes_done;
};

/*
 * Read the figures.  The caller sets size; the library fills that much.  Any
 * thread, any moment, never blocks; each figure is true by itself.
 * 0, or -EINVAL.
 */
int vfiomig_device_stats(struct vfiomig_device *device,
    struct vfiomig_device_stats *stats);
int vfiomig_channel_stats(struct vfiomig_channel *channel,
    struct vfiomig_channel_stats *stats);
int vfiomig_stats(struct vfiomig *migration, struct vfiomig_stats *stats);

#ifdef __cplusplus
}
#endif
#endif

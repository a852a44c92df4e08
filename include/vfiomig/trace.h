/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * trace.h - what the log and trace callbacks are given; a part of
 * <vfiomig/vfiomig.h>, with the same contract
 */
#ifndef VFIOMIG_TRACE_H
#define VFIOMIG_TRACE_H

#include <stddef.h>
#include <stdint.h>

enum vfiomig_log_level {
	VFIOMIG_LOG_ERROR   = 1,	/* the migration failed, once, in words */
	VFIOMIG_LOG_WARNING = 2,	/* it goes on, but not as asked */
	VFIOMIG_LOG_INFO    = 3,	/* devices and channels come and go */
	VFIOMIG_LOG_DEBUG   = 4
};

enum vfiomig_trace_type {
	VFIOMIG_TRACE_PACKET_IN    = 1,	/* whole packet queued; value: bytes */
	VFIOMIG_TRACE_PARKED       = 2,	/* channel waits for room; value: bytes wanted */
	VFIOMIG_TRACE_UNPARKED     = 3,	/* channel goes on */
	VFIOMIG_TRACE_STARVED      = 4,	/* drain waits for idx */
	VFIOMIG_TRACE_LOAD_START   = 5,	/* backend write begins; value: bytes */
	VFIOMIG_TRACE_LOAD_END     = 6,	/* backend write ended; value: bytes */
	VFIOMIG_TRACE_CONFIG_START = 7,	/* config callback begins; value: bytes */
	VFIOMIG_TRACE_CONFIG_END   = 8,	/* config callback ended; value: bytes */
	VFIOMIG_TRACE_DONE         = 9,	/* device complete */
	VFIOMIG_TRACE_SAVE_START   = 10,	/* backend read begins; value: room */
	VFIOMIG_TRACE_SAVE_END     = 11,	/* backend read ended; value: bytes */
	VFIOMIG_TRACE_PACKET_OUT   = 12,	/* packet written; value: bytes */
	VFIOMIG_TRACE_FAILED       = 13	/* the migration failed; value: -errno */
};

/* One trace event.  Lives only while the callback runs. */
struct vfiomig_trace {
	size_t size;			/* of this struct, set by the library */
	enum vfiomig_trace_type type;
	int channel;			/* index in order of opening, or -1 */
	int device;			/* index in order of adding, or -1 */
	uint32_t idx;			/* of the packet, where there is one */
	uint64_t value;			/* as said at the type */
	uint64_t nanoseconds;		/* CLOCK_MONOTONIC */
};

#endif

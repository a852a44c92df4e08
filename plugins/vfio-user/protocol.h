/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * protocol.h - the vfio-user protocol's numbers, as far as migration needs
 *
 * Integers are in the host's order: both ends are on one machine.  The
 * features and states are numbered as in <linux/vfio.h>.
 */
#ifndef PLUGINS_VFIO_USER_PROTOCOL_H
#define PLUGINS_VFIO_USER_PROTOCOL_H

#include <stdint.h>

enum {
	PROTOCOL_MAJOR	= 0,
	PROTOCOL_MINOR	= 2
};

enum {
	COMMAND_VERSION		= 1,
	COMMAND_RESET		= 13,
	COMMAND_FEATURE		= 16,
	COMMAND_DATA_READ	= 17,
	COMMAND_DATA_WRITE	= 18
};

/* In front of every message. */
struct message {
	uint16_t id;		/* chosen by the sender, echoed in the reply */
	uint16_t command;
	uint32_t size;		/* of the whole, this header included */
	uint32_t flags;		/* MESSAGE_* */
	uint32_t error;		/* an errno, in an error's reply */
};

#define MESSAGE_TYPE		UINT32_C(0xf)
#define MESSAGE_COMMAND		UINT32_C(0)
#define MESSAGE_REPLY		UINT32_C(1)
#define MESSAGE_NO_REPLY	UINT32_C(0x10)
#define MESSAGE_ERROR		UINT32_C(0x20)

struct version {
	uint16_t major;
	uint16_t minor;		/* JSON text, NUL-terminated, follows */
};

/* In front of DEVICE_FEATURE's data. */
struct feature {
	uint32_t argsz;		/* bytes of a reply's payload, at most */
	uint32_t flags;		/* FEATURE_*, the operation */
};

#define FEATURE_GET		(UINT32_C(1) << 16)
#define FEATURE_SET		(UINT32_C(1) << 17)
#define FEATURE_PROBE		(UINT32_C(1) << 18)

enum {
	FEATURE_MIGRATION	= 1,
	FEATURE_DEVICE_STATE	= 2,
	FEATURE_LOGGING_START	= 6,
	FEATURE_LOGGING_STOP	= 7,
	FEATURE_LOGGING_REPORT	= 8,
	FEATURE_DATA_SIZE	= 9
};

struct device_state {
	uint32_t state;
	uint32_t data_fd;	/* not used */
};

struct logging_start {
	uint64_t page_size;
	uint32_t ranges;	/* struct vfiomig_range, so many, follow */
	uint32_t reserved;
};

struct logging_report {
	uint64_t iova;
	uint64_t length;
	uint64_t page_size;	/* in the reply the bitmap follows */
};

/* In front of the data of DATA_READ and DATA_WRITE. */
struct transfer {
	uint32_t argsz;
	uint32_t size;
};

#endif

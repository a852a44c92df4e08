/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * target.h - a destination for one test: sim devices, channels by hand
 */
#ifndef TESTS_HOSTILE_TARGET_H
#define TESTS_HOSTILE_TARGET_H

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vfiomig/vfiomig.h>

#include "../suite.h"
#include "peer.h"
#include "plugins/builtin.h"
#include "plugins/sim/sim.h"

struct target {
	struct vfiomig *mig;
	struct vfiomig_device *device;
	char log[2048];
};

static inline void
target_log(void *opaque, enum vfiomig_log_level level, const char *line)
{
	struct target *target = opaque;

	if (level == VFIOMIG_LOG_ERROR && strlen(target->log) +
	    strlen(line) + 2 < sizeof target->log) {
		strcat(target->log, line);
		strcat(target->log, "\n");
	}
}

/* One sim device "vfio", tagged "t", that waits for nothing. */
static inline void
target_open(struct target *target, uint32_t channels, uint32_t window)
{
	struct vfiomig_config config = {
		.size = sizeof config, .channels = channels,
		.window = window, .budget = 1 << 20, .packet_max = 4096,
		.log = target_log, .opaque = target
	};
	struct vfiomig_device_config dc = {
		.size = sizeof dc, .idstr = "vfio", .backend = "sim",
		.params = "verify=0,tag=t", .flags = VFIOMIG_DEVICE_NONBLOCK
	};

	memset(target, 0, sizeof *target);
	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	ck_assert_int_eq(vfiomig_new(&target->mig, VFIOMIG_INCOMING,
	    &config), 0);
	ck_assert_int_eq(vfiomig_device_add(target->mig, &dc,
	    &target->device), 0);
}

/* A nonblocking channel on @fd, or on none. */
static inline struct vfiomig_channel *
target_channel(struct target *target, int fd)
{
	struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = fd,
		.flags = VFIOMIG_CHANNEL_NONBLOCK
	};
	struct vfiomig_channel *channel;

	ck_assert_int_eq(vfiomig_channel_open(target->mig, &config,
	    &channel), 0);
	return channel;
}

/* Hand in packet @idx with @size bytes of data. */
static inline int
target_submit(struct target *target, struct vfiomig_channel *channel,
    uint32_t idx, uint32_t flags, uint32_t size)
{
	static unsigned char packet[12 + 4096];

	peer_state(packet, idx, flags);
	return vfiomig_packet_submit(channel, target->device, packet,
	    12 + (size_t)size);
}

#define TARGET_MAIN(suite, ...)						\
	int								\
	main(void)							\
	{								\
		TCase *c = tcase_create(suite);				\
		const TTest *const tests[] = { __VA_ARGS__ };		\
		size_t k;						\
									\
		for (k = 0; k < sizeof tests / sizeof *tests; k++)	\
			tcase_add_test(c, tests[k]);			\
		return suite_main(suite, c, 60);			\
	}

#endif

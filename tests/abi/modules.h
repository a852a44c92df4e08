/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * modules.h - what the tests of the plugin ABI share: the modules built beside
 * them, and a device's migration from packets made by hand
 */
#ifndef TESTS_ABI_MODULES_H
#define TESTS_ABI_MODULES_H

#include <arpa/inet.h>

#include "../plugins/bench.h"

#define MODULE(name) MODULES "/" name ".so"

static inline void
migration_log(void *opaque, enum vfiomig_log_level level, const char *line)
{
	(void)opaque;
	(void)level;
	snprintf(bench_line, sizeof bench_line, "%s", line);
}

/* A migration with one device of @backend. */
static inline struct vfiomig *
migration_new(enum vfiomig_direction direction, const char *backend,
    const char *params, struct vfiomig_device **device)
{
	const struct vfiomig_config config = {
		.size = sizeof config,
		.channels = 1,
		.budget = 8 << 20,
		.log = migration_log,
	};
	const struct vfiomig_device_config device_config = {
		.size = sizeof device_config,
		.idstr = "device",
		.backend = backend,
		.params = params,
	};
	struct vfiomig *migration;
	int error;

	ck_assert_int_eq(vfiomig_new(&migration, direction, &config), 0);
	error = vfiomig_device_add(migration, &device_config, device);
	ck_assert_msg(error == 0, "device_add: %d: %s", error, bench_line);
	return migration;
}

static inline struct vfiomig_channel *
channel_open(struct vfiomig *migration)
{
	const struct vfiomig_channel_config config = {
		.size = sizeof config,
		.fd = -1,
	};
	struct vfiomig_channel *channel;

	ck_assert_int_eq(vfiomig_channel_open(migration, &config, &channel),
	    0);
	return channel;
}

/* Submit one packet; @config: it is the config state. */
static inline int
packet_submit(struct vfiomig_channel *channel, struct vfiomig_device *device,
    uint32_t idx, int config, const void *data, size_t size)
{
	uint32_t header[3] = { htonl(0), htonl(idx), htonl(config) };
	char packet[12 + 65536];

	ck_assert_uint_le(size, 65536);
	memcpy(packet, header, 12);
	memcpy(packet + 12, data, size);
	return vfiomig_packet_submit(channel, device, packet, 12 + size);
}

/* Load @size bytes of @data and config state "c" by @backend, and run it. */
static inline void
device_loads(const char *backend, const char *params, const void *data,
    size_t size)
{
	struct vfiomig_device *device;
	struct vfiomig_channel *channel;
	struct vfiomig *migration;
	size_t done, piece;
	uint32_t idx = 0;
	char text[256];

	migration = migration_new(VFIOMIG_INCOMING, backend, params, &device);
	channel = channel_open(migration);
	for (done = 0; done < size; done += piece) {
		piece = size - done < 1000 ? size - done : 1000;
		ck_assert_int_eq(packet_submit(channel, device, idx++, 0,
		    (const char *)data + done, piece), 0);
	}
	ck_assert_int_eq(packet_submit(channel, device, idx, 1, "c", 1), 0);
	ck_assert_int_eq(vfiomig_channel_close(channel), 0);
	ck_assert_msg(vfiomig_buffer_drain(device) == 0, "%d: %s",
	    vfiomig_failure(migration, text, sizeof text), text);
	ck_assert_int_eq(vfiomig_resume(migration), 0);
	vfiomig_free(migration);
}

#endif

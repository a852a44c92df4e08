/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * small.c - a migration as small as the models'; see small.h
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "plugins/builtin.h"
#include "small.h"

void
small_open(struct small *small, enum vfiomig_direction direction,
    int devices, int channels, int spare, const char *params)
{
	struct vfiomig_config config = {
		.size = sizeof config,
		.channels = (uint32_t)channels,
		.packet_max = SMALL_PACKET,
		.budget = (uint64_t)(devices + spare) * SMALL_PACKET,
		.window = 4
	};
	struct vfiomig_channel_config cc = {
		.size = sizeof cc, .fd = -1, .flags = VFIOMIG_CHANNEL_NONBLOCK
	};
	char idstr[16];
	struct vfiomig_device_config dc = {
		.size = sizeof dc, .idstr = idstr, .backend = "sim",
		.flags = VFIOMIG_DEVICE_NONBLOCK, .params = params
	};
	int k;

	memset(small, 0, sizeof *small);
	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	ck_assert_int_eq(vfiomig_new(&small->mig, direction, &config), 0);
	for (k = 0; k < devices; k++) {
		snprintf(idstr, sizeof idstr, "dev%d", k);
		ck_assert_int_eq(vfiomig_device_add(small->mig, &dc,
		    &small->device[k]), 0);
	}
	for (k = 0; k < channels; k++)
		ck_assert_int_eq(vfiomig_channel_open(small->mig, &cc,
		    &small->channel[k]), 0);
}

void
small_close(struct small *small)
{
	vfiomig_free(small->mig);
}

/* A packet's header on the wire: version, idx, flags, big-endian. */
static void
header_fill(uint8_t *header, uint32_t idx, bool config)
{
	const uint32_t field[3] = { 0, idx, config };
	int k;

	for (k = 0; k < VFIOMIG_PACKET_HEADER; k++)
		header[k] = (uint8_t)(field[k / 4] >> (24 - k % 4 * 8));
}

int
small_submit(struct small *small, int channel, int device, uint32_t idx,
    bool config, uint32_t size)
{
	static uint8_t packet[VFIOMIG_PACKET_HEADER + SMALL_PACKET];

	header_fill(packet, idx, config);
	return vfiomig_packet_submit(small->channel[channel],
	    small->device[device], packet, VFIOMIG_PACKET_HEADER + size);
}

int
small_failure(struct small *small)
{
	return vfiomig_failure(small->mig, small->words, sizeof small->words);
}

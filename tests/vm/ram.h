/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ram.h - the RAM and SYNC packets between a QEMU source's channels and a
 * destination's, of which there may be more or fewer
 */
#ifndef TESTS_VM_RAM_H
#define TESTS_VM_RAM_H

#include <stddef.h>
#include <stdint.h>

struct vfiomig_channel;

/* An intake's ram function. */
int ram_forward(void *intake, struct vfiomig_channel *channel,
    const void *header, size_t header_size, uint32_t payload);

/* What went through: RAM packets, and SYNCs of all channels together. */
void ram_counts(unsigned long *packets, unsigned long *syncs);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * device.h - a sink as a device of the library
 */
#ifndef BENCH_DEVICE_H
#define BENCH_DEVICE_H

#include <vfiomig/vfiomig.h>

#include "bench.h"

/* A migration as @run's plan wants it, and device @number of it. */
struct vfiomig *device_migration(struct run *run,
    enum vfiomig_direction direction);
struct vfiomig_device *device_add(struct run *run, struct vfiomig *mig,
    uint32_t number, int (*config_load)(void *, const void *, size_t));

/* Nanoseconds that device @number's drain waited for its first packet. */
uint64_t device_starved_before(uint32_t number);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * small.h - a migration as small as the models': a budget of one packet a
 * device, the least window, nonblocking calls, so one thread plays all parts
 */
#ifndef TESTS_MODEL_SMALL_H
#define TESTS_MODEL_SMALL_H

#include <stdbool.h>
#include <stdint.h>

#include <vfiomig/vfiomig.h>

enum { SMALL_MOST = 4, SMALL_PACKET = 128 << 10 };

struct small {
	struct vfiomig *mig;
	struct vfiomig_device *device[SMALL_MOST];
	struct vfiomig_channel *channel[SMALL_MOST];
	char words[1024];		/* the failure's */
};

/* Devices are sims named dev0 ..., with @params; @spare packets beyond what is
 * set aside. */
void small_open(struct small *small, enum vfiomig_direction direction,
    int devices, int channels, int spare, const char *params);
void small_close(struct small *small);

/* Submit packet @idx of @size bytes of zeros; its code. */
int small_submit(struct small *small, int channel, int device, uint32_t idx,
    bool config, uint32_t size);

/* The code of the failure, its words in small->words. */
int small_failure(struct small *small);

#endif

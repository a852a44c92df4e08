/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * card.h - a sample device in the hands of the vfio backend
 */
#ifndef TESTS_VM_CARD_H
#define TESTS_VM_CARD_H

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "uart.h"

#define CARD_STATE	96		/* bytes, of a card with two ports */

struct card {
	struct uart *uart;
	const struct vfiomig_backend *ops;
	void *device;
};

/* Open the device at @place with more parameters @params ("" or ",..."); dies
 * where it cannot. */
void card_open(struct card *card, const char *place, const char *params,
    int incoming);
void card_close(struct card *card);

/* Move, which must succeed; and the state as the device says. */
void card_move(struct card *card, uint32_t state);
uint32_t card_state(struct card *card);

/* Save in reads of @piece bytes, by way of PRE_COPY where it has that, and go
 * back to RUNNING.  Returns the length. */
size_t card_save(struct card *card, void *data, size_t size, size_t piece);

/* Write in pieces of @piece bytes; 0 or the error of the first that failed. */
int card_write(struct card *card, const void *data, size_t size, size_t piece);

#endif

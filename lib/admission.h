/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * admission.h - who runs and who waits, so that the last one to wait knows
 *
 * Idea
 *
 *   One word counts the channels that run (not ended, not parked; those that
 *   are expected and not open yet are among them), the channels that are
 *   parked, and the devices that run (not complete, not starved).  Whoever
 *   goes to wait, or ends, takes itself off by one subtraction and sees from
 *   the result whether anybody is left who could change anything.  If not,
 *   the migration is stuck, and this is the one who says so: at once, and
 *   exactly once.
 *
 * Invariants
 *
 *   A1  A waiter arms and looks a last time before it is subtracted.
 *   A2  Who wakes another is counted itself, and adds the other before it
 *       wakes it.  So the word never shows less than the truth, and when it
 *       shows nobody, nobody owes anybody a wake-up.
 *
 * The model of this protocol is tests/model/admission.pml.
 */
#ifndef VFIOMIG_ADMISSION_H
#define VFIOMIG_ADMISSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct admission {
	_Atomic uint64_t word;
};

enum verdict {
	GO_ON = 0,	/* somebody runs who may help */
	ENDED,		/* no channel is left: nothing will come any more */
	STUCK		/* channels are parked and nobody is left to free them */
};

void admission_init(struct admission *admission, uint32_t channels);

/* A device joins, running. */
void admission_device_add(struct admission *admission);

/* A device waits for a packet, or is complete: it does not run any more. */
enum verdict admission_device_stop(struct admission *admission);

/* Before a starved device is woken, and by itself when it need not wait. */
void admission_device_go(struct admission *admission);

/* A running channel is parked; it is let on again; it has ended. */
enum verdict admission_channel_park(struct admission *admission);
void admission_channel_go(struct admission *admission);
/* Take back a channel_go that was not needed. */
enum verdict admission_channel_ungo(struct admission *admission);
enum verdict admission_channel_end(struct admission *admission);

/* No channel runs, and so many are parked; all of them are armed. */
bool admission_quiet(struct admission *admission, uint32_t *parked);

/* Channels that are parked; that run, or are expected.  A snapshot. */
uint32_t admission_parked(struct admission *admission);
uint32_t admission_channels(struct admission *admission);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * admission.c - who runs and who waits, so that the last one to wait knows;
 * see admission.h
 *
 * Ordering (C11)
 *
 *   L          acquire and release: what each one did before it was taken off
 *              is seen by the one who finds nobody left
 *   X          relaxed: a figure
 */
#include <stdatomic.h>

#include "admission.h"

#ifndef ADMISSION_L		/* the mutation test overrides this */
#define ADMISSION_L memory_order_acq_rel
#endif
#define ADMISSION_X memory_order_relaxed

#define CHANNEL		((uint64_t)1)		/* bits 0 to 15 */
#define PARKED		((uint64_t)1 << 16)	/* bits 16 to 31 */
#define DEVICE		((uint64_t)1 << 32)	/* bits 32 to 63 */

/*
 * A waker's early channel_go may come before the sleeper's park and make the
 * parked field run below zero for a moment; the channel field is then above
 * zero, and it is the first one looked at.
 */
#define CHANNELS(word)	((word) & 0xffff)
#define PARKEDS(word)	((word) >> 16 & 0xffff)
#define DEVICES(word)	((word) >> 32)

static enum verdict
admission_step(struct admission *admission, uint64_t delta)
{
	uint64_t word = delta + atomic_fetch_add_explicit(&admission->word,
	    delta, ADMISSION_L);

	if (CHANNELS(word) != 0)
		return GO_ON;
	if (PARKEDS(word) == 0)
		return ENDED;
	return DEVICES(word) == 0 ? STUCK : GO_ON;
}

void
admission_init(struct admission *admission, uint32_t channels)
{
	atomic_init(&admission->word, channels * CHANNEL);
}

void
admission_device_add(struct admission *admission)
{
	admission_step(admission, DEVICE);
}

enum verdict
admission_device_stop(struct admission *admission)
{
	return admission_step(admission, -DEVICE);
}

void
admission_device_go(struct admission *admission)
{
	admission_step(admission, DEVICE);
}

enum verdict
admission_channel_park(struct admission *admission)
{
	return admission_step(admission, PARKED - CHANNEL);
}

void
admission_channel_go(struct admission *admission)
{
	admission_step(admission, CHANNEL - PARKED);
}

enum verdict
admission_channel_ungo(struct admission *admission)
{
	return admission_step(admission, PARKED - CHANNEL);
}

enum verdict
admission_channel_end(struct admission *admission)
{
	return admission_step(admission, -CHANNEL);
}

bool
admission_quiet(struct admission *admission, uint32_t *parked)
{
	uint64_t word = atomic_fetch_add_explicit(&admission->word, 0,
	    ADMISSION_L);

	*parked = (uint32_t)PARKEDS(word);
	return CHANNELS(word) == 0;
}

uint32_t
admission_parked(struct admission *admission)
{
	uint64_t word = atomic_load_explicit(&admission->word, ADMISSION_X);

	return PARKEDS(word) > 0x7fff ? 0 : (uint32_t)PARKEDS(word);
}

uint32_t
admission_channels(struct admission *admission)
{
	return (uint32_t)CHANNELS(atomic_load_explicit(&admission->word,
	    ADMISSION_X));
}

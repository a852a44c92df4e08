/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pace.c - how the software device lets time pass
 *
 * Idea: sleep to absolute moments, in slices of 5 ms so that cancel is seen
 * soon.  What a sleep took too long is taken off the next one, so a paced
 * device's rate is exact on the whole, whatever the timer's slack; the time
 * its caller spends elsewhere is not given back.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "device.h"

#define SECOND	UINT64_C(1000000000)
#define SLICE	UINT64_C(5000000)
#define LATE_MAX UINT64_C(20000000)

uint64_t
sim_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void
sleep_until(uint64_t when)
{
	struct timespec t = {
		.tv_sec = (time_t)(when / SECOND),
		.tv_nsec = (long)(when % SECOND),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	    EINTR)
		;
}

static int
cancelled(struct sim *sim)
{
	return atomic_load_explicit(&sim->cancelled, memory_order_relaxed);
}

void
sim_sleep(uint64_t nanoseconds)
{
	if (nanoseconds > 0)
		sleep_until(sim_now() + nanoseconds);
}

/* To @when, less what the last one was late. */
static int
pause_until(struct sim *sim, uint64_t when)
{
	uint64_t now = sim_now();

	when -= sim->late;
	while (now < when) {
		if (cancelled(sim))
			return -ECANCELED;
		sleep_until(when - now > SLICE ? now + SLICE : when);
		now = sim_now();
	}
	sim->late = now - when;
	if (sim->late > LATE_MAX)
		sim->late = LATE_MAX;
	return 0;
}

int
sim_pause(struct sim *sim, uint64_t nanoseconds)
{
	if (nanoseconds == 0)
		return 0;
	return pause_until(sim, sim_now() + nanoseconds);
}

int
sim_pace(struct sim *sim, uint64_t began, size_t bytes)
{
	uint64_t nanoseconds;

	if (sim->o.bandwidth == 0 || bytes == 0)
		return 0;
	nanoseconds = (uint64_t)((double)bytes * (double)SECOND /
	    (double)sim->o.bandwidth);
	return pause_until(sim, began + nanoseconds);
}

/* Nonzero when block_after is over. */
static int
released(struct sim *sim)
{
	struct pollfd p = { .fd = sim->o.release_fd, .events = POLLIN };

	if (atomic_load_explicit(&sim->released, memory_order_relaxed))
		return 1;
	return p.fd >= 0 && poll(&p, 1, 0) == 1;
}

int
sim_block(struct sim *sim)
{
	int error = 0;

	sim_view_lock(sim)->blocked = 1;
	sim_view_unlock(sim);
	while (!released(sim)) {
		if (cancelled(sim)) {
			error = -ECANCELED;
			break;
		}
		sim_sleep(SLICE);
	}
	sim_view_lock(sim)->blocked = 0;
	sim_view_unlock(sim);
	if (error == 0)
		atomic_store_explicit(&sim->released, 1, memory_order_relaxed);
	return error;
}

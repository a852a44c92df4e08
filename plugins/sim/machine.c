/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * machine.c - how the software device moves between states
 *
 * Idea: the way is states.c's; here is what a step costs, where it can fail,
 * and what it means for the session.  A session of saving begins where a step
 * leads from outside into STOP_COPY or a PRE_COPY state and ends where one
 * leads out again; loading is RESUMING and ends with the step out of it, also
 * when that step fails.
 */
#include <errno.h>

#include "device.h"

/* Be in @state. */
static void
land(struct sim *sim, uint32_t state)
{
	struct sim_view *view = sim_view_lock(sim);

	sim->state = state;
	view->state = state;
	if (view->steps < SIM_LOG_MAX)
		view->log[view->steps] = (uint8_t)state;
	view->steps++;
	sim_view_unlock(sim);
}

static void
session_begin(struct sim *sim)
{
	sim->position = 0;
	sim->over = 0;
	sim->spoiled = 0;
	sim->faulted = 0;
	sim->reinit_told = 0;
	sim->precopy_since = sim_now();
	sim_view_lock(sim)->bytes = 0;
	sim_view_unlock(sim);
}

/* RESUMING -> STOP: is it whole? */
static int
load_finish(struct sim *sim)
{
	struct sim_view *view;

	sim->over = 1;
	if (sim->o.refuse_stop != 0)
		return say_error(sim->host, sim->o.refuse_stop,
		    "sim: load refused: why=\"refuse_stop\", error=%d",
		    sim->o.refuse_stop);
	if (sim->spoiled)
		return say_error(sim->host, -EINVAL,
		    "sim: load refused: why=\"a byte was wrong\"");
	if (sim->o.size != SIM_NONE && sim->position < sim->o.size)
		return say_error(sim->host, -EINVAL, "sim: load refused: "
		    "why=\"too short\", bytes=%llu, size=%llu",
		    (unsigned long long)sim->position,
		    (unsigned long long)sim->o.size);
	view = sim_view_lock(sim);
	view->loaded = 1;
	view->blank = 0;
	sim_view_unlock(sim);
	return 0;
}

static int
step(struct sim *sim, uint32_t to)
{
	int error = 0;

	sim_sleep(sim->o.latency * 1000);
	if (sim->o.fail_state_error != 0 && to == sim->o.fail_state) {
		say(sim->host, VFIOMIG_LOG_ERROR, "sim: step failed: from=%s, "
		    "to=%s, error=%d", states_name(sim->state),
		    states_name(to), sim->o.fail_state_error);
		if (sim->o.fail_state_landing >= 0) {
			land(sim, (uint32_t)sim->o.fail_state_landing);
			sim->over = 1;
		}
		return sim->o.fail_state_error;
	}
	if (states_loading(sim->state))
		error = load_finish(sim);
	else if ((states_saving(to) && !states_saving(sim->state)) ||
	    states_loading(to))
		session_begin(sim);
	if (error == 0)
		land(sim, to);
	return error;
}

int
sim_machine_move(struct sim *sim, uint32_t state)
{
	uint32_t flags = (uint32_t)sim->o.flags;
	int next, error;

	if (states_next(flags, sim->state, state) < 0)
		return -EINVAL;
	while (sim->state != state) {
		next = states_next(flags, sim->state, state);
		error = step(sim, (uint32_t)next);
		if (error < 0)
			return error;
	}
	return 0;
}

int
sim_machine_reset(struct sim *sim)
{
	struct sim_view *view;

	if (sim->o.fail_reset != 0)
		return sim->o.fail_reset;
	sim->position = 0;
	land(sim, VFIOMIG_STATE_RUNNING);
	view = sim_view_lock(sim);
	view->resets++;
	view->bytes = 0;
	view->loaded = 0;
	view->blank = 1;
	sim_view_unlock(sim);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arcs DEVICE - the kernel's ways between states are those of the sim backend
 *
 * From every state to every other, with each set of flags: the real device
 * moves where the sim moves, refuses where it refuses, and ends where it ends.
 */
#include <errno.h>
#include <string.h>

#include "../../plugins/builtin.h"
#include "card.h"
#include "report.h"

#define STATES 10		/* two of the future among them */

static unsigned char state_data[4 * CARD_STATE];

/* Move as far as the load's own check lets it: give it something to load. */
static int
move(struct card *card, uint32_t state)
{
	if (card_state(card) == VFIOMIG_STATE_RESUMING &&
	    state != VFIOMIG_STATE_RESUMING)
		must(card_write(card, state_data, CARD_STATE, 1000) == 0,
		    "write");
	return card->ops->set_state(card->device, state);
}

static void
pair(struct card *real, const struct vfiomig_backend *sim, void *soft,
    uint32_t from, uint32_t to)
{
	uint32_t now = 99;
	int a, b;

	must(real->ops->reset(real->device) == 0, "reset");
	must(sim->reset(soft) == 0, "reset of the sim");
	a = move(real, from);
	b = sim->set_state(soft, from);
	must((a == 0) == (b == 0), "to %u: real %d, sim %d", from, a, b);
	a = move(real, to);
	b = sim->set_state(soft, to);
	must((a == 0) == (b == 0), "%u to %u: real %d, sim %d", from, to, a,
	    b);
	must(a == 0 || a == -EINVAL, "%u to %u: real %d", from, to, a);
	must(sim->get_state(soft, &now) == 0 && now == card_state(real),
	    "%u to %u: real in %u, sim in %u", from, to, card_state(real),
	    now);
}

static void
run(const char *place, const char *params, const char *sim_params)
{
	static const struct vfiomig_host host = { sizeof host, NULL, NULL };
	const struct vfiomig_backend *sim = vfiomig_backend_v1_sim_backend();
	struct card real;
	uint32_t from, to;
	void *soft;

	card_open(&real, place, params, 1);
	must(sim->open(&host, sim_params, 1, &soft) == 0, "no sim");
	for (from = 0; from < STATES; from++)
		for (to = 0; to < STATES; to++)
			pair(&real, sim, soft, from, to);
	must(real.ops->reset(real.device) == 0, "reset");
	sim->close(soft);
	card_close(&real);
	ok("all ways are the sim's: %s", sim_params);
}

int
main(int argc, char **argv)
{
	struct card card;

	must(argc == 2, "usage: arcs DEVICE");
	card_open(&card, argv[1], "", 0);
	must(card_save(&card, state_data, sizeof state_data, 1000) ==
	    CARD_STATE, "save");
	card_close(&card);
	run(argv[1], "", "flags=7");
	run(argv[1], ",p2p=0", "flags=5");
	run(argv[1], ",precopy=0", "flags=3");
	run(argv[1], ",precopy=0,p2p=0", "flags=1");
	return 0;
}

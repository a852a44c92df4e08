/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * embed.h - whole migrations, good ones and bad ones, for tests that look at
 * what else they do to the process
 */
#ifndef TESTS_EMBED_EMBED_H
#define TESTS_EMBED_EMBED_H

#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include <vfiomig/vfiomig.h>

#include "../suite.h"
#include "tests/outgoing/pair.h"

/* A way for a migration of three devices over four channels to go. */
struct embed_way {
	const char *name, *source, *target;	/* the sims' parameters */
	bool cancel;				/* the target, meanwhile */
	int result;				/* of the target */
};

static const struct embed_way embed_ways[] = {
	{ "whole", "size=3M,seed=1,config_size=4000",
	    "size=3M,seed=1,config_size=4000", false, 0 },
	{ "load fails", "size=3M,seed=1", "seed=1,fail_after=1M:EIO", false,
	    -EIO },
	{ "device blocks, cancel", "size=3M,seed=1",
	    "seed=1,block_after=100000", true, -ECANCELED },
};
enum { EMBED_WAYS = sizeof embed_ways / sizeof *embed_ways };

/* Go it, with recovery of both ends, or resume. */
static inline void
embed_go(const struct embed_way *way)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .budget = 8 << 20 };
	static struct pair pair;

	pair_open(&pair, 3, 4, way->source, way->target, &config);
	ck_assert_int_eq(vfiomig_quiesce(pair.source.mig), 0);
	pair_start_target(&pair);
	pair_start_source(&pair);
	if (way->cancel)
		vfiomig_cancel(pair.target.mig);
	pair_join(&pair);
	ck_assert_int_eq(vfiomig_failure(pair.target.mig, NULL, 0),
	    way->result);
	if (way->result == 0) {
		ck_assert_int_eq(vfiomig_resume(pair.target.mig), 0);
	} else {
		vfiomig_cancel(pair.source.mig);
		ck_assert_int_eq(vfiomig_recover(pair.target.mig), 0);
		ck_assert_int_eq(vfiomig_recover(pair.source.mig), 0);
	}
	pair_close(&pair);
}

static inline int
embed_main(const char *name, void (*more)(TCase *))
{
	TCase *c = tcase_create(name);

	more(c);
	return suite_main(name, c, 120);
}

#endif

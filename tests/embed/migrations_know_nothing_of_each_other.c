/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several migrations in one process: some that are fed garbage, cancelled,
 * recovered and freed do nothing to the one beside them.
 */
#include "embed.h"
#include "tests/hostile/target.h"

static struct pair good;

/* One that ends badly: by garbage, by its caller, by an end too soon. */
static void
bad(int way)
{
	static const char garbage[400] = "garbage";
	struct vfiomig_channel *channel;
	struct target target;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	target_open(&target, 1, 16);
	channel = target_channel(&target, fd[0]);
	ck_assert_int_eq(vfiomig_buffer_drain(target.device), -EAGAIN);
	if (way == 0)
		ck_assert_int_eq(write(fd[1], garbage, sizeof garbage),
		    sizeof garbage);
	else if (way == 1)
		vfiomig_cancel(target.mig);
	close(fd[1]);
	ck_assert_int_eq(vfiomig_channel_run(channel),
	    way == 0 ? -EBADMSG : way == 1 ? -ECANCELED : -EPIPE);
	ck_assert_int_eq(vfiomig_recover(target.mig), 0);
	vfiomig_free(target.mig);
	close(fd[0]);
}

START_TEST(bad_ones_beside_a_good_one)
{
	struct sim_view view;
	int k;

	pair_open(&good, 2, 3, "size=4M,seed=3,bandwidth=64M",
	    "size=4M,seed=3", NULL);
	ck_assert_int_eq(vfiomig_quiesce(good.source.mig), 0);
	pair_start_target(&good);
	pair_start_source(&good);
	for (k = 0; k < 30; k++)
		bad(k % 3);
	pair_join(&good);
	ck_assert_str_eq(good.log, "");
	ck_assert_int_eq(vfiomig_failure(good.target.mig, NULL, 0), 0);
	ck_assert_int_eq(vfiomig_resume(good.target.mig), 0);
	for (k = 0; k < 2; k++) {
		ck_assert_int_eq(sim_find(k ? "t1" : "t0", &view), 0);
		ck_assert_uint_eq(view.resets, 0);
		ck_assert_uint_eq(view.cancels, 0);
		ck_assert_uint_eq(view.verified, 4 << 20);
	}
	pair_close(&good);
}
END_TEST

static void
more(TCase *c)
{
	tcase_add_test(c, bad_ones_beside_a_good_one);
}

int
main(void)
{
	return embed_main("together", more);
}

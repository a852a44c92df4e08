/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An idle channel is woken when the looking ones are too few for what is in
 * line, and by whoever makes them too few; and no other.
 */
#include <poll.h>
#include <string.h>

#include "lib/internal.h"	/* before check.h, which has a fail, too */

#include "suite.h"

enum { CHANNELS = 4, CALL = 64 * 1024 };

static struct vfiomig mig;
static struct vfiomig_channel channel[CHANNELS];

/* Channels from @nonblock on are of event loops. */
static void
idle_setup(int nonblock)
{
	int k;

	memset(&mig, 0, sizeof mig);
	memset(channel, 0, sizeof channel);
	idle_init(&mig);
	for (k = 0; k < CHANNELS; k++) {
		channel[k].mig = &mig;
		channel[k].nonblock = k >= nonblock;
		ck_assert_int_eq(waiter_init(&channel[k].waiter,
		    k >= nonblock), 0);
		atomic_init(&mig.channel[k], &channel[k]);
	}
	atomic_init(&mig.channels, CHANNELS);
}

static void
idle_teardown(void)
{
	int k;

	for (k = 0; k < CHANNELS; k++)
		waiter_destroy(&channel[k].waiter);
}

static void
be_idle(int from)
{
	int k;

	for (k = from; k < CHANNELS; k++) {
		idle_look(&channel[k]);
		idle_begin(&channel[k]);
	}
}

/* How many channels are asleep. */
static int
asleep(void)
{
	int k, n = 0;

	for (k = 0; k < CHANNELS; k++)
		n += waiter_armed(&channel[k].waiter);
	return n;
}

static void
put(int n, uint32_t size)
{
	while (n-- > 0)
		idle_put(&mig, size);
}

/* Channel @k takes @n packets and goes to send them. */
static void
take(int k, int n, uint32_t size)
{
	while (n-- > 0)
		idle_taken(&channel[k], size);
	idle_go(&channel[k]);
}

START_TEST(a_packet_wakes_one_if_none_looks)
{
	idle_setup(CHANNELS);
	be_idle(0);
	put(1, 0);
	ck_assert_int_eq(asleep(), CHANNELS - 1);
	put(1, 0);
	ck_assert_int_eq(asleep(), CHANNELS - 1);	/* that one will come */
	idle_teardown();
}
END_TEST

/* Two calls each: of big packets one is a call, of small ones sixteen are. */
START_TEST(another_is_woken_when_those_who_look_are_too_few)
{
	static const struct { uint32_t size; int call; } of[] = {
		{ 1 << 20, 1 }, { CALL, 1 }, { CALL / 2, 2 }, { 4096, 16 },
		{ 0, 16 }
	};

	idle_setup(CHANNELS);
	be_idle(1);
	idle_look(&channel[0]);
	idle_look(&channel[0]);				/* counts once */
	put(2 * of[_i].call, of[_i].size);
	ck_assert_int_eq(asleep(), CHANNELS - 1);
	put(1, of[_i].size);
	ck_assert_int_eq(asleep(), CHANNELS - 2);
	put(2 * of[_i].call - 1, of[_i].size);
	ck_assert_int_eq(asleep(), CHANNELS - 2);
	put(1, of[_i].size);
	ck_assert_int_eq(asleep(), CHANNELS - 3);
	take(0, 4 * of[_i].call + 1, of[_i].size);
	put(6 * of[_i].call, of[_i].size);
	ck_assert_int_eq(asleep(), CHANNELS - 3);
	idle_teardown();
}
END_TEST

START_TEST(who_goes_away_wakes_another_if_packets_are_left)
{
	idle_setup(CHANNELS);
	be_idle(2);
	idle_look(&channel[0]);
	idle_look(&channel[1]);
	put(2, CALL);
	idle_away(&channel[0]);
	idle_away(&channel[0]);
	ck_assert_int_eq(asleep(), CHANNELS - 2);	/* one still looks */
	idle_away(&channel[1]);
	ck_assert_int_eq(asleep(), CHANNELS - 3);
	idle_look(&channel[0]);
	take(0, 2, CALL);
	idle_end(&channel[2]);
	idle_away(&channel[2]);
	idle_away(&channel[0]);
	ck_assert_int_eq(asleep(), CHANNELS - 3);	/* nothing is left */
	put(1, CALL);
	ck_assert_int_eq(asleep(), CHANNELS - 4);
	idle_teardown();
}
END_TEST

/* It may have found its packet itself when it is woken. */
START_TEST(who_wakes_by_itself_is_not_counted_twice)
{
	idle_setup(CHANNELS);
	be_idle(0);
	idle_end(&channel[0]);				/* by itself */
	put(2, CALL);
	ck_assert_int_eq(asleep(), CHANNELS - 1);
	idle_begin(&channel[0]);
	put(1, CALL);					/* woken: 0 or another */
	ck_assert_int_eq(asleep(), CHANNELS - 1);
	put(1, CALL);
	ck_assert_int_eq(asleep(), CHANNELS - 2);
	idle_teardown();
}
END_TEST

/* Who knows when it comes: it is told, and not counted on until it does. */
START_TEST(an_event_loop_is_counted_when_it_comes)
{
	struct pollfd fd = { .events = POLLIN };

	idle_setup(0);
	be_idle(0);
	put(1, 0);
	ck_assert_int_eq(asleep(), CHANNELS - 1);
	fd.fd = channel[0].waiter.fd;
	ck_assert_int_eq(poll(&fd, 1, 0), 1);
	put(1, 0);
	ck_assert_int_eq(asleep(), CHANNELS - 2);
	idle_end(&channel[0]);
	ck_assert_int_eq(poll(&fd, 1, 0), 0);
	put(1, 0);
	ck_assert_int_eq(asleep(), CHANNELS - 2);
	idle_away(&channel[0]);
	ck_assert_int_eq(asleep(), CHANNELS - 3);
	idle_teardown();
}
END_TEST

START_TEST(the_end_wakes_all)
{
	idle_setup(_i);
	be_idle(0);
	idle_end_all(&mig);
	ck_assert_int_eq(asleep(), 0);
	idle_teardown();
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, a_packet_wakes_one_if_none_looks);
	tcase_add_loop_test(tests,
	    another_is_woken_when_those_who_look_are_too_few, 0, 5);
	tcase_add_test(tests, who_goes_away_wakes_another_if_packets_are_left);
	tcase_add_test(tests, who_wakes_by_itself_is_not_counted_twice);
	tcase_add_test(tests, an_event_loop_is_counted_when_it_comes);
	tcase_add_loop_test(tests, the_end_wakes_all, 0, CHANNELS + 1);
}

SUITE(idle, cases)

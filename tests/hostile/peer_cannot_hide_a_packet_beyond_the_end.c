/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device is complete only when no packet beyond its config packet was seen,
 * and a packet that has no room yet was seen.  What is said of the end is said
 * again when a packet is tried again.
 */
#include "target.h"
#include "../suite.h"

static struct target target;

START_TEST(a_parked_packet_beyond_the_end_is_seen)
{
	struct vfiomig_channel *a, *b;
	char text[256];

	target_open(&target, 2, 16);
	a = target_channel(&target, -1);
	b = target_channel(&target, -1);
	ck_assert_int_eq(target_submit(&target, a, 40, 0, 1), -EAGAIN);
	ck_assert_int_eq(target_submit(&target, b, 0, 0, 1), 0);
	ck_assert_int_eq(target_submit(&target, b, 1, PEER_CONFIG, 1),
	    -EPROTO);
	ck_assert_int_eq(vfiomig_buffer_drain(target.device), -EPROTO);
	vfiomig_failure(target.mig, text, sizeof text);
	ck_assert_ptr_nonnull(strstr(text,
	    "a config packet before the last data packet"));
	vfiomig_free(target.mig);
}
END_TEST

START_TEST(a_parked_config_packet_is_seen)
{
	struct vfiomig_channel *a, *b;

	target_open(&target, 2, 16);
	a = target_channel(&target, -1);
	b = target_channel(&target, -1);
	ck_assert_int_eq(target_submit(&target, a, 40, PEER_CONFIG, 1),
	    -EAGAIN);
	ck_assert_int_eq(target_submit(&target, a, 40, PEER_CONFIG, 1),
	    -EAGAIN);
	ck_assert_int_eq(target_submit(&target, b, 41, 0, 1), -EPROTO);
	vfiomig_free(target.mig);
}
END_TEST

START_TEST(an_abandoned_config_packet_may_come_again)
{
	struct vfiomig_channel *a;
	unsigned char head[12];
	void *data;

	target_open(&target, 1, 16);
	a = target_channel(&target, -1);
	peer_state(head, 0, PEER_CONFIG);
	ck_assert_int_eq(vfiomig_packet_reserve(a, target.device, head, 4,
	    &data), 0);
	ck_assert_int_eq(vfiomig_packet_abandon(a), 0);
	ck_assert_int_eq(target_submit(&target, a, 0, PEER_CONFIG, 4), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(target.device), 0);
	vfiomig_free(target.mig);
}
END_TEST

static const struct {
	uint32_t idx[2], flags[2];
	const char *why;
} clash[] = {
	{ { 3, 3 }, { PEER_CONFIG, 0 }, "it came before" },
	{ { 3, 4 }, { PEER_CONFIG, 0 }, "it is beyond the config packet" },
	{ { 3, 4 }, { PEER_CONFIG, PEER_CONFIG }, "a second config packet" },
	{ { 3, 2 }, { PEER_CONFIG, PEER_CONFIG }, "a second config packet" },
	{ { 3, 3 }, { PEER_CONFIG, PEER_CONFIG }, "it came before" },
	{ { 3, 3 }, { 0, PEER_CONFIG }, "it came before" },
	{ { 3, 2 }, { 0, PEER_CONFIG },
	    "a config packet before the last data packet" },
	{ { 3, 3 }, { 0, 0 }, "it came before" },
};

/* The second of two packets is refused, and so is every call after it. */
START_TEST(what_clashes_is_refused_for_good)
{
	struct vfiomig_channel *a;
	char text[256];

	target_open(&target, 1, 16);
	a = target_channel(&target, -1);
	ck_assert_int_eq(target_submit(&target, a, clash[_i].idx[0],
	    clash[_i].flags[0], 1), 0);
	ck_assert_int_eq(target_submit(&target, a, clash[_i].idx[1],
	    clash[_i].flags[1], 1), -EPROTO);
	vfiomig_failure(target.mig, text, sizeof text);
	ck_assert_msg(strstr(text, clash[_i].why) != NULL, "%s", text);
	ck_assert_int_eq(target_submit(&target, a, 9, 0, 1), -EPROTO);
	ck_assert_int_eq(vfiomig_packet_commit(a), -EINVAL);
	vfiomig_free(target.mig);
}
END_TEST

int
main(void)
{
	TCase *c = tcase_create("ends");

	tcase_add_test(c, a_parked_packet_beyond_the_end_is_seen);
	tcase_add_test(c, a_parked_config_packet_is_seen);
	tcase_add_test(c, an_abandoned_config_packet_may_come_again);
	tcase_add_loop_test(c, what_clashes_is_refused_for_good, 0,
	    sizeof clash / sizeof *clash);
	return suite_main("ends", c, 0);
}

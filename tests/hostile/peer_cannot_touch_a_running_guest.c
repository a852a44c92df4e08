/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Once the guest runs its devices are its own: a peer that kept a channel open
 * and sends garbage then, or is cancelled, has no device stopped or reset.
 */
#include "target.h"

static struct target target;
static int fd[2];

/* A device complete, by way of a channel that stays open. */
static struct vfiomig_channel *
load(void)
{
	unsigned char bytes[PEER_HELLO + 2 * PEER_HEAD + 8];
	struct vfiomig_channel *a;
	size_t n;

	target_open(&target, 1, 16);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	a = target_channel(&target, fd[0]);
	n = peer_hello(bytes, 0);
	n += peer_packet(bytes + n, "vfio", 0, 0, "data", 4);
	n += peer_packet(bytes + n, "vfio", 1, PEER_CONFIG, "conf", 4);
	ck_assert_int_eq(write(fd[1], bytes, n), (ssize_t)n);
	ck_assert_int_eq(vfiomig_channel_run(a), -EAGAIN);
	ck_assert_int_eq(vfiomig_buffer_drain(target.device), 0);
	return a;
}

static void
garbage(struct vfiomig_channel *a)
{
	static const char bytes[400] = "garbage";

	ck_assert_int_eq(write(fd[1], bytes, sizeof bytes), sizeof bytes);
	ck_assert_int_eq(vfiomig_channel_run(a), -EBADMSG);
}

static void
expect(uint32_t state, int blank)
{
	struct sim_view view;

	ck_assert_int_eq(sim_find("t", &view), 0);
	ck_assert_uint_eq(view.state, state);
	ck_assert_uint_eq(view.resets, 0);
	ck_assert_int_eq(view.blank, blank);
}

START_TEST(garbage_after_the_resume_touches_nothing)
{
	struct vfiomig_channel *a = load();

	ck_assert_int_eq(vfiomig_resume(target.mig), 0);
	garbage(a);
	ck_assert_int_eq(vfiomig_recover(target.mig), 0);
	expect(VFIOMIG_STATE_RUNNING, 0);
	vfiomig_free(target.mig);
	expect(VFIOMIG_STATE_RUNNING, 0);
}
END_TEST

START_TEST(freeing_after_a_late_failure_touches_nothing)
{
	struct vfiomig_channel *a = load();

	ck_assert_int_eq(vfiomig_resume(target.mig), 0);
	garbage(a);
	vfiomig_free(target.mig);
	expect(VFIOMIG_STATE_RUNNING, 0);
}
END_TEST

START_TEST(cancelling_after_the_resume_touches_nothing)
{
	load();
	ck_assert_int_eq(vfiomig_resume(target.mig), 0);
	vfiomig_cancel(target.mig);
	vfiomig_free(target.mig);
	expect(VFIOMIG_STATE_RUNNING, 0);
}
END_TEST

START_TEST(garbage_before_the_resume_prevents_it)
{
	struct vfiomig_channel *a = load();

	garbage(a);
	ck_assert_int_eq(vfiomig_resume(target.mig), -EBADMSG);
	vfiomig_free(target.mig);
	expect(VFIOMIG_STATE_STOP, 0);
}
END_TEST

TARGET_MAIN("running guest", garbage_after_the_resume_touches_nothing,
    freeing_after_a_late_failure_touches_nothing,
    cancelling_after_the_resume_touches_nothing,
    garbage_before_the_resume_prevents_it)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No signal's handler, and no thread's signal mask, is another after a
 * migration than it was before; and a peer that goes away raises no SIGPIPE,
 * on a socket or a pipe, nor takes one that was pending.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "embed.h"
#include "plugins/builtin.h"

static struct sigaction before[NSIG];

static void
handlers_note(void)
{
	int k;

	for (k = 1; k < NSIG; k++)
		sigaction(k, NULL, &before[k]);
}

static void
handlers_expect(void)
{
	struct sigaction now;
	int k;

	for (k = 1; k < NSIG; k++) {
		memset(&now, 0, sizeof now);
		if (sigaction(k, NULL, &now) < 0)
			continue;
		ck_assert_ptr_eq(now.sa_handler, before[k].sa_handler);
		ck_assert_int_eq(now.sa_flags, before[k].sa_flags);
	}
}

static void
masks_expect(const sigset_t *a, const sigset_t *b)
{
	int k;

	for (k = 1; k < NSIG; k++)
		ck_assert_int_eq(sigismember(a, k), sigismember(b, k));
}

START_TEST(handlers_stay)
{
	handlers_note();
	embed_go(&embed_ways[_i]);
	handlers_expect();
}
END_TEST

/* A source with one channel on @fd, filled and ready to send. */
static struct vfiomig_channel *
source_make(struct vfiomig **mig, int fd, const char *params)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "vfio", .backend = "sim", .params = params };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = fd };
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;

	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	ck_assert_int_eq(vfiomig_new(mig, VFIOMIG_OUTGOING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(*mig, &dc, &device), 0);
	ck_assert_int_eq(vfiomig_channel_open(*mig, &cc, &channel), 0);
	ck_assert_int_eq(vfiomig_quiesce(*mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(device), 0);
	return channel;
}

static void
fds_make(int fd[2], bool pipes)
{
	if (pipes)
		ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
	else
		ck_assert_int_eq(socketpair(AF_UNIX,
		    SOCK_STREAM | SOCK_CLOEXEC, 0, fd), 0);
}

/* The default action of SIGPIPE would end this process. */
START_TEST(no_sigpipe)
{
	struct vfiomig *mig;
	struct vfiomig_channel *channel;
	sigset_t mask, now, pending;
	int fd[2];

	fds_make(fd, _i == 1);
	signal(SIGPIPE, SIG_DFL);
	channel = source_make(&mig, fd[1], "size=1M");
	close(fd[0]);
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	ck_assert_int_eq(sigismember(&mask, SIGPIPE), 0);
	ck_assert_int_eq(vfiomig_channel_run(channel), -EPIPE);
	pthread_sigmask(SIG_BLOCK, NULL, &now);
	masks_expect(&mask, &now);
	sigpending(&pending);
	ck_assert_int_eq(sigismember(&pending, SIGPIPE), 0);
	vfiomig_free(mig);
	close(fd[1]);
}
END_TEST

START_TEST(the_callers_own_sigpipe_stays)
{
	struct vfiomig *mig;
	struct vfiomig_channel *channel;
	sigset_t mask, now, pending;
	int fd[2];

	fds_make(fd, _i == 1);
	channel = source_make(&mig, fd[1], "size=1M");
	close(fd[0]);
	sigemptyset(&mask);
	sigaddset(&mask, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
	raise(SIGPIPE);
	ck_assert_int_eq(vfiomig_channel_run(channel), -EPIPE);
	sigpending(&pending);
	ck_assert_int_eq(sigismember(&pending, SIGPIPE), 1);
	pthread_sigmask(SIG_BLOCK, NULL, &now);
	ck_assert_int_eq(sigismember(&now, SIGPIPE), 1);
	vfiomig_free(mig);
	close(fd[1]);
}
END_TEST

/* A destination whose peer is gone only reads its end. */
START_TEST(no_sigpipe_for_the_target)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "vfio", .backend = "sim" };
	struct vfiomig_channel_config cc = { .size = sizeof cc };
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	struct vfiomig *mig;
	int fd[2];

	fds_make(fd, _i == 1);
	signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_INCOMING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
	cc.fd = fd[0];
	ck_assert_int_eq(vfiomig_channel_open(mig, &cc, &channel), 0);
	close(fd[1]);
	ck_assert_int_eq(vfiomig_channel_run(channel), -EPIPE);
	vfiomig_free(mig);
	close(fd[0]);
}
END_TEST

static void
more(TCase *c)
{
	tcase_add_loop_test(c, handlers_stay, 0, EMBED_WAYS);
	tcase_add_loop_test(c, no_sigpipe, 0, 2);
	tcase_add_loop_test(c, the_callers_own_sigpipe_stays, 0, 2);
	tcase_add_loop_test(c, no_sigpipe_for_the_target, 0, 2);
}

int
main(void)
{
	return embed_main("signals", more);
}

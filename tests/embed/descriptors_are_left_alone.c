/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every descriptor that the library makes is close-on-exec and gone after
 * vfiomig_free(); a caller's is never closed, and its flags never change.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embed.h"
#include "plugins/builtin.h"

enum { FDS = 1024, CHANNELS = 4 };

/* Flags of each descriptor + 1; 0: it is not open. */
static int descriptor[FDS], status[FDS];

static void
note(void)
{
	int k;

	for (k = 0; k < FDS; k++) {
		descriptor[k] = fcntl(k, F_GETFD) + 1;
		status[k] = fcntl(k, F_GETFL);
	}
}

/* Those of then are as they were; @more of new ones, close-on-exec. */
static void
expect(int more)
{
	int k, new = 0;

	for (k = 0; k < FDS; k++) {
		int now = fcntl(k, F_GETFD) + 1;

		if (descriptor[k] != 0) {
			ck_assert_int_eq(now, descriptor[k]);
			ck_assert_int_eq(fcntl(k, F_GETFL), status[k]);
		} else if (now != 0) {
			ck_assert((now - 1) & FD_CLOEXEC);
			new++;
		}
	}
	ck_assert_msg(new == 0 || more, "%d left", new);
	ck_assert_msg(new > 0 || !more, "none was made: look elsewhere");
}

START_TEST(none_is_left)
{
	note();
	embed_go(&embed_ways[_i]);
	expect(0);
}
END_TEST

/* A pipe, both kinds of sockets' flags, and a file, in both directions. */
static int
fd_make(int kind)
{
	int fd[2];

	switch (kind) {
	case 0:
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		break;
	case 1:
		ck_assert_int_eq(socketpair(AF_UNIX,
		    SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
		break;
	case 2:
		ck_assert_int_eq(pipe(fd), 0);
		break;
	default:
		fd[0] = open("/dev/null", O_RDONLY);
		fd[1] = open("/dev/null", O_WRONLY);
	}
	return fd[0] < fd[1] ? fd[0] : fd[1];
}

START_TEST(the_callers_stay_as_they_are)
{
	enum vfiomig_direction direction = _i & 1 ? VFIOMIG_OUTGOING :
	    VFIOMIG_INCOMING;
	uint32_t flags = _i & 2 ? VFIOMIG_CHANNEL_NONBLOCK : 0;
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = CHANNELS };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "vfio", .backend = "sim",
	    .flags = VFIOMIG_DEVICE_NONBLOCK };
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	struct vfiomig *mig;
	int fd[CHANNELS], k;

	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	for (k = 0; k < CHANNELS; k++)
		fd[k] = fd_make(k) + (direction == VFIOMIG_OUTGOING);
	note();
	ck_assert_int_eq(vfiomig_new(&mig, direction, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
	for (k = 0; k < CHANNELS; k++) {
		struct vfiomig_channel_config cc = { .size = sizeof cc,
		    .fd = fd[k], .flags = flags, .id = (uint32_t)k };

		ck_assert_int_eq(vfiomig_channel_open(mig, &cc, &channel), 0);
		expect(1);
		if (flags == 0)
			vfiomig_cancel(mig);	/* so that run returns */
		vfiomig_channel_run(channel);
		expect(1);
		if (flags == 0)
			break;
	}
	vfiomig_channel_close(channel);
	expect(1);
	vfiomig_free(mig);
	expect(0);
}
END_TEST

static void
more(TCase *c)
{
	tcase_add_loop_test(c, none_is_left, 0, EMBED_WAYS);
	tcase_add_loop_test(c, the_callers_stay_as_they_are, 0, 4);
}

int
main(void)
{
	return embed_main("descriptors", more);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * every_call_fails_once.c - each allocation, each system call and each call
 * of a backend fails once in turn, in a whole migration: nothing hangs, the
 * first error that a caller sees is that one, and nothing is left behind
 *
 * Both ends are in one thread, by the nonblocking forms, over sockets, pipes
 * and files; what blocks is in blocked_calls_are_restarted.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vfiomig/vfiomig.h>

#include "inject.h"
#include "tests/outgoing/pair.h"
#include "tests/outgoing/suite.h"
#include "tests/outgoing/tape.h"

enum { DEVICES = 2, CHANNELS = 2, SIZE = 200000, CONFIG = 500,
	ROUNDS = 5000 };
enum transport { SOCKET, PIPE, DISK, TRANSPORTS };

static uint8_t data[SIZE], room[DEVICES][SIZE], config_state[CONFIG];
static struct tape tape[2 * DEVICES];	/* the second half records */

struct end {
	struct vfiomig *mig;
	struct vfiomig_device *device[DEVICES];
	struct vfiomig_channel *channel[CHANNELS];
	bool device_done[DEVICES], channel_done[CHANNELS];
	int left;
};

/* The first error of any call; and what was let fail, for messages. */
static int first_error;
static const char *trying = "nothing";
static int trying_nth;

static int
note(int r)
{
	if (r < 0 && r != -EAGAIN && first_error == 0)
		first_error = r;
	return r;
}

static int
end_open(struct end *end, enum vfiomig_direction direction, const int *fd)
{
	static const char *const number[] = { "0", "1", "2", "3" };
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = CHANNELS, .budget = 4 << 17, .packet_max = 20000 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .backend = "tape", .flags = VFIOMIG_DEVICE_NONBLOCK };
	struct vfiomig_channel_config cc = { .size = sizeof cc,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };
	int k, r;

	memset(end, 0, sizeof *end);
	end->left = DEVICES + CHANNELS;
	r = note(vfiomig_new(&end->mig, direction, &config));
	for (k = 0; r == 0 && k < DEVICES; k++) {
		dc.idstr = number[k];
		dc.params = number[k + (direction == VFIOMIG_INCOMING ?
		    DEVICES : 0)];
		r = note(vfiomig_device_add(end->mig, &dc, &end->device[k]));
	}
	for (k = 0; r == 0 && k < CHANNELS; k++) {
		cc.id = (uint32_t)k;
		cc.fd = fd[k];
		r = note(vfiomig_channel_open(end->mig, &cc,
		    &end->channel[k]));
	}
	return r;
}

static void
ended(struct end *end, bool *done, int r)
{
	if (*done || r == -EAGAIN)
		return;
	*done = true;
	end->left--;
}

/* One call of each that has not ended.  A channel's fd is closed when it has,
 * so that the other side sees it. */
static void
end_step(struct end *end, int (*load)(struct vfiomig_device *), int *fd)
{
	int k, r;

	for (k = 0; k < DEVICES; k++)
		if (!end->device_done[k])
			ended(end, &end->device_done[k],
			    note(load(end->device[k])));
	for (k = 0; k < CHANNELS; k++) {
		if (end->channel_done[k])
			continue;
		r = note(vfiomig_channel_run(end->channel[k]));
		ended(end, &end->channel_done[k], r);
		if (end->channel_done[k]) {
			close(fd[k]);
			fd[k] = -1;
		}
	}
}

static void
fds_open(enum transport transport, int out[CHANNELS], int in[CHANNELS])
{
	int fd[2], k;

	for (k = 0; k < CHANNELS; k++) {
		if (transport == SOCKET) {
			ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0,
			    fd), 0);
		} else if (transport == PIPE) {
			ck_assert_int_eq(pipe(fd), 0);
			out[k] = fd[1];
			in[k] = fd[0];
			continue;
		} else {
			char path[40];

			fd[0] = memfd_create("channel", 0);
			ck_assert_int_ge(fd[0], 0);
			snprintf(path, sizeof path, "/proc/self/fd/%d",
			    fd[0]);
			fd[1] = open(path, O_RDONLY);
			ck_assert_int_ge(fd[1], 0);
		}
		out[k] = fd[0];
		in[k] = fd[1];
	}
}

static void
tapes_make(ssize_t (*hook)(struct tape *, enum tape_call))
{
	int k;

	for (k = 0; k < DEVICES; k++) {
		tape[k] = (struct tape){ .data = data, .size = SIZE,
		    .config = config_state, .config_size = CONFIG,
		    .hook = hook };
		tape[DEVICES + k] = (struct tape){ .room = room[k],
		    .room_size = SIZE, .hook = hook };
		memset(room[k], 0, SIZE);
	}
}

/* Recover what failed, and look at what became of the devices. */
static void
expect_safe(struct end *from, struct end *to, bool whole)
{
	int k;

	if (from->mig != NULL && vfiomig_failure(from->mig, NULL, 0) != 0)
		ck_assert_int_eq(vfiomig_recover(from->mig), 0);
	if (to->mig != NULL && vfiomig_failure(to->mig, NULL, 0) != 0)
		ck_assert_int_eq(vfiomig_recover(to->mig), 0);
	for (k = 0; k < DEVICES; k++) {
		struct tape *source = &tape[k], *target = source + DEVICES;

		if (from->mig != NULL && from->device[k] != NULL &&
		    vfiomig_failure(from->mig, NULL, 0) != 0)
			ck_assert_uint_eq(source->state,
			    VFIOMIG_STATE_RUNNING);
		ck_assert_int_eq(source->blank, 0);
		ck_assert(target->state != VFIOMIG_STATE_RUNNING ||
		    (target->steps == 0 && target->resets == 0));
		if (whole) {
			ck_assert_mem_eq(room[k], data, SIZE);
			ck_assert_mem_eq(target->config_got, config_state,
			    CONFIG);
			ck_assert_uint_eq(target->state, VFIOMIG_STATE_STOP);
		}
	}
}

/* A whole migration, as far as it gets.  0, or the first error. */
static int
migrate(enum transport transport)
{
	struct end from = { .mig = NULL }, to = { .mig = NULL };
	int out[CHANNELS], in[CHANNELS], k, r, rounds;

	first_error = 0;
	fds_open(transport, out, in);
	r = end_open(&from, VFIOMIG_OUTGOING, out);
	if (r == 0)
		r = end_open(&to, VFIOMIG_INCOMING, in);
	if (r == 0)
		r = note(vfiomig_quiesce(from.mig));
	for (rounds = 0; r == 0 && from.left + to.left > 0; rounds++) {
		ck_assert_msg(rounds < ROUNDS, "it hangs: %s %d", trying,
		    trying_nth);
		end_step(&from, vfiomig_buffer_fill, out);
		if (transport != DISK || from.left == 0)
			end_step(&to, vfiomig_buffer_drain, in);
	}
	expect_safe(&from, &to, first_error == 0);
	vfiomig_free(from.mig);
	vfiomig_free(to.mig);
	for (k = 0; k < CHANNELS; k++) {
		if (in[k] >= 0)
			close(in[k]);
		if (out[k] >= 0)
			close(out[k]);
	}
	for (k = 0; k < 2 * DEVICES; k++)
		ck_assert_int_eq(tape[k].is_open, 0);
	return first_error;
}

/* ---- allocations and system calls ---- */

/* What fails, how, and what a caller sees; 0: nothing. */
static const struct {
	enum inject_call call;
	int error, seen;
} fault[] = {
	{ INJECT_CALLOC, ENOMEM, -ENOMEM },
	{ INJECT_ALIGNED_ALLOC, ENOMEM, -ENOMEM },
	{ INJECT_MMAP, ENOMEM, -ENOMEM },
	{ INJECT_MADVISE, EINVAL, 0 },
	{ INJECT_EVENTFD, EMFILE, -EMFILE },
	{ INJECT_FSTAT, EBADF, -EBADF },
	{ INJECT_RECVMSG, EIO, -EIO },
	{ INJECT_RECVMSG, EINTR, 0 },
	{ INJECT_RECVMSG, EAGAIN, 0 },
	{ INJECT_SENDMSG, EPIPE, -EPIPE },
	{ INJECT_SENDMSG, EINTR, 0 },
	{ INJECT_SENDMSG, EAGAIN, 0 },
	{ INJECT_READV, EIO, -EIO },
	{ INJECT_READV, EINTR, 0 },
	{ INJECT_READV, EAGAIN, 0 },
	{ INJECT_WRITEV, ENOSPC, -ENOSPC },
	{ INJECT_WRITEV, EINTR, 0 },
	{ INJECT_POLL, ENOMEM, -ENOMEM },
	{ INJECT_POLL, EINTR, 0 },
	{ INJECT_READ, EINTR, 0 },	/* of an eventfd */
	{ INJECT_WRITE, EINTR, 0 },
	{ INJECT_WRITE, EIO, -EIO },
};

/* The nth such call fails, n going up until there is no nth. */
static int
fail_each(enum transport transport, size_t k, int fds, int live)
{
	int n, r, hit = 1;

	for (n = 1; hit; n++) {
		tapes_make(NULL);
		trying = inject_name[fault[k].call];
		trying_nth = n;
		inject_arm(fault[k].call, n, fault[k].error);
		r = migrate(transport);
		hit = inject_disarm();
		ck_assert_msg(r == (hit ? fault[k].seen : 0),
		    "%s %d fails with %d: a caller sees %d",
		    inject_name[fault[k].call], n, fault[k].error, r);
		ck_assert_msg(count_fds() == fds, "%s %d leaks an fd", trying,
		    n);
		ck_assert_msg(inject_live() == live, "%s %d leaks", trying,
		    n);
	}
	return n - 2;
}

START_TEST(system_calls_fail)
{
	int total[INJECT_CALLS] = { 0 }, fds, live;
	enum transport transport = _i;
	size_t k;

	tape_register(tape, 2 * DEVICES);
	tapes_make(NULL);
	ck_assert_int_eq(migrate(transport), 0);
	fds = count_fds();
	live = inject_live();
	for (k = 0; k < sizeof fault / sizeof fault[0]; k++)
		total[fault[k].call] = fail_each(transport, k, fds, live);
	for (k = 0; k < INJECT_CALLS; k++)
		printf("%s %d%s", inject_name[k], total[k],
		    k + 1 < INJECT_CALLS ? ", " : " failed once each\n");
	fflush(stdout);
	ck_assert_int_gt(total[INJECT_CALLOC], 0);
	ck_assert_int_gt(total[INJECT_EVENTFD], 0);
	ck_assert_int_gt(total[transport == SOCKET ? INJECT_RECVMSG :
	    INJECT_READV], 0);
	ck_assert_int_gt(total[transport == SOCKET ? INJECT_SENDMSG :
	    transport == PIPE ? INJECT_POLL : INJECT_WRITEV], 0);
}
END_TEST

/* ---- a backend's calls ---- */

static enum tape_call failing;
static int failing_left, failing_hit;
static ssize_t failing_with;

static ssize_t
fail_nth(struct tape *t, enum tape_call call)
{
	(void)t;
	if (call != failing || --failing_left != 0)
		return 0;
	failing_hit = 1;
	return failing_with;
}

START_TEST(backend_calls_fail)
{
	static const ssize_t with[] = { -ENXIO, -EINTR };
	enum tape_call call = _i / 2;
	bool may_repeat = _i % 2 && (call == TAPE_READ ||
	    call == TAPE_WRITE || call == TAPE_WRITEV);
	int n, r, fds, live;

	tape_register(tape, 2 * DEVICES);
	tapes_make(NULL);
	ck_assert_int_eq(migrate(SOCKET), 0);
	fds = count_fds();
	live = inject_live();
	failing = call;
	failing_with = with[_i % 2];
	for (n = 1, failing_hit = 1; failing_hit; n++) {
		failing_hit = 0;
		failing_left = n;
		tapes_make(fail_nth);
		r = migrate(SOCKET);
		ck_assert_msg(r == (failing_hit && !may_repeat ?
		    (int)failing_with : 0), "call %d of %d: %d", n, call, r);
		ck_assert_int_eq(count_fds(), fds);
		ck_assert_int_eq(inject_live(), live);
	}
	ck_assert_int_gt(n, 2);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("once");

	if (!inject_reaches()) {
		puts("SKIP: this build has no static library");
		return 77;
	}
	memset(config_state, 7, sizeof config_state);
	for (int k = 0; k < SIZE; k++)
		data[k] = (uint8_t)(k * 11 + k / 257);
	tcase_add_loop_test(tests, system_calls_fail, 0, TRANSPORTS);
	tcase_add_loop_test(tests, backend_calls_fail, 0,
	    2 * (TAPE_WRITEV + 1));
	return suite_run("once", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One thread and epoll, level-triggered, drive a whole migration: channels
 * that run their sockets, devices, and the library's eventfds.  It calls only
 * what an fd tells it to, so a wake-up that is missed is a hang; and it counts
 * its calls, so one that never ends is found too.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { CHANNELS = 4, DEVICES = 3, PACKETS = 40 };

struct loop {
	struct dest dest;
	int epoll;
	struct script script[CHANNELS];
	size_t sent[CHANNELS];
	int fd[CHANNELS][2];		/* the source's end, the channel's */
	int running, draining;
	uint64_t calls, useless;
};

/* Whom an fd is for. */
enum who { SOURCE = 100, CHANNEL = 200, ROOM = 300, DEVICE = 400 };

static void
watch(struct loop *loop, int fd, uint32_t events, uint32_t who)
{
	struct epoll_event event = { .events = events, .data.u32 = who };

	ck_assert_int_eq(epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event), 0);
}

static void
unwatch(struct loop *loop, int fd)
{
	ck_assert_int_eq(epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL), 0);
}

/* Some bytes of a script into its socket, at odd places. */
static void
source_step(struct loop *loop, int k, uint64_t *seed)
{
	struct script *s = &loop->script[k];
	size_t n = s->size - loop->sent[k], most = seeded(seed) % 9000 + 1;
	ssize_t r;

	r = send(loop->fd[k][0], s->bytes + loop->sent[k],
	    n < most ? n : most, MSG_DONTWAIT);
	if (r > 0)
		loop->sent[k] += (size_t)r;
	if (loop->sent[k] == s->size) {
		unwatch(loop, loop->fd[k][0]);
		shutdown(loop->fd[k][0], SHUT_WR);
	}
}

static void
channel_step(struct loop *loop, int k)
{
	uint64_t before = channel_stats(loop->dest.channel[k]).wire_bytes;
	int r = vfiomig_channel_run(loop->dest.channel[k]);

	loop->calls++;
	if (r == -EAGAIN) {
		loop->useless += before ==
		    channel_stats(loop->dest.channel[k]).wire_bytes;
		/* Parked: it reads no more until there is room. */
		struct epoll_event event = {
			.events = 0, .data.u32 = CHANNEL + (uint32_t)k
		};
		struct pollfd p = { .fd = loop->fd[k][1], .events = POLLIN };

		if (poll(&p, 1, 0) == 0)
			event.events = EPOLLIN;
		ck_assert_int_eq(epoll_ctl(loop->epoll, EPOLL_CTL_MOD,
		    loop->fd[k][1], &event), 0);
		return;
	}
	ck_assert_int_eq(r, 0);
	unwatch(loop, loop->fd[k][1]);
	unwatch(loop, vfiomig_channel_event_fd(loop->dest.channel[k]));
	loop->running--;
}

static void
device_step(struct loop *loop, int k)
{
	uint64_t before = record[k].loaded;
	int r = vfiomig_buffer_drain(loop->dest.device[k]);

	loop->calls++;
	if (r == -EAGAIN) {
		loop->useless += before == record[k].loaded;
		return;
	}
	ck_assert_int_eq(r, 0);
	unwatch(loop, vfiomig_device_event_fd(loop->dest.device[k]));
	loop->draining--;
}

static void
loop_open(struct loop *loop, uint64_t *seed)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = CHANNELS,
	    .window = 8, .budget = (DEVICES + 1) * PACKET_ROOM);
	uint64_t offset[DEVICES] = { 0 };
	uint32_t idx, size;
	int k;

	record_start();
	memset(loop, 0, sizeof *loop);
	dest_open(&loop->dest, DEVICES, &config, VFIOMIG_DEVICE_NONBLOCK,
	    "record");
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (k = 0; k < CHANNELS; k++)
		script_hello(&loop->script[k], CHANNELS - 1 - k, NULL);
	for (idx = 0; idx < PACKETS; idx++)
		for (k = 0; k < DEVICES; k++) {
			struct script *s = &loop->script[seeded(seed) %
			    CHANNELS];

			size = (uint32_t)(seeded(seed) % 60000);
			if (idx == PACKETS - 1) {
				script_config(s, k, idx);
				continue;
			}
			script_packet(s, k, idx, offset[k], size);
			offset[k] += size;
			if (seeded(seed) % 4 == 0)
				script_ram(s, seeded(seed) % 2, 4096,
				    (uint32_t)(seeded(seed) % 5000));
		}
	for (k = 0; k < CHANNELS; k++) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0,
		    loop->fd[k]), 0);
		dest_channel(&loop->dest, k, loop->fd[k][1],
		    VFIOMIG_CHANNEL_NONBLOCK);
		watch(loop, loop->fd[k][0], EPOLLOUT, SOURCE + (uint32_t)k);
		watch(loop, loop->fd[k][1], EPOLLIN, CHANNEL + (uint32_t)k);
		watch(loop, vfiomig_channel_event_fd(loop->dest.channel[k]),
		    EPOLLIN, ROOM + (uint32_t)k);
	}
	for (k = 0; k < DEVICES; k++)
		watch(loop, vfiomig_device_event_fd(loop->dest.device[k]),
		    EPOLLIN, DEVICE + (uint32_t)k);
	loop->running = CHANNELS;
	loop->draining = DEVICES;
}

START_TEST(all_is_loaded_and_no_call_is_idle)
{
	uint64_t seed = (uint64_t)_i;
	static struct loop loop;
	int k;

	loop_open(&loop, &seed);
	for (k = 0; k < DEVICES; k++)
		device_step(&loop, k);
	while (loop.running > 0 || loop.draining > 0) {
		struct epoll_event event;
		uint32_t who;

		ck_assert_int_eq(epoll_wait(loop.epoll, &event, 1, 30000), 1);
		who = event.data.u32;
		k = (int)(who % 100);
		switch (who - (uint32_t)k) {
		case SOURCE:
			source_step(&loop, k, &seed);
			break;
		case CHANNEL:
		case ROOM:
			channel_step(&loop, k);
			break;
		case DEVICE:
			device_step(&loop, k);
			break;
		}
	}
	/* A packet may wake a drain, room a channel, and each may find that
	 * another was quicker; but nothing goes round for nothing. */
	ck_assert_uint_lt(loop.useless, 4 * DEVICES * PACKETS);
	for (k = 0; k < DEVICES; k++)
		ck_assert_uint_eq(device_stats(loop.dest.device[k]).complete,
		    1);
	ck_assert_uint_eq(dest_stats(&loop.dest).memory, 0);
	ck_assert_int_eq(vfiomig_resume(loop.dest.mig), 0);
	for (k = 0; k < CHANNELS; k++) {
		script_free(&loop.script[k]);
		close(loop.fd[k][0]);
		close(loop.fd[k][1]);
	}
	close(loop.epoll);
	dest_close(&loop.dest);
}
END_TEST

/* A channel that waits for its socket again is quiet: the wake-up that let it
 * on is over. */
START_TEST(an_old_wake_up_is_not_told_again)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2,
	    .window = 4);
	struct script script = { 0 };
	struct dest dest;
	int fd[2], event;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	dest_channel(&dest, 0, fd[1], VFIOMIG_CHANNEL_NONBLOCK);
	dest_channel(&dest, 1, -1, 0);
	event = vfiomig_channel_event_fd(dest.channel[0]);
	script_hello(&script, 0, NULL);
	script_packet(&script, 0, 4, 40, 10);
	ck_assert_int_eq(write(fd[0], script.bytes, script.size),
	    (ssize_t)script.size);
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), -EAGAIN);
	ck_assert(!fd_readable(event));
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 0, 10), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert(fd_readable(event));
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), -EAGAIN);
	ck_assert_uint_eq(channel_stats(dest.channel[0]).packets, 1);
	ck_assert(!fd_readable(event));
	vfiomig_cancel(dest.mig);
	ck_assert(fd_readable(event));
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), -ECANCELED);
	ck_assert(fd_readable(event));
	ck_assert(fd_readable(vfiomig_device_event_fd(dest.device[0])));
	script_free(&script);
	close(fd[0]);
	close(fd[1]);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, all_is_loaded_and_no_call_is_idle, 0, 8);
	tcase_add_test(tests, an_old_wake_up_is_not_told_again);
}
SUITE(epoll, cases)

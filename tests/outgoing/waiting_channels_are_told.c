/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * waiting_channels_are_told.c - who waits for a packet, for room or for the
 * end of it all is woken, also when another one leaves without a word
 *
 * All in one thread, with the nonblocking forms: what would be a hang of a
 * blocking call is here an eventfd that stays silent.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vfiomig/vfiomig.h>

#include "suite.h"
#include "tape.h"

enum { CHANNELS = 3, SIZE = 600000 };

static uint8_t data[SIZE];
static struct tape tape[2];

/* What only one test has otherwise. */
static void (*source_trace)(void *, const struct vfiomig_trace *);
static int source_channels = CHANNELS;	/* that are opened */

struct source {
	struct vfiomig *mig;
	struct vfiomig_device *device[2];
	struct vfiomig_channel *channel[CHANNELS];
};

/* A source of @devices nonblocking tapes and channels of the caller's. */
static void
source_open(struct source *source, int devices, uint64_t budget, int fd)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = CHANNELS, .budget = budget, .packet_max = 128 << 10,
	    .trace = source_trace };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .flags = VFIOMIG_DEVICE_NONBLOCK, .backend = "tape" };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = fd,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };
	int k;

	tape_register(tape, 2);
	ck_assert_int_eq(vfiomig_new(&source->mig, VFIOMIG_OUTGOING,
	    &config), 0);
	for (k = 0; k < devices; k++) {
		tape[k].data = data;
		tape[k].size = SIZE;
		tape[k].initial = SIZE / 2;
		dc.idstr = dc.params = k ? "1" : "0";
		ck_assert_int_eq(vfiomig_device_add(source->mig, &dc,
		    &source->device[k]), 0);
	}
	for (k = 0; k < source_channels; k++) {
		cc.id = (uint32_t)k;
		ck_assert_int_eq(vfiomig_channel_open(source->mig, &cc,
		    &source->channel[k]), 0);
	}
}

static int
readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static int
channel_told(struct source *source, int k)
{
	return readable(vfiomig_channel_event_fd(source->channel[k]));
}

static int
take(struct source *source, int k)
{
	struct vfiomig_packet packet = { .size = sizeof packet };

	return vfiomig_packet_take(source->channel[k], &packet);
}

START_TEST(a_packet_wakes_one_channel)
{
	struct source source;

	source_open(&source, 1, 0, -1);
	ck_assert_int_eq(take(&source, 0), -EAGAIN);
	ck_assert_int_eq(take(&source, 1), -EAGAIN);
	ck_assert_int_eq(vfiomig_precopy(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_prefill(source.device[0], 100), 100);
	ck_assert_int_eq(channel_told(&source, 0) + channel_told(&source, 1),
	    1);
	ck_assert_int_eq(vfiomig_buffer_prefill(source.device[0], 100), 100);
	ck_assert_int_eq(channel_told(&source, 0) + channel_told(&source, 1),
	    2);
	vfiomig_free(source.mig);
}
END_TEST

/* What the callbacks of the next test see. */
static struct {
	struct source source;
	struct vfiomig_channel *looking;
	int sent, stalled;
} look;

/* The channel has sent a packet, and is about to look for the next one. */
static void
on_sent(void *opaque, const struct vfiomig_trace *event)
{
	int k;

	(void)opaque;
	if (event->type != VFIOMIG_TRACE_PACKET_OUT || look.sent++ > 0)
		return;
	ck_assert_int_eq(take(&look.source, 1), -EAGAIN);
	for (k = 0; k < 2; k++) {
		ck_assert_int_eq(vfiomig_buffer_prefill(look.source.device[0],
		    65536), 65536);
		ck_assert_int_eq(channel_told(&look.source, 1), 0);
	}
}

/* It may stall in here. */
static ssize_t
on_send(void *opaque, const struct iovec *iov, int n)
{
	(void)opaque;
	if (look.sent == 1) {
		ck_assert_int_eq(channel_told(&look.source, 1), 1);
		look.stalled = 1;
		return -ENOSPC;
	}
	return (ssize_t)(iov[0].iov_len + (n > 1 ? iov[1].iov_len : 0));
}

/* Who looks anyway is enough for two packets, until it may stall. */
START_TEST(a_channel_is_woken_when_the_looking_one_sends)
{
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .id = CHANNELS - 1, .writev = on_send };
	struct source *source = &look.source;

	source_trace = on_sent;
	source_channels = CHANNELS - 1;
	source_open(source, 1, 0, -1);
	source_trace = NULL;
	source_channels = CHANNELS;
	ck_assert_int_eq(vfiomig_channel_open(source->mig, &cc,
	    &look.looking), 0);
	ck_assert_int_eq(vfiomig_precopy(source->mig), 0);
	ck_assert_int_eq(vfiomig_buffer_prefill(source->device[0], 100), 100);
	ck_assert_int_eq(vfiomig_channel_run(look.looking), -ENOSPC);
	ck_assert_int_eq(look.stalled, 1);
	vfiomig_free(source->mig);
}
END_TEST

START_TEST(a_closed_channel_passes_its_packet_on)
{
	struct source source;
	int woken, other;

	source_open(&source, 1, 0, -1);
	ck_assert_int_eq(take(&source, 0), -EAGAIN);
	ck_assert_int_eq(take(&source, 1), -EAGAIN);
	ck_assert_int_eq(vfiomig_precopy(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_prefill(source.device[0], 100), 100);
	woken = channel_told(&source, 1);
	other = !woken;
	ck_assert_int_eq(channel_told(&source, other), 0);
	ck_assert_int_eq(vfiomig_channel_close(source.channel[woken]), 0);
	ck_assert_int_eq(channel_told(&source, other), 1);
	ck_assert_int_eq(take(&source, other), 0);
	vfiomig_free(source.mig);
}
END_TEST

/* Take and release as many as there are; the last code. */
static int
take_all(struct source *source, int k)
{
	int r;

	while ((r = take(source, k)) == 0)
		ck_assert_int_eq(vfiomig_packet_release(source->channel[k]),
		    0);
	return r;
}

START_TEST(a_fill_is_told_of_memory)
{
	struct source source;
	int r, rounds = 0;

	source_open(&source, 2, 2 * (128 << 10), -1);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	do {
		r = vfiomig_buffer_fill(source.device[0]);
		ck_assert_int_eq(take_all(&source, 0), -EAGAIN);
		ck_assert(r == 0 || readable(vfiomig_device_event_fd(
		    source.device[0])));
		ck_assert_int_lt(rounds++, 100);
	} while (r == -EAGAIN);
	ck_assert_int_eq(r, 0);
	while ((r = vfiomig_buffer_fill(source.device[1])) == -EAGAIN)
		take_all(&source, 0);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(take_all(&source, 1), -ENODATA);
	vfiomig_free(source.mig);
}
END_TEST

/* Not for each packet that is sent, but in time. */
START_TEST(a_fill_is_told_when_a_quarter_is_sent)
{
	enum { PIECES = 600, SPANS = 16 };
	static uint32_t piece[PIECES];
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	struct source source;
	int k, fd;

	for (k = 0; k < PIECES; k++)
		piece[k] = SIZE / PIECES;
	source_open(&source, 1, SPANS * (128 << 10), -1);
	tape[0].piece = piece;
	tape[0].pieces = PIECES;
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), -EAGAIN);
	ck_assert_int_eq(vfiomig_device_stats(source.device[0], &stats), 0);
	ck_assert_uint_eq(stats.packets, SPANS);
	fd = vfiomig_device_event_fd(source.device[0]);
	/* the first is in the block set aside, which is not counted */
	for (k = 0; k < (SPANS - 1) / 4; k++) {
		ck_assert_int_eq(take(&source, 0), 0);
		ck_assert_int_eq(vfiomig_packet_release(source.channel[0]), 0);
		ck_assert_int_eq(readable(fd), 0);
	}
	ck_assert_int_eq(take(&source, 0), 0);
	ck_assert_int_eq(vfiomig_packet_release(source.channel[0]), 0);
	ck_assert_int_eq(readable(fd), 1);
	vfiomig_free(source.mig);
}
END_TEST

START_TEST(the_last_packet_wakes_all)
{
	struct source source;
	int k;

	tape[0].data = data;
	source_open(&source, 1, 0, -1);
	tape[0].size = tape[0].initial = 0;
	for (k = 1; k < CHANNELS; k++)
		ck_assert_int_eq(take(&source, k), -EAGAIN);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), 0);
	ck_assert_int_eq(take(&source, 0), 0);
	for (k = 1; k < CHANNELS; k++) {
		ck_assert_int_eq(channel_told(&source, k), 1);
		ck_assert_int_eq(take(&source, k), -ENODATA);
	}
	vfiomig_free(source.mig);
}
END_TEST

START_TEST(failure_is_told_to_all)
{
	struct source source;
	struct vfiomig_device *dev;
	int k;

	source_open(&source, 1, 128 << 10, -1);
	dev = source.device[0];
	ck_assert_int_eq(take(&source, 0), -EAGAIN);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(dev), -EAGAIN);
	ck_assert_int_eq(take(&source, 1), 0);
	vfiomig_cancel(source.mig);
	for (k = 0; k < 2; k++) {
		ck_assert_int_eq(readable(vfiomig_device_event_fd(dev)), 1);
		ck_assert_int_eq(channel_told(&source, 0), 1);
		ck_assert_int_eq(vfiomig_buffer_fill(dev), -ECANCELED);
		ck_assert_int_eq(take(&source, 0), -ECANCELED);
	}
	ck_assert_int_eq(vfiomig_packet_release(source.channel[1]),
	    -ECANCELED);
	vfiomig_free(source.mig);
}
END_TEST

/* It waits for its socket, not for a packet; the failure is told anyway. */
START_TEST(failure_is_told_to_a_channel_that_sends)
{
	struct source source;
	int fd[2], k;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	source_open(&source, 1, 0, fd[0]);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), 0);
	ck_assert_int_eq(vfiomig_channel_run(source.channel[0]), -EAGAIN);
	ck_assert_int_eq(channel_told(&source, 0), 0);
	vfiomig_cancel(source.mig);
	for (k = 0; k < CHANNELS; k++)
		ck_assert_int_eq(channel_told(&source, k), 1);
	ck_assert_int_eq(vfiomig_channel_run(source.channel[0]), -ECANCELED);
	vfiomig_free(source.mig);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

/* Nobody is left to send what the fill is waiting to put in line. */
START_TEST(channels_that_all_left_fail_the_fill)
{
	struct source source;
	char text[200];
	int k;

	source_open(&source, 1, 128 << 10, -1);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), -EAGAIN);
	for (k = 0; k < CHANNELS - 1; k++)
		ck_assert_int_eq(vfiomig_channel_close(source.channel[k]), 0);
	ck_assert_int_eq(readable(vfiomig_device_event_fd(source.device[0])),
	    0);
	ck_assert_int_eq(vfiomig_channel_close(source.channel[k]), -EPIPE);
	ck_assert_int_eq(readable(vfiomig_device_event_fd(source.device[0])),
	    1);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), -EPIPE);
	ck_assert_int_eq(vfiomig_failure(source.mig, text, sizeof text),
	    -EPIPE);
	ck_assert_msg(strstr(text, "device=\"0\"") != NULL, "%s", text);
	vfiomig_free(source.mig);
}
END_TEST

/* A packet that its channel did not send does not count as sent. */
START_TEST(a_channel_closed_in_mid_packet_fails)
{
	struct vfiomig_device_stats ds = { .size = sizeof ds };
	struct vfiomig_channel_stats cs = { .size = sizeof cs };
	struct source source;

	source_open(&source, 1, 0, -1);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), 0);
	ck_assert_int_eq(take(&source, 0), 0);
	ck_assert_int_eq(vfiomig_channel_close(source.channel[0]), -EPIPE);
	ck_assert_int_eq(vfiomig_device_stats(source.device[0], &ds), 0);
	ck_assert_uint_eq(ds.packets_done, 0);
	ck_assert_uint_eq(ds.bytes_done, 0);
	ck_assert_int_eq(vfiomig_channel_stats(source.channel[0], &cs), 0);
	ck_assert_uint_eq(cs.packets, 0);
	ck_assert_uint_eq(cs.ended, 1);
	ck_assert_int_eq(vfiomig_channel_close(source.channel[1]), -EPIPE);
	ck_assert_int_eq(vfiomig_channel_stats(source.channel[1], &cs), 0);
	ck_assert_uint_eq(cs.ended, 1);
	vfiomig_free(source.mig);
}
END_TEST

/* The same, when the library does the sending. */
START_TEST(a_channel_closed_in_mid_call_fails)
{
	struct vfiomig_device_stats ds = { .size = sizeof ds };
	struct source source;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	source_open(&source, 1, 0, fd[0]);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), 0);
	while (vfiomig_channel_run(source.channel[0]) != -EAGAIN)
		;
	ck_assert_int_eq(vfiomig_device_stats(source.device[0], &ds), 0);
	ck_assert_int_eq(vfiomig_channel_close(source.channel[0]), -EPIPE);
	ck_assert_uint_lt(ds.packets_done, ds.packets);
	vfiomig_free(source.mig);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(a_channel_is_run_or_taken_from)
{
	struct source source;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	source_open(&source, 1, 0, fd[0]);
	ck_assert_int_eq(vfiomig_quiesce(source.mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(source.device[0]), 0);
	ck_assert_int_eq(take(&source, 0), 0);
	ck_assert_int_eq(vfiomig_channel_run(source.channel[0]), -EBUSY);
	ck_assert_int_eq(vfiomig_packet_release(source.channel[0]), 0);
	ck_assert_int_eq(vfiomig_channel_run(source.channel[0]), -EAGAIN);
	ck_assert_int_eq(take(&source, 0), -EBUSY);
	ck_assert_int_eq(vfiomig_packet_release(source.channel[0]), -EINVAL);
	vfiomig_free(source.mig);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("waiting");

	tcase_add_test(tests, a_packet_wakes_one_channel);
	tcase_add_test(tests, a_channel_is_woken_when_the_looking_one_sends);
	tcase_add_test(tests, a_closed_channel_passes_its_packet_on);
	tcase_add_test(tests, a_fill_is_told_of_memory);
	tcase_add_test(tests, a_fill_is_told_when_a_quarter_is_sent);
	tcase_add_test(tests, the_last_packet_wakes_all);
	tcase_add_test(tests, failure_is_told_to_all);
	tcase_add_test(tests, failure_is_told_to_a_channel_that_sends);
	tcase_add_test(tests, channels_that_all_left_fail_the_fill);
	tcase_add_test(tests, a_channel_closed_in_mid_packet_fails);
	tcase_add_test(tests, a_channel_closed_in_mid_call_fails);
	tcase_add_test(tests, a_channel_is_run_or_taken_from);
	return suite_run("waiting", tests);
}

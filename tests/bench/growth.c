/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * growth.c - section growth: does a packet cost the same, however many?
 *
 * Idea
 *
 *   The library alone, in one thread, as an event loop runs it: streams are
 *   made up as they are read, devices eat everything, so that no network, no
 *   scheduler and no copy hides what a packet costs.  What is taken is the
 *   thread's processor time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <vfiomig/vfiomig.h>

#include "chart.h"
#include "feed.h"
#include "figures.h"
#include "plugins/builtin.h"
#include "sections.h"

enum {
	QUOTA		= 8,		/* packets a channel reads at a turn */
	PACKET_MAX	= 128 * 1024,	/* the least, so many devices fit */
	ENOUGH		= 100 * 1000	/* packets, to measure a time by */
};

struct loop {
	struct vfiomig *mig;
	struct vfiomig_device *device[DEVICES_MOST];
	struct vfiomig_channel *channel[CHANNELS_MOST];
	struct feed feed[CHANNELS_MOST];
	bool ended[CHANNELS_MOST];
	uint32_t left;		/* devices that are not complete */
	int epoll;
};

static void
loop_device(struct loop *l, uint32_t number)
{
	char idstr[WIRE_IDSTR];
	const struct vfiomig_device_config config = {
		.size = sizeof config, .flags = VFIOMIG_DEVICE_NONBLOCK,
		.idstr = idstr, .backend = "null"
	};
	struct epoll_event event = {
		.events = EPOLLIN, .data.u32 = number
	};

	feed_idstr(idstr, number);
	must(vfiomig_device_add(l->mig, &config, &l->device[number]) == 0);
	must(epoll_ctl(l->epoll, EPOLL_CTL_ADD,
	    vfiomig_device_event_fd(l->device[number]), &event) == 0);
}

static void
loop_channel(struct loop *l, const struct feed_plan *plan, uint32_t number)
{
	const struct vfiomig_channel_config config = {
		.size = sizeof config, .flags = VFIOMIG_CHANNEL_NONBLOCK,
		.fd = -1, .readv = feed_readv, .opaque = &l->feed[number]
	};

	feed_new(&l->feed[number], plan, number);
	must(vfiomig_channel_open(l->mig, &config, &l->channel[number]) == 0);
}

static void
loop_drain(struct loop *l, uint32_t number)
{
	int r = vfiomig_buffer_drain(l->device[number]);

	must(r == 0 || r == -EAGAIN);
	if (r == 0 && l->left-- != 0)
		epoll_ctl(l->epoll, EPOLL_CTL_DEL,
		    vfiomig_device_event_fd(l->device[number]), NULL);
}

static struct loop *
loop_new(const struct feed_plan *plan)
{
	const struct vfiomig_config config = {
		.size = sizeof config, .channels = plan->channels,
		.budget = 64 * MIB, .packet_max = PACKET_MAX,
		.window = WINDOW
	};
	struct loop *l = calloc(1, sizeof *l);
	uint32_t k;

	must(l != NULL);
	must(vfiomig_new(&l->mig, VFIOMIG_INCOMING, &config) == 0);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	must(l->epoll >= 0);
	l->left = plan->devices;
	for (k = 0; k < plan->devices; k++)
		loop_device(l, k);
	for (k = 0; k < plan->channels; k++)
		loop_channel(l, plan, k);
	for (k = 0; k < plan->devices; k++)
		loop_drain(l, k);
	return l;
}

static void
loop_free(struct loop *l)
{
	vfiomig_free(l->mig);
	close(l->epoll);
	free(l);
}

/* One channel's turn; @quota packets. */
static void
loop_channel_run(struct loop *l, uint32_t number, uint32_t quota)
{
	int r;

	if (l->ended[number])
		return;
	l->feed[number].quota = quota;
	r = vfiomig_channel_run(l->channel[number]);
	must(r == 0 || r == -EAGAIN);
	l->ended[number] = r == 0;
}

static void
loop_drains(struct loop *l)
{
	struct epoll_event event[DEVICES_MOST];
	int k, n = epoll_wait(l->epoll, event, DEVICES_MOST, 0);

	must(n >= 0);
	for (k = 0; k < n; k++)
		loop_drain(l, event[k].data.u32);
}

/*
 * Channels take turns, and after a burst's worth of packets devices do, so
 * that as much is in flight, and as much comes at a turn, with few channels as
 * with many.
 */
static void
loop_run(struct loop *l, const struct feed_plan *plan)
{
	uint32_t at = plan->channels, read = 0;

	while (l->left != 0) {
		/* the late one's turn comes when the others are parked */
		at = at == 0 ? plan->channels - 1 : at - 1;
		loop_channel_run(l, at, plan->order == LATE && at != 0 ?
		    UINT32_MAX : QUOTA);
		read += QUOTA;
		if (read < BURST)
			continue;
		loop_drains(l);
		read = 0;
	}
}

/* Nanoseconds of processor time a packet. */
static double
growth_cost(const struct feed_plan *plan, bool quick)
{
	uint64_t packets = 0, spent = 0;

	while (packets < (quick ? 1 : ENOUGH)) {
		struct loop *l = loop_new(plan);
		struct timespec a, b;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
		loop_run(l, plan);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
		spent += (uint64_t)((b.tv_sec - a.tv_sec) * 1000000000 +
		    (b.tv_nsec - a.tv_nsec));
		packets += plan->packets;
		loop_free(l);
	}
	return (double)spent / (double)packets;
}

/* One axis: @n plans at @x, each @repeats times in turns, against the first. */
static void
growth_axis(const char *name, const char *x_name, const double *x,
    const struct feed_plan *plans, uint32_t n, uint32_t repeats, double most)
{
	struct samples cost[CHART_POINTS] = { { .n = 0 } };
	double median[CHART_POINTS];
	char label[40];
	uint32_t k, turn;

	for (turn = 0; turn < repeats; turn++)
		for (k = 0; k < n; k++)
			samples_add(&cost[k], growth_cost(&plans[k], repeats == 1));
	for (k = 0; k < n; k++) {
		double ratio = samples_ratio(&cost[k], &cost[0]);

		median[k] = samples_median(&cost[k]);
		printf("%-22s %10.0f %10.1f %8.3f\n", x_name, x[k], median[k],
		    ratio);
		snprintf(label, sizeof label, "%.0f %s", x[k], x_name);
		figure("growth", label, "a packet's cost over the first's",
		    ratio, "", k == 0 ? 0 : '<', most);
	}
	if (name != NULL)
		chart_write(chart_folder, name, "Processor time a packet",
		    x_name, "ns", x, median, n, 0.05);
}

static void
growth_packets(bool quick, uint32_t repeats)
{
	struct feed_plan plan[5];
	double x[5];
	uint32_t k, n = quick ? 3 : 5;
	uint64_t packets = 1024;

	for (k = 0; k < n; k++, packets *= 10) {
		x[k] = (double)packets;
		plan[k] = (struct feed_plan){ packets / BURST * BURST, 1, 4,
		    IN_ORDER };
	}
	growth_axis("growth-packets", "packets", x, plan, n, repeats, 1.05);
}

static void
growth_devices(bool quick, uint32_t repeats)
{
	struct feed_plan plan[9];
	double x[9];
	uint32_t k, n = 9;

	for (k = 0; k < n; k++) {
		x[k] = 1u << k;
		plan[k] = (struct feed_plan){ (quick ? 256 : 4096) * BURST,
		    1u << k, 4, IN_ORDER };
	}
	growth_axis("growth-devices", "devices", x, plan, n, repeats, 1.05);
}

static void
growth_channels(bool quick, uint32_t repeats)
{
	struct feed_plan plan[7];
	double x[7];
	uint32_t k, n = 7;

	for (k = 0; k < n; k++) {
		x[k] = 1u << k;
		plan[k] = (struct feed_plan){ (quick ? 256 : 4096) * BURST, 1,
		    1u << k, IN_ORDER };
	}
	growth_axis("growth-channels", "channels", x, plan, n, repeats, 1.05);
}

/* No cliff: the worst orders cost at most twice what the best one does. */
static void
growth_orders(bool quick, uint32_t repeats)
{
	const uint64_t packets = (quick ? 16 : 256) * WINDOW;
	const struct feed_plan plan[] = {
		{ packets, 1, 4, IN_ORDER },
		{ packets, 1, 4, REVERSED },
		{ packets, 1, 4, LATE }
	};
	const double x[] = { 0, 1, 2 };

	growth_axis(NULL, "order: in, reversed, late", x, plan, 3,
	    repeats, 2);
}

void
section_growth(bool quick)
{
	uint32_t repeats = quick ? 1 : 5;

	must(vfiomig_backend_register(
	    vfiomig_backend_v1_null_backend()) == 0);
	printf("\nGrowth: processor time a packet\n%-22s %10s %10s %8s\n",
	    "axis", "at", "ns/packet", "/ first");
	growth_packets(quick, quick ? 1 : 3);
	growth_devices(quick, repeats);
	growth_channels(quick, repeats);
	growth_orders(quick, repeats);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * whole.c - the orders that only a whole migration shows: failure, role,
 * complete, released, aside, tables, the list of backends, idle
 *
 * Some are hidden behind a second synchronisation that comes right after; the
 * program wraps that one (ld --wrap) and delays it.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/internal.h"
#include "litmus.h"

/* ---- delays ---- */

static bool delay;

bool __real_pool_flush(struct pool *pool);
bool __wrap_pool_flush(struct pool *pool);
bool __real_waiter_wake(struct waiter *waiter);
bool __wrap_waiter_wake(struct waiter *waiter);

bool
__wrap_pool_flush(struct pool *pool)
{
	if (delay)
		usleep(200);
	return __real_pool_flush(pool);
}

bool
__wrap_waiter_wake(struct waiter *waiter)
{
	if (delay)
		usleep(200);
	return __real_waiter_wake(waiter);
}

/* ---- a backend that keeps plain books ---- */

static long calls;
static uint32_t state;
static unsigned char sum;

static int
plain_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **handle)
{
	(void)host;
	(void)params;
	(void)incoming;
	state = VFIOMIG_STATE_RUNNING;
	*handle = &calls;
	return 0;
}

static void
plain_close(void *handle)
{
	(void)handle;
}

static int
plain_query(void *handle, uint32_t *can)
{
	(void)handle;
	*can = VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P;
	return 0;
}

static int
plain_get_state(void *handle, uint32_t *now)
{
	(void)handle;
	*now = state;
	return 0;
}

static int
plain_set_state(void *handle, uint32_t to)
{
	(void)handle;
	calls++;
	state = to;
	return 0;
}

static ssize_t
plain_read(void *handle, void *data, size_t size)
{
	(void)handle;
	(void)data;
	(void)size;
	return 0;
}

static ssize_t
plain_write(void *handle, const void *data, size_t size)
{
	const unsigned char *byte = data;

	(void)handle;
	sum = (unsigned char)(sum + byte[0] + byte[size - 1]);
	return (ssize_t)size;
}

static int
plain_pending(void *handle, struct vfiomig_pending *pending)
{
	(void)handle;
	(void)pending;
	calls++;
	return 0;
}

static struct vfiomig_backend plain = {
	.size = sizeof plain,
	.api = VFIOMIG_BACKEND_API,
	.name = "plain",
	.threads = VFIOMIG_THREADS_PER_DEVICE,
	.open = plain_open,
	.close = plain_close,
	.query = plain_query,
	.get_state = plain_get_state,
	.set_state = plain_set_state,
	.read = plain_read,
	.write = plain_write,
	.pending = plain_pending
};

/* ---- a migration ---- */

enum { PACKET = 128 << 10, DEVICES = 8 };

static struct vfiomig *mig;
static struct vfiomig_device *device;
static struct vfiomig_channel *channel;
static atomic_int go;
static int told, seen;

static int
config_seen(void *opaque, const void *data, size_t size)
{
	(void)opaque;
	(void)data;
	(void)size;
	seen += told;
	return 0;
}

static void
device_make(const char *idstr, uint32_t flags)
{
	struct vfiomig_device_config config = {
		.size = sizeof config, .idstr = idstr, .backend = "plain",
		.flags = flags, .config_load = config_seen
	};

	expect(vfiomig_device_add(mig, &config, &device) == 0);
}

static void
channel_make(uint32_t flags)
{
	struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = -1, .flags = flags
	};

	expect(vfiomig_channel_open(mig, &config, &channel) == 0);
}

static void
mig_make(uint64_t packets)
{
	struct vfiomig_config config = {
		.size = sizeof config, .channels = 1,
		.packet_max = PACKET, .budget = packets * PACKET
	};

	expect(vfiomig_backend_register(&plain) == 0);
	expect(vfiomig_new(&mig, VFIOMIG_INCOMING, &config) == 0);
	hint_set(&go, 0);
}

static void
mig_drop(int round, void *arg)
{
	(void)round;
	(void)arg;
	vfiomig_free(mig);
}

static int
submit(uint32_t idx, bool config, size_t size)
{
	static unsigned char packet[VFIOMIG_PACKET_HEADER + PACKET];
	const uint32_t field[3] = { 0, idx, config };
	int k;

	for (k = 0; k < VFIOMIG_PACKET_HEADER; k++)
		packet[k] = (unsigned char)(field[k / 4] >> (24 - k % 4 * 8));
	return vfiomig_packet_submit(channel, device, packet,
	    VFIOMIG_PACKET_HEADER + size);
}

/* ---- failure: F1 -> F2 ---- */

static void
failure_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	mig_make(1);
}

static void
cancel_half(int round, void *arg)
{
	(void)round;
	(void)arg;
	vfiomig_cancel(mig);
}

static void
words_half(int round, void *arg)
{
	char words[200];

	(void)round;
	(void)arg;
	while (vfiomig_failure(mig, words, sizeof words) == 0)
		sched_yield();
	expect(strstr(words, "cancelled") != NULL);
}

static void
failure_litmus(void)
{
	litmus_run(50, failure_before, cancel_half, words_half, mig_drop, NULL);
}

/* ---- role: D2 -> D1 ---- */

static void
pending_half(int round, void *arg)
{
	struct vfiomig_pending pending = { .size = sizeof pending };

	(void)round;
	(void)arg;
	while (vfiomig_pending(device, &pending) == -EBUSY)
		sched_yield();
}

static void
role_litmus(void)
{
	mig_make(1);
	device_make("dev", 0);
	litmus_run(1000, NULL, pending_half, pending_half, NULL, NULL);
	vfiomig_free(mig);
}

/* ---- complete: C1 -> C2 ---- */

static void
complete_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	mig_make(2);
	device_make("dev", 0);
	channel_make(0);
	expect(submit(0, true, 1) == 0);
}

static void
drain_half(int round, void *arg)
{
	(void)round;
	(void)arg;
	expect(vfiomig_buffer_drain(device) == 0);
}

static void
resume_half(int round, void *arg)
{
	(void)round;
	(void)arg;
	while (vfiomig_resume(mig) == -EBUSY)
		sched_yield();
}

static void
complete_litmus(void)
{
	litmus_run(50, complete_before, drain_half, resume_half, mig_drop,
	    NULL);
}

/* ---- released: H1 -> H2 ---- */

static void
held_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	mig_make(2);
	device_make("dev", VFIOMIG_DEVICE_HOLD_CONFIG |
	    VFIOMIG_DEVICE_NONBLOCK);
	channel_make(0);
	expect(submit(0, true, 1) == 0);
	delay = true;
}

static void
release_half(int round, void *arg)
{
	(void)arg;
	hint_wait(&go, 1);
	told = round;
	vfiomig_config_release(device);
}

static void
held_half(int round, void *arg)
{
	(void)round;
	(void)arg;
	while (vfiomig_buffer_drain(device) == -EAGAIN)
		hint_set(&go, 1);
}

static void
held_after(int round, void *arg)
{
	delay = false;
	mig_drop(round, arg);
}

static void
held_litmus(void)
{
	litmus_run(50, held_before, release_half, held_half, held_after, NULL);
}

/* ---- aside: S2 -> S1 ---- */

static void
aside_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	mig_make(1);
	device_make("dev", 0);
	channel_make(VFIOMIG_CHANNEL_NONBLOCK);
	delay = true;
}

static void
aside_submit_half(int round, void *arg)
{
	uint32_t idx;
	int r;

	(void)round;
	(void)arg;
	for (idx = 0; idx <= 20; idx++) {
		while ((r = submit(idx, idx == 20, 64)) == -EAGAIN)
			;
		expect(r == 0);
	}
}

static void
aside_litmus(void)
{
	litmus_run(5, aside_before, drain_half, aside_submit_half, held_after,
	    NULL);
}

/* ---- tables: T, T1 -> T2 ---- */

static void
table_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	mig_make(DEVICES);
}

static void
add_half(int round, void *arg)
{
	char idstr[16];
	int k;

	(void)round;
	(void)arg;
	for (k = 0; k < DEVICES; k++) {
		snprintf(idstr, sizeof idstr, "dev%d", k);
		device_make(idstr, 0);
	}
}

static void
find_half(int round, void *arg)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	struct vfiomig_device *found;
	char idstr[16];
	int k;

	(void)round;
	(void)arg;
	for (k = 0; k < DEVICES; k++) {
		snprintf(idstr, sizeof idstr, "dev%d", k);
		while ((found = vfiomig_device_find(mig, idstr, 0)) == NULL)
			sched_yield();
		expect(vfiomig_device_stats(found, &stats) == 0);
	}
}

static void
find_litmus(void)
{
	litmus_run(20, table_before, add_half, find_half, mig_drop, NULL);
}

static void
count_half(int round, void *arg)
{
	struct vfiomig_stats stats = { .size = sizeof stats };

	(void)round;
	(void)arg;
	do
		expect(vfiomig_stats(mig, &stats) == 0);
	while (stats.devices < DEVICES);
}

static void
count_litmus(void)
{
	litmus_run(20, table_before, add_half, count_half, mig_drop, NULL);
}

static void
open_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	mig_make(1);
	device_make("dev", 0);
}

static void
open_half(int round, void *arg)
{
	(void)round;
	(void)arg;
	channel_make(0);
	expect(vfiomig_channel_close(channel) == 0);
}

static void
channels_half(int round, void *arg)
{
	struct vfiomig_stats stats = { .size = sizeof stats };

	(void)round;
	(void)arg;
	do
		expect(vfiomig_stats(mig, &stats) == 0);
	while (stats.channels_ended == 0);
}

static void
open_litmus(void)
{
	litmus_run(200, open_before, open_half, channels_half, mig_drop, NULL);
}

/* ---- the list of backends: B1 -> B2 ---- */

static void
register_half(int round, void *arg)
{
	static struct vfiomig_backend ops;
	char name[16];

	(void)arg;
	snprintf(name, sizeof name, "plain%d", round);
	ops = plain;
	ops.name = name;
	expect(vfiomig_backend_register(&ops) == 0);
}

static void
describe_half(int round, void *arg)
{
	char name[16], text[1000];

	(void)arg;
	snprintf(name, sizeof name, "plain%d", round);
	while (vfiomig_backend_describe(name, text, sizeof text) == -ENOENT)
		sched_yield();
}

static void
backend_litmus(void)
{
	litmus_run(100, NULL, register_half, describe_half, NULL, NULL);
}

/* ---- idle: who is not woken becomes idle after the putter's step ---- */

static struct {
	struct vfiomig mig;
	struct vfiomig_channel channel;
	atomic_int looked;
	int put;
	int seen;
} idle;

static void
idle_before(int round, void *arg)
{
	(void)round;
	(void)arg;
	idle_init(&idle.mig);
	idle.channel.looking = false;
	idle_look(&idle.channel);
}

static void
put_half(int round, void *arg)
{
	(void)arg;
	idle.put = round;
	idle_put(&idle.mig, 0);
	hint_set(&idle.looked, round);
}

static void
idle_half(int round, void *arg)
{
	(void)arg;
	if (round % 2)
		sched_yield();
	idle_begin(&idle.channel);
	hint_wait(&idle.looked, round);
	if (waiter_armed(&idle.channel.waiter))
		idle.seen += idle.put;
}

static void
idle_litmus(void)
{
	hint_set(&idle.looked, -1);
	idle.channel.mig = &idle.mig;
	idle.channel.waiter.fd = -1;
	atomic_init(&idle.mig.channel[0], &idle.channel);
	atomic_init(&idle.mig.channels, 1);
	litmus_run(1000, idle_before, put_half, idle_half, NULL, NULL);
}

int
main(int argc, char **argv)
{
	static const struct litmus all[] = {
		{ "failure", failure_litmus },
		{ "role", role_litmus },
		{ "complete", complete_litmus },
		{ "held", held_litmus },
		{ "aside", aside_litmus },
		{ "find", find_litmus },
		{ "count", count_litmus },
		{ "open", open_litmus },
		{ "backend", backend_litmus },
		{ "idle", idle_litmus },
		{ NULL, NULL }
	};

	return litmus_main(all, argc, argv);
}

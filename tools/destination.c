/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * destination.c - the receiving end; see destination.h
 *
 * Idea: a thread a connection finds out what came: a channel, which it lets
 * the library run, or QEMU's main stream, whose pre-copy data it loads
 * (follow.c).  Drains, a thread a device, start when every channel is there
 * and no pre-copy data can come any more: that has to be in the device ahead
 * of packet 0.  The main thread accepts and keeps watch over what the library
 * does not see: a gathering that does not go on, and the end of it
 * (handover.h).
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "destination.h"
#include "follow.h"
#include "handover.h"
#include "lib/wire.h"
#include "migration.h"
#include "network.h"

#define relaxed memory_order_relaxed

struct destination;

struct connection {
	struct destination *to;
	struct vfiomig_channel *_Atomic channel;	/* NULL: not one */
	int fd;
	_Atomic bool released;		/* the source let go (handover.h) */
};

struct destination {
	struct migration *m;
	struct inlet *inlet;
	struct connection connection[CHANNELS_MAX + 1];
	int connections;		/* started */
	_Atomic int channels;		/* of them are channels */
	_Atomic int mains;		/* are main streams */
	_Atomic int drained;		/* devices complete */
	_Atomic bool said;		/* that all is loaded */
	struct follow follow;		/* the main stream */
	bool draining;
	uint64_t moved, moved_at;	/* for the stall timeout */
};

struct drain {
	struct destination *to;
	uint32_t number;
};

/* ---- connections ---- */

/* Wait for the first four bytes without taking them.  True: "QEVM". */
static bool
connection_is_main(struct connection *c)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	uint8_t magic[4];
	ssize_t r;

	if (!handover_possible(c->fd))
		return false;
	while (!migration_failed(c->to->m, NULL, 0)) {
		if (poll(&pfd, 1, 100) <= 0)
			continue;
		r = recv(c->fd, magic, sizeof magic, MSG_PEEK | MSG_DONTWAIT);
		if (r == (ssize_t)sizeof magic)
			return wire_is_main(magic);
		if (r == 0 || (r < 0 && errno != EAGAIN && errno != EINTR) ||
		    pfd.revents & POLLHUP)
			return false;	/* the library says what is wrong */
		if (r > 0)
			poll(NULL, 0, 1);
	}
	return false;
}

static void
channel_receive(struct connection *c)
{
	struct migration *m = c->to->m;
	const struct vfiomig_channel_config config = {
		.size = sizeof config, .fd = c->fd
	};
	struct vfiomig_channel *channel;
	int r;

	r = vfiomig_channel_open(m->mig, &config, &channel);
	if (r < 0) {
		migration_fail(m, "one connection too many: channels=%u",
		    (uint32_t)m->options->channels);
		return;
	}
	atomic_store_explicit(&c->channel, channel, relaxed);
	migration_channel(m, channel);
	atomic_fetch_add_explicit(&c->to->channels, 1, relaxed);
	migration_wake(m);
	r = vfiomig_channel_run(channel);
	if (r == 0)
		vfiomig_channel_close(channel);
	if (r == -ENOTSUP)
		migration_fail(m, "a main stream, where a channel was "
		    "expected: fd=%d", c->fd);
}

static void *
connection_run(void *arg)
{
	struct connection *c = arg;

	if (!connection_is_main(c)) {
		channel_receive(c);
		return NULL;
	}
	if (atomic_fetch_add_explicit(&c->to->mains, 1, relaxed) != 0) {
		migration_fail(c->to->m, "a second main stream");
		return NULL;
	}
	migration_wake(c->to->m);
	follow_run(&c->to->follow, c->fd);
	return NULL;
}

static void
connection_start(struct destination *d, int fd)
{
	struct connection *c = &d->connection[d->connections];

	c->to = d;
	c->fd = fd;
	if (d->connections++ == 0)
		d->m->begin = d->moved_at = clock_ns();
	migration_start(d->m, connection_run, c);
}

/* The source lets go: a SYNC packet, after the word. */
static int
sync_seen(void *opaque, struct vfiomig_channel *channel, const void *header)
{
	struct destination *d = opaque;
	uint32_t flags;
	const char *why;
	int k;

	if (wire_header_decode(header, &flags, &why) < 0 ||
	    !(flags & WIRE_FLAG_SYNC) ||
	    !atomic_load_explicit(&d->said, memory_order_acquire))
		return 0;
	for (k = 0; k <= CHANNELS_MAX; k++)
		if (atomic_load_explicit(&d->connection[k].channel, relaxed) ==
		    channel)
			atomic_store_explicit(&d->connection[k].released,
			    true, relaxed);
	return 0;
}

/* ---- devices ---- */

static void *
device_drain(void *arg)
{
	struct drain *drain = arg;
	struct migration *m = drain->to->m;

	if (vfiomig_buffer_drain(m->device[drain->number]) == 0) {
		m->device_end[drain->number] = clock_ns();
		atomic_fetch_add_explicit(&drain->to->drained, 1,
		    memory_order_release);
	}
	return NULL;
}

/* --precopy, and then a drain for each device. */
static void
drains_start(struct destination *d, struct drain *drain)
{
	struct migration *m = d->m;
	uint32_t k;

	d->draining = true;
	if (!precopy_load(m))
		return;
	for (k = 0; k < m->devices; k++) {
		drain[k] = (struct drain){ d, k };
		if (migration_start(m, device_drain, &drain[k]) < 0)
			return;
	}
}

/* ---- the watch ---- */

static bool
all_are_there(struct destination *d)
{
	int channels = atomic_load_explicit(&d->channels, relaxed);
	int mains = atomic_load_explicit(&d->mains, relaxed);

	return channels == (int)d->m->options->channels &&
	    channels + mains == d->connections &&
	    (mains == 0 || follow_is_past(&d->follow));
}

static bool
all_are_loaded(struct destination *d)
{
	return d->draining && atomic_load_explicit(&d->drained,
	    memory_order_acquire) == (int)d->m->devices;
}

/* The stall timeout, where no drain waits. */
static void
watch(struct destination *d)
{
	uint64_t timeout = d->m->options->stall_timeout * 1000000;
	uint64_t moved = migration_moved(d->m) + follow_bytes(&d->follow) +
	    (uint64_t)d->connections;
	uint64_t now = clock_ns();

	if (moved != d->moved || timeout == 0 || d->connections == 0 ||
	    (d->draining && !all_are_loaded(d))) {
		d->moved = moved;
		d->moved_at = now;
	} else if (now - d->moved_at > timeout && !d->draining) {
		migration_fail(d->m, "peer is silent: connections=%d, "
		    "channels=%d, expected=%u, milliseconds=%llu",
		    d->connections, atomic_load_explicit(&d->channels,
		    relaxed), (uint32_t)d->m->options->channels,
		    (unsigned long long)(timeout / 1000000));
	} else if (now - d->moved_at > timeout) {
		migration_fail(d->m, "all is loaded, but the source does not "
		    "let go: milliseconds=%llu",
		    (unsigned long long)(timeout / 1000000));
	}
}

/* Say it to a source that waits for it, once. */
static void
loaded(struct destination *d)
{
	int k;

	if (atomic_exchange_explicit(&d->said, true, memory_order_release) ||
	    d->m->options->one_way ||
	    atomic_load_explicit(&d->mains, relaxed) != 0)
		return;
	for (k = 0; k < d->connections; k++)
		handover_say(d->connection[k].fd);
}

static void
accept_one(struct destination *d)
{
	int fd = inlet_accept(d->inlet);

	if (fd >= 0)
		connection_start(d, fd);
	else if (fd != -EAGAIN && fd != -EINTR && fd != -ECONNABORTED)
		migration_fail(d->m, "connection cannot be accepted: "
		    "error=%s", strerror(-fd));
}

/* Until every thread has ended and there is nothing to wait for. */
static void
destination_watch(struct destination *d, struct drain *drain)
{
	struct migration *m = d->m;
	int most = (int)m->options->channels + 1;

	while (!migration_failed(m, NULL, 0)) {
		bool more = !d->draining && d->connections < most;

		if (migration_tick(m, more ? d->inlet->listener : -1))
			accept_one(d);
		if (!d->draining && all_are_there(d))
			drains_start(d, drain);
		if (all_are_loaded(d))
			loaded(d);
		if (all_are_loaded(d) && atomic_load_explicit(&m->running,
		    memory_order_acquire) == 0)
			break;
		watch(d);
	}
	migration_join(m);
}

/* True when the source let go on every channel, where it was asked to. */
static bool
is_handed_over(struct destination *d)
{
	int k;

	if (d->m->options->one_way ||
	    atomic_load_explicit(&d->mains, relaxed) != 0)
		return true;
	for (k = 0; k < d->connections; k++)
		if (handover_possible(d->connection[k].fd) &&
		    !atomic_load_explicit(&d->connection[k].released,
		    relaxed))
			return false;
	return true;
}

static bool
destination_end(struct destination *d)
{
	struct migration *m = d->m;
	uint32_t k;
	int r;

	for (k = 0; k < m->devices; k++)
		if (m->device_end[k] > m->end)
			m->end = m->device_end[k];
	if (!migration_failed(m, NULL, 0) && !is_handed_over(d))
		migration_fail(m, "all is loaded, but the source ended "
		    "without letting go; one that cannot needs --one-way");
	if (!migration_failed(m, NULL, 0) && m->options->resume) {
		r = vfiomig_resume(m->mig);
		if (r < 0)
			migration_fail(m, "devices do not run: error=%s",
			    strerror(-r));
	}
	if (!migration_failed(m, NULL, 0))
		return true;
	m->end = m->begin != 0 ? clock_ns() : 0;
	migration_recover(m);
	return false;
}

bool
destination_run(struct migration *m, struct inlet *inlet)
{
	struct destination d = { .m = m, .inlet = inlet };
	struct drain drain[DEVICES_MAX];
	bool good;
	int k;

	follow_init(&d.follow, m);
	m->sync = sync_seen;
	/* cppcheck-suppress autoVariables ; taken back at the end */
	m->sync_opaque = &d;
	for (k = 0; k < inlet->count; k++)
		connection_start(&d, inlet->fd[k]);
	destination_watch(&d, drain);
	good = destination_end(&d);
	for (k = 0; inlet->listener >= 0 && k < d.connections; k++)
		close(d.connection[k].fd);
	m->sync = NULL;
	m->sync_opaque = NULL;
	return good;
}

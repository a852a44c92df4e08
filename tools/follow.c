/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * follow.c - QEMU's main stream; see follow.h
 *
 * Idea: mainstream.c finds what is for the devices, and here it is loaded.
 * Behind the switchover nothing there concerns us: it is read, so that the
 * source can write it, and it may have any form.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "follow.h"
#include "mainstream.h"
#include "migration.h"

#define relaxed memory_order_relaxed

void
follow_init(struct follow *f, struct migration *m)
{
	f->m = m;
	atomic_init(&f->bytes, 0);
	atomic_init(&f->past, false);
}

bool
follow_is_past(struct follow *f)
{
	return atomic_load_explicit(&f->past, memory_order_acquire);
}

uint64_t
follow_bytes(struct follow *f)
{
	return atomic_load_explicit(&f->bytes, relaxed);
}

/* The next bytes; 0 at the end or when the migration failed. */
static size_t
follow_read(struct follow *f, int fd, void *data, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t r;

	while (!migration_failed(f->m, NULL, 0)) {
		if (poll(&pfd, 1, 100) <= 0)
			continue;
		r = recv(fd, data, size, MSG_DONTWAIT);
		if (r < 0 && errno == ENOTSOCK)
			r = read(fd, data, size);
		if (r >= 0)
			return (size_t)r;
		if (errno != EAGAIN && errno != EINTR)
			migration_fail(f->m, "main stream cannot be read: "
			    "offset=%llu, error=%s", (unsigned long long)
			    follow_bytes(f), strerror(errno));
	}
	return 0;
}

/* The index of a device, @instance -1 for any, or the number of devices. */
static uint32_t
device_index(const struct migration *m, const char *idstr, int64_t instance)
{
	const struct device_list *list = &m->options->device;
	uint32_t k;

	for (k = 0; k < m->devices; k++)
		if (strcmp(list->item[k].idstr, idstr) == 0 &&
		    (instance < 0 || list->item[k].instance == instance))
			break;
	return k;
}

/* True when --precopy has data for it, which is then taken instead. */
static bool
precopy_has(const struct precopy_list *list, const char *idstr)
{
	size_t k;

	for (k = 0; k < list->count; k++)
		if (strcmp(list->item[k].idstr, idstr) == 0)
			return true;
	return false;
}

/* All that a device has been given is its initial data. */
static void
initial_note(struct vfiomig_device *device)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };

	if (vfiomig_device_stats(device, &stats) == 0)
		vfiomig_initial_set(device, stats.state_bytes);
}

static void
follow_past(struct follow *f)
{
	atomic_store_explicit(&f->past, true, memory_order_release);
	migration_wake(f->m);
}

static int
follow_event(void *opaque, const struct mainstream_event *event)
{
	struct follow *f = opaque;
	struct migration *m = f->m;
	uint32_t k;

	if (event->kind == MAINSTREAM_SWITCHOVER ||
	    event->kind == MAINSTREAM_END)
		follow_past(f);
	if (event->kind != MAINSTREAM_DATA &&
	    event->kind != MAINSTREAM_INITIAL)
		return 0;
	k = device_index(m, event->idstr, event->instance_id);
	if (k == m->devices) {
		migration_fail(m, "main stream has data of an unknown device: "
		    "device=\"%s\", instance=%u, offset=%llu", event->idstr,
		    event->instance_id, (unsigned long long)event->offset);
		return -EPROTO;
	}
	if (event->kind == MAINSTREAM_INITIAL)
		initial_note(m->device[k]);
	else if (!precopy_has(&m->options->precopy, event->idstr))
		return vfiomig_state_load(m->device[k], event->data,
		    event->size);
	return 0;
}

void
follow_run(struct follow *f, int fd)
{
	static char data[65536];
	struct mainstream *ms;
	size_t n;
	int r;

	r = mainstream_new(&ms, (uint32_t)f->m->options->page_size,
	    follow_event, f);
	if (r < 0) {
		migration_fail(f->m, "no memory for the main stream");
		return;
	}
	while ((n = follow_read(f, fd, data, sizeof data)) != 0) {
		atomic_fetch_add_explicit(&f->bytes, n, relaxed);
		if (r == 0)
			r = mainstream_feed(ms, data, n);
		if (r < 0 && !follow_is_past(f))
			migration_fail(f->m, "%s", mainstream_words(ms));
	}
	if (mainstream_end(ms) < 0 && !follow_is_past(f))
		migration_fail(f->m, "%s", mainstream_words(ms));
	mainstream_free(ms);
	follow_past(f);
}

bool
precopy_load(struct migration *m)
{
	const struct precopy_list *list = &m->options->precopy;
	uint32_t device;
	size_t k;
	int r;

	for (k = 0; k < list->count; k++) {
		device = device_index(m, list->item[k].idstr, -1);
		r = device == m->devices ? -ENOENT :
		    vfiomig_state_load(m->device[device], list->item[k].data,
		    list->item[k].size);
		if (r < 0)
			migration_fail(m, "pre-copy data is not loaded: "
			    "device=\"%s\", bytes=%zu, error=%s",
			    list->item[k].idstr, list->item[k].size,
			    strerror(-r));
	}
	return !migration_failed(m, NULL, 0);
}

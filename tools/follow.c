/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * follow.c - QEMU's main stream; see follow.h
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "follow.h"
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
		if (r >= 0)
			return (size_t)r;
		if (errno != EAGAIN && errno != EINTR)
			migration_fail(f->m, "main stream cannot be read: "
			    "offset=%llu, error=%s", (unsigned long long)
			    follow_bytes(f), strerror(errno));
	}
	return 0;
}

void
follow_run(struct follow *f, int fd)
{
	static char data[65536];
	size_t n;

	while ((n = follow_read(f, fd, data, sizeof data)) != 0)
		atomic_fetch_add_explicit(&f->bytes, n, relaxed);
	atomic_store_explicit(&f->past, true, memory_order_release);
	migration_wake(f->m);
}

/* The index of a device, by the name alone, or the number of devices. */
static uint32_t
device_by_name(const struct migration *m, const char *idstr)
{
	uint32_t k;

	for (k = 0; k < m->devices; k++)
		if (strcmp(m->options->device.item[k].idstr, idstr) == 0)
			break;
	return k;
}

bool
precopy_load(struct migration *m)
{
	const struct precopy_list *list = &m->options->precopy;
	uint32_t device;
	size_t k;
	int r;

	for (k = 0; k < list->count; k++) {
		device = device_by_name(m, list->item[k].idstr);
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

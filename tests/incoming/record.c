/* SPDX-License-Identifier: BSD-3-Clause */
/* record.c - a backend that is the tests' oracle; see record.h */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "tests/unit/suite.h"

/* A prime, so that no packet's size is a period of the stream. */
enum { TABLE = 65521 };

struct record record[RECORDS];
static uint8_t table[2 * TABLE];
static _Atomic int steps;

static const uint8_t *
stream_at(int device, uint64_t offset)
{
	return table + (offset + (uint64_t)device * 7919) % TABLE;
}

uint8_t
stream_byte(int device, uint64_t offset)
{
	return *stream_at(device, offset);
}

void
stream_fill(int device, uint64_t offset, void *data, size_t size)
{
	uint8_t *to = data;
	size_t n;

	for (; size > 0; size -= n, to += n, offset += n) {
		n = size < TABLE ? size : TABLE;
		memcpy(to, stream_at(device, offset), n);
	}
}

bool
stream_is(int device, uint64_t offset, const void *data, size_t size)
{
	const uint8_t *from = data;
	size_t n;

	for (; size > 0; size -= n, from += n, offset += n) {
		n = size < TABLE ? size : TABLE;
		if (memcmp(from, stream_at(device, offset), n) != 0)
			return false;
	}
	return true;
}

static int
record_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	struct record *r = &record[atoi(params)];

	if (r->open_error != 0)
		return r->open_error;
	(void)incoming;
	ck_assert(!r->open);
	r->number = atoi(params);
	r->host = host;
	r->open = true;
	atomic_store(&r->state, VFIOMIG_STATE_RUNNING);
	*device = r;
	return 0;
}

static void
record_close(void *device)
{
	struct record *r = device;

	ck_assert(r->open);
	r->open = false;
}

static int
record_query(void *device, uint32_t *can)
{
	struct record *r = device;

	*can = r->can != 0 ? r->can :
	    VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P;
	return r->query_error;
}

static int
record_get_state(void *device, uint32_t *state)
{
	struct record *r = device;

	*state = atomic_load(&r->state);
	return 0;
}

static int
record_set_state(void *device, uint32_t state)
{
	struct record *r = device;

	if (r->refuse_error != 0 && r->refuse == state)
		return r->refuse_error;
	atomic_store(&r->state, state);
	if (r->states < RECORD_STATES) {
		r->order[r->states] = atomic_fetch_add(&steps, 1);
		r->log[r->states++] = (uint8_t)state;
	}
	return 0;
}

static ssize_t
record_read(void *device, void *data, size_t size)
{
	(void)device;
	(void)data;
	(void)size;
	return -ENODEV;
}

static ssize_t
record_writev(void *device, const struct iovec *iov, int count)
{
	struct record *r = device;
	size_t size = 0, left, n;
	ssize_t took;
	int k;

	ck_assert_int_eq(atomic_fetch_add(&r->inside, 1), 0);
	ck_assert_uint_eq(atomic_load(&r->state), VFIOMIG_STATE_RESUMING);
	for (k = 0; k < count; k++)
		size += iov[k].iov_len;
	ck_assert_uint_gt(size, 0);
	ck_assert(count == 1 || (count <= 64 && size <= 1 << 20));
	r->writes++;
	took = r->write != NULL ? r->write(r, size) : (ssize_t)size;
	left = took < 0 ? 0 : (size_t)took < size ? (size_t)took : size;
	for (k = 0; k < count && left > 0; k++, left -= n) {
		n = iov[k].iov_len < left ? iov[k].iov_len : left;
		if (!stream_is(r->number, r->loaded, iov[k].iov_base, n))
			r->wrong++;
		r->loaded += n;
	}
	atomic_fetch_sub(&r->inside, 1);
	return took;
}

static ssize_t
record_write(void *device, const void *data, size_t size)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
	    .iov_len = size };

	return record_writev(device, &iov, 1);
}

static int
record_reset(void *device)
{
	struct record *r = device;

	r->resets++;
	atomic_store(&r->state, VFIOMIG_STATE_RUNNING);
	return 0;
}

static void
record_cancel(void *device)
{
	struct record *r = device;

	atomic_fetch_add(&r->cancels, 1);
}

static struct vfiomig_backend record_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "record",
	.open		= record_open,
	.close		= record_close,
	.query		= record_query,
	.get_state	= record_get_state,
	.set_state	= record_set_state,
	.read		= record_read,
	.write		= record_write,
	.writev		= record_writev,
	.reset		= record_reset,
	.cancel		= record_cancel,
};

struct vfiomig_backend
record_plain(void)
{
	struct vfiomig_backend plain = record_backend;

	plain.writev = NULL;
	return plain;
}

void
record_start(void)
{
	struct vfiomig_backend plain;
	uint64_t seed = 1;
	int k;

	for (k = 0; k < TABLE; k++)
		table[k] = table[k + TABLE] = (uint8_t)(seeded(&seed) >> 20);
	for (k = 0; k < RECORDS; k++)
		record[k] = (struct record) { .number = k };
	record_backend.size = sizeof record_backend;
	record_backend.api = VFIOMIG_BACKEND_API;
	ck_assert_int_eq(vfiomig_backend_register(&record_backend), 0);
	plain = record_plain();
	plain.name = "plain";
	ck_assert_int_eq(vfiomig_backend_register(&plain), 0);
}

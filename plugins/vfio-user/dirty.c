/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dirty.c - the memory a device in another process wrote to
 *
 * Idea: as the kernel's log, with the ranges and the bitmap in the message.
 * A bitmap larger than a message may carry is asked for in parts that begin
 * at whole words.  Bits are only ever set in the caller's bitmap, and none
 * beyond its last page, whatever the server sends.
 */
#include <errno.h>

#include "../say.h"
#include "device.h"
#include "protocol.h"

enum {
	RANGES_MAX	= 4096,
	WORD_BITS	= 64,
	WORDS_READ	= 512	/* of a bitmap at a time */
};

int
user_dirty_start(void *opaque, const struct vfiomig_range *ranges,
    uint32_t count, uint64_t *page_size)
{
	struct user_device *device = opaque;
	struct {
		struct feature head;
		struct logging_start start;
	} call, reply;
	const struct iovec iov[2] = {
		{ &call, sizeof call },
		{ (void *)(uintptr_t)ranges, count * sizeof *ranges }
	};
	uint32_t spare;
	int r;

	if (!(device->can & VFIOMIG_CAN_DIRTY))
		return -EOPNOTSUPP;
	if (count == 0 || ranges == NULL)
		return -EINVAL;
	if (count > RANGES_MAX)
		return -E2BIG;
	spare = count * (uint32_t)sizeof *ranges;
	call.head.argsz = (uint32_t)sizeof call + spare;
	call.head.flags = FEATURE_SET | FEATURE_LOGGING_START;
	call.start.page_size = *page_size;
	call.start.ranges = count;
	call.start.reserved = 0;
	r = user_settle(device);
	if (r == 0)
		r = conn_call(&device->conn, COMMAND_FEATURE, iov, 2, &reply,
		    sizeof reply, spare);
	if (r != 0)
		return user_failed(device, "dirty log did not start", r);
	if (reply.head.flags != call.head.flags)
		return conn_distrust(&device->conn,
		    "a reply about another feature came");
	if (reply.start.page_size != 0 && (reply.start.page_size &
	    (reply.start.page_size - 1)) == 0)
		*page_size = reply.start.page_size;
	return 0;
}

/* Set the reply's bits, @words of them, of which @pages count. */
static int
bitmap_read(struct user_device *device, uint64_t *bitmap, size_t words,
    uint64_t pages)
{
	uint64_t part[WORDS_READ];
	size_t n, k;
	int r;

	for (; words > 0; words -= n) {
		n = words < WORDS_READ ? words : WORDS_READ;
		r = conn_read(&device->conn, part, n * sizeof *part);
		if (r < 0)
			return r;
		for (k = 0; k < n; k++) {
			if (pages < WORD_BITS)
				part[k] &= (UINT64_C(1) << pages) - 1;
			pages -= pages < WORD_BITS ? pages : WORD_BITS;
			*bitmap++ |= part[k];
		}
	}
	return 0;
}

/* One message's worth: @pages from @iova. */
static int
part_report(struct user_device *device, uint64_t iova, uint64_t pages,
    uint64_t page_size, uint64_t *bitmap)
{
	struct {
		struct feature head;
		struct logging_report report;
	} call, reply;
	const struct iovec iov = { &call, sizeof call };
	size_t words = (size_t)((pages + WORD_BITS - 1) / WORD_BITS);
	uint32_t bytes = (uint32_t)(words * sizeof *bitmap), size;
	uint16_t id;
	int r;

	call.head.argsz = (uint32_t)sizeof call + bytes;
	call.head.flags = FEATURE_GET | FEATURE_LOGGING_REPORT;
	call.report.iova = iova;
	call.report.length = pages * page_size;
	call.report.page_size = page_size;
	r = conn_send(&device->conn, COMMAND_FEATURE, &iov, 1, &id);
	if (r == 0)
		r = conn_reply(&device->conn, COMMAND_FEATURE, id,
		    call.head.argsz, call.head.argsz, &size);
	if (r == 0)
		r = conn_read(&device->conn, &reply, sizeof reply);
	if (r == 0 && reply.head.flags != call.head.flags)
		r = conn_distrust(&device->conn,
		    "a reply about another feature came");
	return r < 0 ? r : bitmap_read(device, bitmap, words, pages);
}

int
user_dirty_report(void *opaque, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap)
{
	struct user_device *device = opaque;
	uint64_t most, pages, n;
	int r;

	if (!(device->can & VFIOMIG_CAN_DIRTY))
		return -EOPNOTSUPP;
	if (page_size == 0 || length == 0 || length % page_size != 0)
		return -EINVAL;
	/* whole words, and room for the heads */
	most = device->transfer > 128 ? (device->transfer - 64) / 8 *
	    WORD_BITS : WORD_BITS;
	r = user_settle(device);
	for (pages = length / page_size; pages > 0 && r == 0; pages -= n) {
		n = pages < most ? pages : most;
		r = part_report(device, iova, n, page_size, bitmap);
		iova += n * page_size;
		bitmap += n / WORD_BITS;
	}
	return r < 0 ? user_failed(device, "dirty pages are lost, take all as "
	    "dirty", r) : 0;
}

int
user_dirty_stop(void *opaque)
{
	struct user_device *device = opaque;
	int r;

	if (!(device->can & VFIOMIG_CAN_DIRTY))
		return -EOPNOTSUPP;
	r = user_feature(device, FEATURE_SET | FEATURE_LOGGING_STOP, NULL, 0,
	    0);
	return r < 0 ? user_failed(device, "dirty log did not stop", r) : 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * data.c - the state of a device in another process, read and written
 *
 * Idea: a read is a request and its reply, and the data goes from the socket
 * straight to the caller.  A write is sent and its reply taken later, up to
 * `window` of them being on their way, so that the server always has the next
 * one at hand.  The first reply that is an error ends the load; it is told at
 * the next write or at the move out of RESUMING, whichever comes first.
 *
 * The stream ends with a reply of no bytes; short ones are legal before.
 */
#include <errno.h>
#include <string.h>

#include "../say.h"
#include "../states.h"
#include "device.h"
#include "protocol.h"

ssize_t
user_read(void *opaque, void *data, size_t size)
{
	struct user_device *device = opaque;
	struct conn *conn = &device->conn;
	struct transfer call, reply = { 0, 0 };
	const struct iovec iov = { &call, sizeof call };
	uint32_t most, left = 0;
	uint16_t id;
	int r;

	if (!states_saving(device->state))
		return -ENODEV;
	if (conn_cancelled(conn))
		return -ECANCELED;
	if (size > device->transfer)
		size = device->transfer;
	most = (uint32_t)(sizeof call + size);
	call.argsz = most;
	call.size = (uint32_t)size;
	conn->heed = 1;
	r = conn_send(conn, COMMAND_DATA_READ, &iov, 1, &id);
	if (r == 0)
		r = conn_reply(conn, COMMAND_DATA_READ, id, sizeof reply,
		    most, &left);
	if (r == 0)
		r = conn_read(conn, &reply, sizeof reply);
	left -= (uint32_t)sizeof reply;
	if (r == 0 && reply.size > left)
		r = conn_distrust(conn, "more data was told than came");
	if (r == 0)
		r = conn_read(conn, data, reply.size);
	if (r == 0)
		r = conn_skip(conn, left - reply.size);
	conn->heed = 0;
	if (r == -ENOMSG && device->state != VFIOMIG_STATE_STOP_COPY)
		return 0;
	if (r < 0)
		return user_failed(device, "read failed",
		    r == -EINTR ? -EIO : r);
	return (ssize_t)reply.size;
}

/* Take the oldest write's reply. */
static int
reply_take(struct user_device *device)
{
	uint32_t size;
	int r;

	r = conn_reply(&device->conn, COMMAND_DATA_WRITE, device->oldest, 0,
	    0, &size);
	device->oldest++;
	device->outstanding--;
	if (r < 0 && device->load_error == 0) {
		device->load_error = r == -EINTR || r == -EAGAIN ? -EIO : r;
		user_failed(device, "write failed", device->load_error);
	}
	return device->conn.broken;
}

int
user_settle(struct user_device *device)
{
	int r = device->conn.broken;

	while (device->outstanding > 0 && r == 0)
		r = reply_take(device);
	return r;
}

/* The pieces' first bytes, as many as a message takes.  Their number. */
static int
pieces_cut(const struct user_device *device, struct iovec *to,
    const struct iovec *from, int count, uint32_t *size)
{
	size_t n, left = device->transfer;
	int k;

	for (k = 0; k < count && k < CONN_PIECES - 1 && left > 0; k++) {
		n = from[k].iov_len < left ? from[k].iov_len : left;
		to[k].iov_base = from[k].iov_base;
		to[k].iov_len = n;
		left -= n;
	}
	*size = (uint32_t)(device->transfer - left);
	return k;
}

/* Sent in any case but an error; the reply is taken when room is needed. */
static int
write_send(struct user_device *device, const struct iovec *iov, int count)
{
	uint16_t id;
	int r;

	while (device->outstanding >= device->params.window) {
		r = reply_take(device);
		if (r < 0)
			return r;
	}
	if (device->load_error < 0)
		return device->load_error;
	r = conn_send(&device->conn, COMMAND_DATA_WRITE, iov, count, &id);
	if (r < 0)
		return user_failed(device, "write failed", r);
	if (device->outstanding++ == 0)
		device->oldest = id;
	return 0;
}

ssize_t
user_writev(void *opaque, const struct iovec *iov, int count)
{
	struct user_device *device = opaque;
	struct iovec piece[CONN_PIECES];
	struct transfer call;
	int r;

	if (!states_loading(device->state))
		return -ENODEV;
	if (conn_cancelled(&device->conn))
		return -ECANCELED;
	if (device->tainted)
		return -EIO;
	count = pieces_cut(device, piece + 1, iov, count, &call.size);
	if (call.size == 0)
		return 0;
	call.argsz = (uint32_t)sizeof call + call.size;
	piece[0].iov_base = &call;
	piece[0].iov_len = sizeof call;
	device->conn.heed = 1;
	r = write_send(device, piece, count + 1);
	device->conn.heed = 0;
	if (r == 0)
		return (ssize_t)call.size;
	device->tainted = 1;
	if (device->load_error == 0)
		device->load_error = r;
	return r;
}

ssize_t
user_write(void *opaque, const void *data, size_t size)
{
	const struct iovec iov = { (void *)(uintptr_t)data, size };

	return user_writev(opaque, &iov, 1);
}

int
user_pending(void *opaque, struct vfiomig_pending *pending)
{
	struct user_device *device = opaque;
	uint64_t size = 0;
	int r;

	if (!device->have_data_size)
		return 0;
	r = user_feature(device, FEATURE_GET | FEATURE_DATA_SIZE, &size, 0,
	    sizeof size);
	if (r == 0)
		pending->stop_copy = size;
	return device->conn.broken;
}

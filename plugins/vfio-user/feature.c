/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * feature.c - DEVICE_FEATURE, the envelope of the migration features
 *
 * A server's reply to SET and PROBE echoes the request; to GET the data
 * follows the echo.  Whole structs are sent always: servers do not check how
 * much of one came.
 */
#include <errno.h>

#include "../say.h"
#include "device.h"
#include "protocol.h"

int
user_failed(struct user_device *device, const char *what, int error)
{
	const struct conn *conn = &device->conn;

	return say_error(device->host, error, "vfio-user: %s: errno=%d, "
	    "why=\"%s\"", what, -error, conn->broken != 0 ? conn->why :
	    "the server says so");
}

int
user_feature(struct user_device *device, uint32_t flags, void *data,
    uint32_t in, uint32_t out)
{
	struct feature head, echo;
	const struct iovec iov[2] = {
		{ &head, sizeof head },
		{ data, in }
	};
	uint32_t most, size;
	uint16_t id;
	int r;

	most = (in > out ? in : out) + (uint32_t)sizeof head;
	head.argsz = most;
	head.flags = flags;
	r = user_settle(device);
	if (r == 0)
		r = conn_send(&device->conn, COMMAND_FEATURE, iov, 2, &id);
	if (r == 0)
		r = conn_reply(&device->conn, COMMAND_FEATURE, id,
		    (uint32_t)sizeof head + out, most, &size);
	if (r == 0)
		r = conn_read(&device->conn, &echo, sizeof echo);
	if (r != 0)
		return r;
	if (echo.flags != flags)
		return conn_distrust(&device->conn,
		    "a reply about another feature came");
	r = conn_read(&device->conn, data, out);
	return r < 0 ? r : conn_skip(&device->conn, size - sizeof head - out);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * open.c - taking a device in another process into use
 *
 * Idea: the version is agreed on, what can be absent is asked for once, and
 * what is not there is not asked for again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../say.h"
#include "../states.h"
#include "device.h"
#include "json.h"
#include "protocol.h"

enum { CAPABILITIES_MAX = 4096 };

#define FLAGS_KNOWN (VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P | \
	VFIOMIG_CAN_PRE_COPY)

/* The server's limit on data in a message, from its capabilities. */
static int
transfer_settle(struct user_device *device, const char *text, size_t size)
{
	uint64_t theirs = USER_TRANSFER_MAX;
	int r = 0;

	if (size != 0 && text[size - 1] != '\0')
		return conn_distrust(&device->conn,
		    "the capabilities do not end");
	if (size > 1)
		r = user_json_number(text, size - 1, "capabilities",
		    "max_data_xfer_size", &theirs);
	if (r < 0 || theirs == 0)
		return conn_distrust(&device->conn,
		    "the capabilities make no sense");
	device->transfer = (uint32_t)(theirs < device->params.transfer ?
	    theirs : device->params.transfer);
	return 0;
}

static int
version_agree(struct user_device *device)
{
	struct version version = { PROTOCOL_MAJOR, PROTOCOL_MINOR };
	char text[CAPABILITIES_MAX];
	struct iovec iov[2] = {
		{ &version, sizeof version },
		{ text, 0 }
	};
	uint32_t size = 0;
	uint16_t id;
	int r;

	iov[1].iov_len = 1 + (size_t)snprintf(text, sizeof text,
	    "{\"capabilities\":{\"max_msg_fds\":1,"
	    "\"max_data_xfer_size\":%u}}", USER_TRANSFER_MAX);
	r = conn_send(&device->conn, COMMAND_VERSION, iov, 2, &id);
	if (r == 0)
		r = conn_reply(&device->conn, COMMAND_VERSION, id,
		    sizeof version, sizeof version + sizeof text, &size);
	if (r == 0)
		r = conn_read(&device->conn, &version, sizeof version);
	if (r == 0)
		r = conn_read(&device->conn, text, size - sizeof version);
	if (r < 0)
		return r;
	if (version.major != PROTOCOL_MAJOR || version.minor > PROTOCOL_MINOR)
		return conn_distrust(&device->conn,
		    "the server speaks another version");
	return transfer_settle(device, text, size - sizeof version);
}

/* 1, 0: not there; or the connection's break. */
static int
probe(struct user_device *device, uint32_t flags)
{
	int r = user_feature(device, FEATURE_PROBE | flags, NULL, 0, 0);

	return r == 0 ? 1 : device->conn.broken;
}

static int
options_probe(struct user_device *device)
{
	int r = 0;

	if (device->params.dirty)
		r = probe(device, FEATURE_SET | FEATURE_LOGGING_START);
	if (r > 0)
		device->can |= VFIOMIG_CAN_DIRTY;
	if (r >= 0)
		r = probe(device, FEATURE_GET | FEATURE_DATA_SIZE);
	device->have_data_size = r > 0;
	return r < 0 ? r : 0;
}

static int
device_setup(struct user_device *device)
{
	uint64_t flags = 0;
	int r = 0;

	device->transfer = (uint32_t)device->params.transfer;
	if (device->params.version)
		r = version_agree(device);
	if (r < 0)
		return user_failed(device, "no version was agreed on", r);
	r = user_feature(device, FEATURE_GET | FEATURE_MIGRATION, &flags, 0,
	    sizeof flags);
	if (r < 0 && device->conn.broken == 0)
		r = -EOPNOTSUPP;
	if (r < 0)
		return user_failed(device, "device cannot migrate", r);
	device->can = (uint32_t)(flags & FLAGS_KNOWN);
	if (!states_flags_legal(device->can))
		return say_error(device->host, -EOPNOTSUPP, "vfio-user: "
		    "migration flags make no sense: flags=%#llx",
		    (unsigned long long)flags);
	if (!device->params.precopy)
		device->can &= ~(uint32_t)VFIOMIG_CAN_PRE_COPY;
	r = options_probe(device);
	if (r == 0)
		r = user_get_state(device, &device->state);
	return r < 0 ? user_failed(device, "device cannot be asked", r) : 0;
}

int
user_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **opaque)
{
	struct user_device *device;
	int r;

	(void)incoming;
	device = calloc(1, sizeof *device);
	if (device == NULL)
		return -ENOMEM;
	device->host = host;
	r = user_params_read(host, params, &device->params);
	if (r < 0) {
		free(device);
		return r;
	}
	r = conn_open(&device->conn, device->params.socket[0] != '\0' ?
	    device->params.socket : NULL, device->params.fd,
	    (uint32_t)device->params.timeout);
	if (r < 0) {
		say(host, VFIOMIG_LOG_ERROR, "vfio-user: server cannot be "
		    "reached: socket=\"%s\", errno=%d",
		    device->params.socket, -r);
		free(device);
		return r;
	}
	r = device_setup(device);
	if (r < 0) {
		user_close(device);
		return r;
	}
	*opaque = device;
	return 0;
}

void
user_close(void *opaque)
{
	struct user_device *device = opaque;

	conn_close(&device->conn);
	free(device);
}

int
user_query(void *opaque, uint32_t *can)
{
	struct user_device *device = opaque;

	*can = device->can;
	return 0;
}

void
user_cancel(void *opaque)
{
	struct user_device *device = opaque;

	conn_cancel(&device->conn);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * client.h - a fixture: a server of the test's own, not started yet, and our
 * end of its connection
 */
#ifndef TESTS_VFIO_USER_CLIENT_H
#define TESTS_VFIO_USER_CLIENT_H

#include "../plugins/bench.h"
#include "server.h"

static const struct vfiomig_backend *user;
static struct server *server;
static int peer;

static inline void
setup(void)
{
	user = vfiomig_backend_v1_vfio_user_backend();
	server = server_new(&peer);
}

static inline void
teardown(void)
{
	close(peer);
	server_stop(server);
	server_free(server);
}

/* Start the server and open its device, with more @params. */
static inline void *
opened(const char *params, int incoming)
{
	char text[64];

	snprintf(text, sizeof text, "fd=%d%s", peer, params);
	server_start(server);
	return bench_open(user, text, incoming);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * server.h - a vfio-user server for the tests: one device, one connection, and
 * a vice when it is told
 *
 * It runs in a thread of its own from server_start to server_stop.  The test
 * sets the fields of the first part before, and reads those of the second
 * after server_stop only.
 */
#ifndef TESTS_VFIO_USER_SERVER_H
#define TESTS_VFIO_USER_SERVER_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "../../plugins/vfio-user/protocol.h"

#define SERVER_STREAM	(4u << 20)
#define SERVER_COMMANDS	32

/* What is wrong with one reply. */
enum vice {
	VICE_NONE,
	VICE_ID, VICE_COMMAND, VICE_TYPE,
	VICE_HEADER_SHORT, VICE_SIZE_HUGE, VICE_SIZE_LESS, VICE_SIZE_MORE,
	VICE_ERROR,		/* vice_error */
	VICE_ERROR_PAYLOAD,	/* ENOTCONN, with what would follow success */
	VICE_ERROR_HUGE,
	VICE_CLOSE,		/* in the middle of the header */
	VICE_SILENT,
	VICE_DRIP,		/* a byte now and then, for ever */
	VICE_FEATURE,		/* the echo is of another feature */
	VICE_TELLS_MORE,	/* data that is not in the message */
	VICE_FDS,		/* harmless: descriptors come with it */
	VICE_ASKS,		/* harmless: a command comes before it */
	VICE_ASKS_FOR_EVER,
	VICE_ASKS_HUGE		/* a command of 4 GiB */
};

struct server {
	int fd;				/* its end; closed by server_stop */
	uint32_t flags;			/* migration flags; 0: cannot */
	const char *capabilities;	/* NULL: those of libvfio-user */
	size_t capabilities_size;	/* 0: strlen + 1 */
	uint16_t major, minor;
	uint32_t read_max;		/* bytes in a read's reply at most */
	size_t give_size, initial;	/* of the stream; of it in PRE_COPY */
	unsigned char give[SERVER_STREAM];
	size_t refuse_at;		/* a write beyond is EINVAL; 0: none */
	int reset_stays;		/* a reset leaves the state alone */
	int no_dirty;
	enum vice vice;
	uint16_t vice_command;		/* on the vice_nth (0: each) of these */
	uint32_t vice_nth;
	uint32_t vice_error;

	uint32_t state;
	size_t given, taken;
	unsigned char take[SERVER_STREAM];
	uint32_t count[SERVER_COMMANDS];
	uint32_t largest_write, largest_read;
	uint32_t writes_after_refusal;
	uint32_t refused;		/* of our commands */
	uint32_t logging_ranges;	/* 0: off */
	uint32_t report_parts;

	pthread_t thread;
	unsigned char request[SERVER_STREAM + 64], reply[SERVER_STREAM + 64];
};

/* A fresh server in RUNNING with flags 5; *@peer: the client's end. */
struct server *server_new(int *peer);
void server_start(struct server *server);
/* The client's end must be closed or the vice a break.  Then server_free. */
void server_stop(struct server *server);
void server_free(struct server *server);

/* Open descriptors of this process. */
int server_count_fds(void);

#endif

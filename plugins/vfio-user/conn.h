/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * conn.h - a connection to a vfio-user server: requests out, replies in
 *
 * The server is not trusted.  What it sends is bounded by what was asked for;
 * a reply that does not fit, or does not come in time, breaks the connection:
 * nobody knows any more where a message begins, so every later call fails
 * with the code of the first break.  What a server sends beside replies is
 * refused (commands) or closed (descriptors).
 *
 * One thread at a time, but conn_cancel, which is for any.
 */
#ifndef PLUGINS_VFIO_USER_CONN_H
#define PLUGINS_VFIO_USER_CONN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct conn {
	int fd;
	int ours;		/* nonzero: closed by conn_close */
	int cancel_fd;		/* eventfd, readable for ever once cancelled */
	_Atomic int cancelled;
	uint32_t timeout;	/* ms from a call to its reply, whole */
	uint64_t deadline;	/* CLOCK_MONOTONIC, ns: of the current call */
	int heed;		/* nonzero: a cancel cuts the current call short */
	int hurried;		/* the deadline was cut short */
	uint16_t next_id;
	int broken;		/* 0, or the negative errno of the break */
	const char *why;	/* of the break */
};

/*
 * Connect to the UNIX socket @path, or take the connected socket @fd when
 * @path is NULL: that stays the caller's, its flags are not changed.
 * 0, or a negative errno, when nothing is open.
 */
int conn_open(struct conn *conn, const char *path, int fd, uint32_t timeout);
void conn_close(struct conn *conn);

/*
 * Calls made with heed set have CONN_GRACE ms from here to finish, so that the
 * connection is still good for recovery when the server answers at all; else
 * they break it with -ECANCELED.  Calls that do not heed are not touched.
 */
enum { CONN_GRACE = 500 };
void conn_cancel(struct conn *conn);
/* Nonzero after conn_cancel. */
int conn_cancelled(const struct conn *conn);

/*
 * Send a request: its payload is @count pieces, at most CONN_PIECES.  *@id is
 * what conn_reply wants.  0, -ETIMEDOUT, -ECANCELED, or as the socket says.
 */
enum { CONN_PIECES = 66 };
int conn_send(struct conn *conn, uint16_t command, const struct iovec *iov,
    int count, uint16_t *id);

/*
 * The head of the reply to request @id, the oldest that has none yet: *@size
 * bytes of payload follow, @least at least, @most at most.
 *
 * 0                 read them with conn_read, conn_skip
 * -EPROTO           not a reply, or not to this, or of a wrong size
 * -ETIMEDOUT -ECANCELED -EPIPE, or as the socket says
 * others            the server's own error, 1 to 4095: nothing follows, and
 *                   conn->broken is 0
 */
int conn_reply(struct conn *conn, uint16_t command, uint16_t id,
    uint32_t least, uint32_t most, uint32_t *size);

/* Exactly @size bytes of payload. */
int conn_read(struct conn *conn, void *data, size_t size);
int conn_skip(struct conn *conn, size_t size);

/*
 * A whole request: send @iov, put the reply's first @want bytes, which must
 * be there, into @reply, and skip up to @spare more.
 */
int conn_call(struct conn *conn, uint16_t command, const struct iovec *iov,
    int count, void *reply, uint32_t want, uint32_t spare);

/* A reply's payload makes no sense: break.  Returns -EPROTO. */
int conn_distrust(struct conn *conn, const char *why);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * channel.c - one connection: its opening and end, and the bytes of its fd
 *
 * Idea
 *
 *   The fd is the caller's and may be shared, so nothing about it is changed.
 *   A socket is read with MSG_DONTWAIT, and only when it has nothing is it
 *   polled, together with the failure's eventfd: so every wait ends with the
 *   migration, and a busy channel makes one system call a packet.  A regular
 *   file never waits.  Of anything else, poll says first that a read will not
 *   block.  The caller's own functions wait as they like.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* What kind of fd it is; 0, or the negative errno of fstat(2). */
static int
channel_kind(const struct vfiomig *mig,
    const struct vfiomig_channel_config *config, enum channel_kind *kind)
{
	struct stat st;

	*kind = KIND_CALLER;
	if (mig->direction == VFIOMIG_INCOMING ? config->readv != NULL :
	    config->writev != NULL)
		return 0;
	*kind = KIND_NONE;
	if (config->fd < 0)
		return 0;
	if (fstat(config->fd, &st) < 0)
		return -errno;
	*kind = S_ISSOCK(st.st_mode) ? KIND_SOCKET :
	    S_ISREG(st.st_mode) ? KIND_FILE : KIND_OTHER;
	return 0;
}

/* One of the expected channels is taken; false: all are. */
static bool
channel_admit(struct vfiomig *mig)
{
	uint32_t n = atomic_load_explicit(&mig->opened, relaxed);

	do {
		if (n >= mig->channels_expected)
			return false;
	} while (!atomic_compare_exchange_weak_explicit(&mig->opened, &n,
	    n + 1, relaxed, relaxed));
	return true;
}

static int
channel_new(struct vfiomig *mig, const struct vfiomig_channel_config *config,
    struct vfiomig_channel **channel)
{
	struct vfiomig_channel *ch;
	int r;

	ch = aligned_alloc(64, (sizeof *ch + 63) / 64 * 64);
	if (ch == NULL)
		return -ENOMEM;
	memset(ch, 0, sizeof *ch);
	ch->mig = mig;
	ch->fd = config->fd;
	ch->nonblock = config->flags & VFIOMIG_CHANNEL_NONBLOCK;
	ch->readv = config->readv;
	ch->writev = config->writev;
	ch->opaque = config->opaque;
	atomic_init(&ch->id, mig->direction == VFIOMIG_OUTGOING ?
	    (int32_t)config->id : -1);
	r = channel_kind(mig, config, &ch->kind);
	if (r == 0)
		r = waiter_init(&ch->waiter, ch->nonblock);
	if (r < 0) {
		free(ch);
		return r;
	}
	if (ch->kind != KIND_NONE)
		r = mig->direction == VFIOMIG_INCOMING ? reader_open(ch) :
		    writer_open(ch);
	if (r < 0)
		channel_free(ch);
	else
		*channel = ch;
	return r;
}

API int
vfiomig_channel_open(struct vfiomig *mig,
    const struct vfiomig_channel_config *given,
    struct vfiomig_channel **channel)
{
	struct vfiomig_channel_config config = { 0 };
	struct vfiomig_channel *ch;
	uint32_t number;
	int r;

	if (mig == NULL || given == NULL || channel == NULL ||
	    given->size < offsetof(struct vfiomig_channel_config, readv))
		return -EINVAL;
	memcpy(&config, given, given->size < sizeof config ? given->size :
	    sizeof config);
	if (config.flags & ~(uint32_t)VFIOMIG_CHANNEL_NONBLOCK ||
	    config.id > UINT8_MAX)
		return -EINVAL;
	r = failed(mig);
	if (r < 0)
		return r;
	if (atomic_load_explicit(&mig->devices, relaxed) == 0 ||
	    !channel_admit(mig))
		return -EBUSY;
	r = channel_new(mig, &config, &ch);
	if (r < 0) {
		atomic_fetch_sub_explicit(&mig->opened, 1, relaxed);
		return r;
	}
	number = atomic_fetch_add_explicit(&mig->channels, 1, relaxed);
	if (number >= CHANNELS_EVER) {
		atomic_fetch_sub_explicit(&mig->channels, 1, relaxed);
		atomic_fetch_sub_explicit(&mig->opened, 1, relaxed);
		channel_free(ch);
		return -EBUSY;
	}
	ch->number = (int)number;
	atomic_exchange_explicit(&mig->channel[number], ch, TABLE_T);
	*channel = ch;
	return 0;
}

void
channel_free(struct vfiomig_channel *ch)
{
	if (ch == NULL)
		return;
	waiter_destroy(&ch->waiter);
	reader_free(ch->reader);
	writer_free(ch->writer);
	free(ch);
}

int
channel_end(struct vfiomig_channel *ch)
{
	struct vfiomig *mig = ch->mig;
	uint32_t is = CHANNEL_OPEN;

	if (!atomic_compare_exchange_strong_explicit(&ch->ended, &is,
	    CHANNEL_ENDED, relaxed, relaxed))
		return failed(mig);
	say(mig, VFIOMIG_LOG_INFO, "channel ended: channel=%d, id=%d, "
	    "packets=%llu", ch->number, (int)atomic_load_explicit(&ch->id,
	    relaxed), (unsigned long long)counted(&ch->packets));
	if (mig->direction == VFIOMIG_OUTGOING)
		return outgoing_ended(mig);
	verdict_draw(mig, admission_channel_end(&mig->admission));
	return failed(mig);
}

API int
vfiomig_channel_close(struct vfiomig_channel *ch)
{
	if (ch == NULL)
		return -EINVAL;
	if (ch->closed)
		return failed(ch->mig);
	ch->closed = true;
	if (ch->mig->direction == VFIOMIG_OUTGOING) {
		writer_abandon(ch);
		outgoing_abandon(ch);
	} else {
		incoming_resume(ch);
		incoming_abandon(ch);
	}
	return channel_end(ch);
}

API int
vfiomig_channel_event_fd(struct vfiomig_channel *ch)
{
	return ch == NULL || ch->waiter.fd < 0 ? -EINVAL : ch->waiter.fd;
}

API int
vfiomig_channel_run(struct vfiomig_channel *ch)
{
	int r;

	if (ch == NULL || ch->kind == KIND_NONE)
		return -EINVAL;
	if (ch->closed)
		return -EBUSY;
	r = failed(ch->mig);
	if (r < 0)
		return r;
	if (ch->device != NULL && !ch->runs)
		return -EBUSY;		/* a packet is the caller's */
	ch->runs = true;
	r = ch->mig->direction == VFIOMIG_INCOMING ? reader_run(ch) :
	    writer_run(ch);
	if (r != -EAGAIN || ch->parked)
		return r;
	wait_over(ch->mig, &ch->waiter);	/* it waits for its fd */
	return failed(ch->mig) ? failed(ch->mig) : r;
}

API int
vfiomig_channel_read(struct vfiomig_channel *ch, void *data, size_t size)
{
	if (ch == NULL || data == NULL || ch->reader == NULL || !ch->runs)
		return -EINVAL;
	return reader_pull(ch, data, size);
}

int
iov_skip(struct iovec **iov, int n, size_t done)
{
	while (n > 0 && done >= (*iov)->iov_len) {
		done -= (*iov)->iov_len;
		(*iov)++;
		n--;
	}
	if (n > 0) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + done;
		(*iov)->iov_len -= done;
	}
	return n;
}

/* Wait until the fd is ready for @events or the migration failed. */
static int
channel_poll(struct vfiomig_channel *ch, short events, bool wait)
{
	struct vfiomig *mig = ch->mig;
	struct pollfd fds[2] = {
		{ .fd = ch->fd, .events = events },
		{ .fd = mig->failure.fd, .events = POLLIN }
	};
	bool stalls = events == POLLOUT && mig->stall_timeout != 0;
	uint64_t before = stalls ? migration_progress(mig) : 0, after;
	int r;

	for (;;) {
		count_own(&ch->calls, 1);
		r = poll(fds, 2, !wait ? 0 : stalls ?
		    (int)mig->stall_timeout : -1);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (failed(mig) != 0)
			return failed(mig);
		if (r > 0)
			return 0;
		if (r < 0)
			continue;
		if (!wait)
			return -EAGAIN;
		after = migration_progress(mig);
		if (after == before)
			return fail(mig, -ETIMEDOUT, "peer is silent: "
			    "channel=%d, milliseconds=%u", ch->number,
			    mig->stall_timeout);
		before = after;
	}
}

int
channel_wait(struct vfiomig_channel *ch)
{
	struct pollfd failure = {
		.fd = ch->mig->failure.fd, .events = POLLIN
	};

	if (ch->kind != KIND_CALLER)
		return channel_poll(ch, POLLIN, true);
	count_own(&ch->calls, 1);
	poll(&failure, 1, 1);		/* its fd, if it has one, is not ours */
	return failed(ch->mig);
}

/*
 * Write to a pipe or the like, which has no MSG_NOSIGNAL: SIGPIPE is blocked
 * for the call and, if this call raised it, taken back.  At most PIPE_BUF
 * bytes, which do not block when poll has said so.
 */
static ssize_t
channel_write_quiet(struct vfiomig_channel *ch, const struct iovec *iov)
{
	static const struct timespec now;
	sigset_t pipe_only, before, pending;
	ssize_t r;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
	r = write(ch->fd, iov->iov_base, iov->iov_len < PIPE_BUF ?
	    iov->iov_len : PIPE_BUF);
	if (r < 0)
		r = -errno;
	if (r == -EPIPE && !sigismember(&pending, SIGPIPE))
		sigtimedwait(&pipe_only, NULL, &now);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* One try; a socket never blocks in it. */
static ssize_t
channel_try(struct vfiomig_channel *ch, const struct iovec *iov, int n,
    bool out)
{
	struct msghdr msg = {
		.msg_iov = (struct iovec *)(uintptr_t)iov,
		.msg_iovlen = (size_t)n
	};
	ssize_t r;

	count_own(&ch->calls, 1);
	if (ch->kind == KIND_CALLER) {
		ssize_t (*call)(void *, const struct iovec *, int) =
		    out ? ch->writev : ch->readv;

		r = call == NULL ? -EINVAL : call(ch->opaque, iov, n);
		return r > 0 && (size_t)r > iov_size(iov, n) ? -EIO : r;
	}
	if (ch->kind == KIND_OTHER && out)
		return channel_write_quiet(ch, iov);
	if (ch->kind == KIND_SOCKET)
		r = out ? sendmsg(ch->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) :
		    recvmsg(ch->fd, &msg, MSG_DONTWAIT);
	else
		r = out ? writev(ch->fd, iov, n) : readv(ch->fd, iov, n);
	return r < 0 ? -errno : r;
}

static ssize_t
channel_io(struct vfiomig_channel *ch, const struct iovec *iov, int n,
    bool out)
{
	short events = out ? POLLOUT : POLLIN;
	bool first = ch->kind == KIND_OTHER;	/* poll before the try */
	bool away;				/* from the lines: it may block */
	ssize_t r;

	for (;;) {
		r = failed(ch->mig);
		if (r < 0)
			return r;
		away = out && (first || ch->kind == KIND_CALLER);
		if (away)
			idle_away(ch);
		if (first) {
			r = channel_poll(ch, events, !ch->nonblock);
			if (r < 0)
				return r;
		}
		r = channel_try(ch, iov, n, out);
		if (away)
			idle_look(ch);
		if (r == -EWOULDBLOCK)
			r = -EAGAIN;
		if (r > 0)
			count_own(&ch->wire_bytes, (uint64_t)r);
		if (r == -EAGAIN && (ch->nonblock || ch->kind == KIND_CALLER))
			return r;
		if (r != -EAGAIN && r != -EINTR)
			return r;
		first = r == -EAGAIN;
	}
}

ssize_t
channel_read(struct vfiomig_channel *ch, const struct iovec *iov, int n)
{
	return channel_io(ch, iov, n, false);
}

ssize_t
channel_write(struct vfiomig_channel *ch, const struct iovec *iov, int n)
{
	return channel_io(ch, iov, n, true);
}

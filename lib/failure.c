/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * failure.c - the first failure of a migration, in words
 *
 * Idea
 *
 *   The code is one atomic word that every call looks at.  The first who
 *   fails writes the words under the lock and then the code; from then on
 *   nothing of the failure changes.  It also makes the eventfd readable,
 *   which ends every poll, and wakes every sleeper.
 *
 * Ordering: F1 -> F2, and T against those who come meanwhile; see internal.h.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"

int
failure_init(struct failure *failure)
{
	atomic_init(&failure->code, 0);
	failure->text[0] = '\0';
	failure->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (failure->fd < 0)
		return -errno;
	pthread_mutex_init(&failure->lock, NULL);
	return 0;
}

void
failure_destroy(struct failure *failure)
{
	pthread_mutex_destroy(&failure->lock);
	close(failure->fd);
}

/* Wake it; an event loop that waits for something else is told as well. */
static void
failure_tell(struct waiter *waiter)
{
	if (waiter_wake(waiter) || waiter->fd >= 0)
		waiter_signal(waiter);
}

/* End every wait of the migration. */
static void
failure_spread(struct vfiomig *mig)
{
	struct vfiomig_channel *ch;
	uint64_t one = 1;
	uint32_t k, n;

	(void)!write(mig->failure.fd, &one, sizeof one);
	n = atomic_fetch_add_explicit(&mig->devices, 0, TABLE_T);
	for (k = 0; k < n; k++) {
		struct vfiomig_device *dev = mig->device[k];

		failure_tell(&dev->waiter);
		failure_tell(&dev->held);
		if (dev->backend->ops.cancel != NULL)
			dev->backend->ops.cancel(dev->handle);
	}
	for (k = 0; k < CHANNELS_EVER; k++) {
		ch = NULL;	/* changes nothing, but is a step of its own */
		if (!atomic_compare_exchange_strong_explicit(&mig->channel[k],
		    &ch, NULL, TABLE_T, TABLE_T2))
			failure_tell(&ch->waiter);
	}
}

/*
 * What a backend, a callback or an fd failed with becomes the code of every
 * later call.  There these mean "call again", "all is sent" and "no channel",
 * so they cannot be passed on; the words keep the number.
 */
static int
failure_code(int code)
{
	return code >= 0 || code == -EAGAIN || code == -ENODATA ||
	    code == -ENOTSUP ? -EIO : code;
}

int
fail(struct vfiomig *mig, int code, const char *format, ...)
{
	struct failure *failure = &mig->failure;
	char text[FAILURE_TEXT];
	va_list args;
	int first;

	first = failed(mig);
	if (first != 0)
		return first;
	code = failure_code(code);
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);

	pthread_mutex_lock(&failure->lock);
	first = atomic_load_explicit(&failure->code, relaxed);
	if (first == 0) {
		memcpy(failure->text, text, sizeof text);
		atomic_store_explicit(&failure->code, code, FAILURE_F1);
	}
	pthread_mutex_unlock(&failure->lock);
	if (first != 0)
		return first;

	failure_spread(mig);
	say(mig, VFIOMIG_LOG_ERROR, "%s", text);
	trace(mig, VFIOMIG_TRACE_FAILED, NULL, NULL, 0, (uint64_t)-code);
	return code;
}

void
say(struct vfiomig *mig, enum vfiomig_log_level level, const char *format,
    ...)
{
	char line[FAILURE_TEXT + 64];
	int saved = errno;
	va_list args;

	if (mig->log == NULL)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	mig->log(mig->opaque, level, line);
	errno = saved;
}

API int
vfiomig_failure(struct vfiomig *mig, char *text, size_t size)
{
	int code;

	if (mig == NULL || (text == NULL && size != 0))
		return -EINVAL;
	code = failed(mig);
	if (size != 0)
		snprintf(text, size, "%s", code ? mig->failure.text : "");
	return code;
}

API void
vfiomig_cancel(struct vfiomig *mig)
{
	if (mig != NULL)
		fail(mig, -ECANCELED, "migration cancelled by the caller");
}

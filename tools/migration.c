/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * migration.c - a migration as the tool runs it; see migration.h
 *
 * Idea: signals are blocked in every thread and read by the main thread from
 * a descriptor, together with the workers' news, so nothing ever runs in a
 * signal handler and a cancelled migration ends like any that failed.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "migration.h"
#include "progress.h"
#include "tracing.h"

enum { TICK = 100 };		/* milliseconds */

struct job {
	struct migration *m;
	void *(*run)(void *arg);
	void *arg;
};

uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- what the library says ---- */

static void
log_line(void *opaque, enum vfiomig_log_level level, const char *line)
{
	struct migration *m = opaque;

	pthread_mutex_lock(&m->lock);
	if (m->options->verbose || level == VFIOMIG_LOG_WARNING ||
	    (level == VFIOMIG_LOG_ERROR && m->words[0] == '\0')) {
		progress_erase(m->progress);
		complain("%s", line);
	}
	pthread_mutex_unlock(&m->lock);
}

static void
trace_event(void *opaque, const struct vfiomig_trace *event)
{
	struct migration *m = opaque;

	m->trace(m->trace_opaque, event);
}

static int
ram_packet(void *opaque, struct vfiomig_channel *channel, const void *header,
    size_t header_size, uint32_t payload)
{
	struct migration *m = opaque;

	(void)header_size;
	(void)payload;
	return m->sync == NULL ? 0 : m->sync(m->sync_opaque, channel, header);
}

/* ---- opening ---- */

static int
handle_new(struct migration *m)
{
	const struct options *o = m->options;
	const struct vfiomig_config config = {
		.size = sizeof config,
		.channels = (uint32_t)o->channels,
		.budget = o->budget,
		.packet_max = (uint32_t)o->packet_max,
		.window = (uint32_t)o->window,
		.stall_timeout = (uint32_t)o->stall_timeout,
		.page_size = (uint32_t)o->page_size,
		.uuid = o->uuid.given ? o->uuid.byte : NULL,
		.log = log_line,
		.trace = m->trace != NULL ? trace_event : NULL,
		.ram = m->direction == VFIOMIG_INCOMING ? ram_packet : NULL,
		.opaque = m
	};
	int r;

	r = vfiomig_new(&m->mig, m->direction, &config);
	if (r == -EINVAL)
		complain("--budget is below --packet-max, or --page-size is "
		    "no power of two");
	else if (r < 0)
		complain("migration cannot be made: budget=%llu, error=%s",
		    (unsigned long long)o->budget, strerror(-r));
	return r == 0 ? 0 : r == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

static int
devices_open(struct migration *m)
{
	const struct options *o = m->options;
	size_t k;
	int r;

	r = devices_register();
	if (r < 0)
		return EXIT_FAILED;
	for (k = 0; k < o->plugin.count; k++)
		if (devices_plugin(o->plugin.path[k]) < 0)
			return EXIT_FAILED;
	r = handle_new(m);
	if (r != 0)
		return r;
	r = devices_add(m->mig, &o->device, m->device);
	if (r == 0)
		m->devices = (uint32_t)o->device.count;
	return r == 0 ? 0 : r == -EINVAL || r == -ENOBUFS ? EXIT_USAGE :
	    EXIT_FAILED;
}

static int
signals_take(struct migration *m)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);	/* nobody reads what we say: go on */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	m->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	m->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->signal_fd >= 0 && m->wake_fd >= 0)
		return 0;
	complain("no descriptor: error=%s", strerror(errno));
	return EXIT_FAILED;
}

int
migration_open(struct migration *m, const struct options *options,
    enum vfiomig_direction direction)
{
	int r;

	m->options = options;
	m->direction = direction;
	m->signal_fd = m->wake_fd = -1;
	pthread_mutex_init(&m->lock, NULL);
	r = tracing_begin(m) ? devices_open(m) : EXIT_FAILED;
	if (r == 0)
		r = signals_take(m);
	if (r != 0)
		migration_close(m);
	return r;
}

void
migration_close(struct migration *m)
{
	vfiomig_free(m->mig);
	progress_free(m->progress);
	if (m->signal_fd >= 0)
		close(m->signal_fd);
	if (m->wake_fd >= 0)
		close(m->wake_fd);
	pthread_mutex_destroy(&m->lock);
}

/* ---- threads ---- */

static void *
job_run(void *arg)
{
	struct job job = *(struct job *)arg;

	free(arg);
	job.run(job.arg);
	atomic_fetch_sub_explicit(&job.m->running, 1, memory_order_release);
	migration_wake(job.m);
	return NULL;
}

int
migration_start(struct migration *m, void *(*run)(void *), void *arg)
{
	struct job *job = malloc(sizeof *job);
	sigset_t all, before;
	int r = ENOMEM;

	if (job != NULL && m->threads < THREADS_MAX) {
		*job = (struct job){ m, run, arg };
		atomic_fetch_add_explicit(&m->running, 1,
		    memory_order_relaxed);
		sigfillset(&all);
		pthread_sigmask(SIG_BLOCK, &all, &before);
		r = pthread_create(&m->thread[m->threads], NULL, job_run,
		    job);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	if (r == 0) {
		m->threads++;
		return 0;
	}
	if (job != NULL && m->threads < THREADS_MAX)
		atomic_fetch_sub_explicit(&m->running, 1,
		    memory_order_relaxed);
	free(job);
	migration_fail(m, "no thread: error=%s", strerror(r));
	return -r;
}

void
migration_channel(struct migration *m, struct vfiomig_channel *channel)
{
	uint32_t n;

	pthread_mutex_lock(&m->lock);
	n = atomic_load_explicit(&m->channels, memory_order_relaxed);
	atomic_store_explicit(&m->channel[n], channel, memory_order_relaxed);
	atomic_store_explicit(&m->channels, n + 1, memory_order_release);
	pthread_mutex_unlock(&m->lock);
}

void
migration_wake(struct migration *m)
{
	uint64_t one = 1;

	(void)!write(m->wake_fd, &one, sizeof one);
}

bool
migration_tick(struct migration *m, int fd)
{
	struct pollfd fds[3] = {
		{ .fd = m->signal_fd, .events = POLLIN },
		{ .fd = m->wake_fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN }
	};
	struct signalfd_siginfo info;
	uint64_t count;

	poll(fds, fd >= 0 ? 3 : 2, TICK);
	(void)!read(m->wake_fd, &count, sizeof count);
	if (read(m->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
		migration_fail(m, "stopped by a signal: signal=%u",
		    info.ssi_signo);
	progress_draw(m->progress, m, false);
	return fd >= 0 && fds[2].revents != 0;
}

void
migration_join(struct migration *m)
{
	while (atomic_load_explicit(&m->running, memory_order_acquire) != 0)
		migration_tick(m, -1);
	while (m->threads > 0)
		pthread_join(m->thread[--m->threads], NULL);
}

uint64_t
migration_moved(struct migration *m)
{
	struct vfiomig_channel_stats cs = { .size = sizeof cs };
	struct vfiomig_stats s = { .size = sizeof s };
	uint64_t sum = 0;
	uint32_t k;

	for (k = 0; k < atomic_load_explicit(&m->channels,
	    memory_order_acquire); k++) {
		vfiomig_channel_stats(m->channel[k], &cs);
		sum += cs.wire_bytes;
	}
	vfiomig_stats(m->mig, &s);
	return sum + s.bytes_done;
}

/* ---- failure ---- */

void
migration_fail(struct migration *m, const char *format, ...)
{
	va_list args;

	if (vfiomig_failure(m->mig, NULL, 0) != 0)
		return;
	pthread_mutex_lock(&m->lock);
	if (m->words[0] == '\0') {
		va_start(args, format);
		vsnprintf(m->words, sizeof m->words, format, args);
		va_end(args);
		progress_erase(m->progress);
		complain("%s", m->words);
	}
	pthread_mutex_unlock(&m->lock);
	vfiomig_cancel(m->mig);
	migration_wake(m);
}

bool
migration_failed(struct migration *m, char *text, size_t size)
{
	int r = vfiomig_failure(m->mig, text, size);

	if (r == 0)
		return false;
	pthread_mutex_lock(&m->lock);
	if (r == -ECANCELED && m->words[0] != '\0' && size != 0)
		snprintf(text, size, "%s", m->words);
	pthread_mutex_unlock(&m->lock);
	return true;
}

void
migration_recover(struct migration *m)
{
	int r = vfiomig_recover(m->mig);

	if (r < 0)
		complain("not every device is where it should be: error=%s",
		    strerror(-r));
}

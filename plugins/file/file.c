/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * file.c - a device that is a snapshot: its stream in one file, its config
 * state in another
 *
 *	path=FILE	the stream; incoming: replaced when the load is whole
 *	fd=N		in place of path: a regular file (a memfd) of the
 *			caller's, never closed; from its present offset
 *	config=FILE	the config state; without it: dropped, saved as empty
 *	sync		incoming: on disk before it counts as whole
 *
 * Idea: what can be opened is opened by open, before a sandbox closes; after
 * that the calls are pread, pwritev, fstat, ftruncate, fsync, openat,
 * renameat, unlinkat and close.
 *
 * Invariant: no file of a load that failed carries the name of a whole one.
 * The stream is renamed last, so where it is, its config state is too.
 *
 * It has every state and keeps their order, so that several of them migrate
 * as real devices do; in PRE_COPY it has nothing to read.
 */
#include <errno.h>
#include <stdlib.h>

#include "../params.h"
#include "../say.h"
#include "../states.h"
#include "sink.h"
#include "source.h"

#define FILE_FLAGS \
	(VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_P2P | VFIOMIG_CAN_PRE_COPY)

struct file {
	const struct vfiomig_host *host;
	uint32_t state;
	int incoming;
	int sync;
	struct source stream_source;	/* outgoing */
	struct source config_source;
	struct sink stream;		/* incoming */
	struct sink config;
};

/* What open was asked for. */
struct file_params {
	char path[PARAMS_VALUE_MAX];
	char config[PARAMS_VALUE_MAX];
	int fd;
	int sync;
};

static int
params_read(const struct vfiomig_host *host, const char *text,
    struct file_params *p)
{
	struct param_text path = { p->path, sizeof p->path };
	struct param_text config = { p->config, sizeof p->config };
	const struct param table[] = {
		{ "path", param_text, &path },
		{ "config", param_text, &config },
		{ "fd", param_fd, &p->fd },
		{ "sync", param_flag, &p->sync },
	};
	char why[256];

	p->fd = -1;
	if (params_parse(text, table, sizeof table / sizeof *table, why,
	    sizeof why) < 0)
		return say_error(host, -EINVAL, "file: %s", why);
	if ((p->path[0] == '\0') == (p->fd < 0))
		return say_error(host, -EINVAL, "file: parameters are "
		    "incomplete: why=\"one of path and fd is needed\"");
	return 0;
}

static int
outgoing_open(struct file *file, const struct file_params *p,
    const char **culprit)
{
	int error;

	*culprit = p->fd >= 0 ? "fd" : p->path;
	error = p->fd >= 0 ? source_fd(&file->stream_source, p->fd) :
	    source_path(&file->stream_source, p->path);
	if (error < 0 || p->config[0] == '\0')
		return error;
	*culprit = p->config;
	return source_path(&file->config_source, p->config);
}

static int
incoming_open(struct file *file, const struct file_params *p,
    const char **culprit)
{
	int error;

	*culprit = p->fd >= 0 ? "fd" : p->path;
	error = p->fd >= 0 ? sink_fd(&file->stream, p->fd) :
	    sink_path(&file->stream, p->path);
	if (error == 0)
		error = sink_open(&file->stream);
	if (error < 0 || p->config[0] == '\0')
		return error;
	*culprit = p->config;
	error = sink_path(&file->config, p->config);
	if (error == 0)
		error = sink_open(&file->config);
	return error;
}

static void
file_close(void *device)
{
	struct file *file = device;

	sink_free(&file->stream);
	sink_free(&file->config);
	source_free(&file->stream_source);
	source_free(&file->config_source);
	free(file);
}

static int
file_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	struct file_params *p;
	const char *culprit;
	struct file *file;
	int error;

	p = calloc(1, sizeof *p);
	file = calloc(1, sizeof *file);
	if (p == NULL || file == NULL) {
		free(p);
		free(file);
		return -ENOMEM;
	}
	file->host = host;
	file->state = VFIOMIG_STATE_RUNNING;
	file->incoming = incoming;
	source_init(&file->stream_source);
	source_init(&file->config_source);
	sink_init(&file->stream);
	sink_init(&file->config);

	error = params_read(host, params, p);
	if (error == 0) {
		file->sync = p->sync;
		error = incoming ? incoming_open(file, p, &culprit) :
		    outgoing_open(file, p, &culprit);
		if (error < 0)
			say(host, VFIOMIG_LOG_ERROR, "file: cannot be opened: "
			    "file=%.256s, error=%d", culprit, error);
	}
	free(p);
	if (error < 0)
		file_close(file);
	else
		*device = file;
	return error;
}

static int
file_query(void *device, uint32_t *can)
{
	(void)device;
	*can = FILE_FLAGS;
	return 0;
}

static int
file_get_state(void *device, uint32_t *state)
{
	struct file *file = device;

	*state = file->state;
	return 0;
}

/* What a step of the way from @from to @to does to the files. */
static int
file_step(struct file *file, uint32_t from, uint32_t to)
{
	const struct vfiomig_host *host = file->host;
	int error = 0;

	if (states_loading(from) && host != NULL && host->cancelled != NULL &&
	    host->cancelled(host)) {	/* stopped because it failed */
		sink_discard(&file->stream);
		sink_discard(&file->config);
	} else if (states_loading(to)) {
		if (!file->incoming)
			return -EOPNOTSUPP;
		error = sink_open(&file->stream);
		if (error == 0)
			error = sink_open(&file->config);
	} else if (states_loading(from)) {
		error = sink_commit(&file->config, file->sync);
		if (error == 0)
			error = sink_commit(&file->stream, file->sync);
	} else if (states_saving(to) && !states_saving(from)) {
		source_rewind(&file->stream_source);
	}
	if (error < 0)
		say(file->host, VFIOMIG_LOG_ERROR, "file: step failed: "
		    "from=%s, to=%s, error=%d", states_name(from),
		    states_name(to), error);
	return error;
}

static int
file_set_state(void *device, uint32_t state)
{
	struct file *file = device;
	int step, error;

	if (states_next(FILE_FLAGS, file->state, state) < 0)
		return -EINVAL;
	while (file->state != state) {
		step = states_next(FILE_FLAGS, file->state, state);
		error = file_step(file, file->state, (uint32_t)step);
		if (error < 0)
			return error;
		file->state = (uint32_t)step;
	}
	return 0;
}

static ssize_t
file_read(void *device, void *data, size_t size)
{
	struct file *file = device;

	if (!states_saving(file->state))
		return -ENODEV;
	if (file->state != VFIOMIG_STATE_STOP_COPY)
		return 0;
	return source_read(&file->stream_source, data, size);
}

static ssize_t
file_writev(void *device, const struct iovec *iov, int count)
{
	struct file *file = device;

	if (!states_loading(file->state))
		return -ENODEV;
	return sink_writev(&file->stream, iov, count);
}

static ssize_t
file_write(void *device, const void *data, size_t size)
{
	struct iovec iov = { (void *)(uintptr_t)data, size };

	return file_writev(device, &iov, 1);
}

static int
file_reset(void *device)
{
	struct file *file = device;

	sink_discard(&file->stream);
	sink_discard(&file->config);
	file->state = VFIOMIG_STATE_RUNNING;
	return 0;
}

static void
file_cancel(void *device)
{
	(void)device;		/* regular files only: nothing blocks for long */
}

static int
file_config_load(void *device, const void *data, size_t size)
{
	struct file *file = device;
	struct iovec iov = { (void *)(uintptr_t)data, size };
	ssize_t n;

	if (file->config.fd < 0)
		return 0;
	while (iov.iov_len > 0) {
		n = sink_writev(&file->config, &iov, 1);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		iov.iov_base = (char *)iov.iov_base + n;
		iov.iov_len -= (size_t)n;
	}
	return 0;
}

static ssize_t
file_config_save(void *device, void *data, size_t size)
{
	struct file *file = device;
	size_t have = 0;
	uint64_t left;
	ssize_t n = 1;
	int error;

	source_rewind(&file->config_source);
	error = source_left(&file->config_source, &left);
	if (error < 0)
		return error;
	if (left > size)
		return say_error(file->host, -EMSGSIZE, "file: config state is "
		    "too long: bytes=%llu, room=%zu", (unsigned long long)left,
		    size);
	while (have < left && n != 0) {
		n = source_read(&file->config_source, (char *)data + have,
		    size - have);
		if (n < 0 && n != -EINTR)
			return n;
		if (n > 0)
			have += (size_t)n;
	}
	return (ssize_t)have;
}

static int
file_pending(void *device, struct vfiomig_pending *pending)
{
	struct file *file = device;

	return source_left(&file->stream_source, &pending->stop_copy);
}

static struct vfiomig_backend file_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "file",
	.description	= "a snapshot: path=FILE or fd=N, config=FILE",
	.open		= file_open,
	.close		= file_close,
	.query		= file_query,
	.get_state	= file_get_state,
	.set_state	= file_set_state,
	.read		= file_read,
	.write		= file_write,
	.writev		= file_writev,
	.reset		= file_reset,
	.cancel		= file_cancel,
	.config_load	= file_config_load,
	.config_save	= file_config_save,
	.pending	= file_pending,
};
VFIOMIG_BACKEND(file_backend)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * confined SOURCE DESTINATION - both halves of a migration inside sandboxes
 *
 * One real device's state goes to another, with each end's work done on
 * threads that may make no system calls but those listed: with pre-copy and
 * the record of dirty pages, with all that is optional refused, and with the
 * two ioctls alone that stopcopy=1 promises.
 */
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vfiomig/vfiomig.h>

#include "../../plugins/builtin.h"
#include "report.h"
#include "sandbox.h"
#include "uart.h"

#define CHANNELS 2

struct side {
	struct uart *uart;
	struct vfiomig *migration;
	struct vfiomig_device *device;
	struct channel {
		struct vfiomig_channel *channel;
		pthread_t thread;
		int fd, error;
	} channels[CHANNELS];
};

static const struct way {
	const char *what;
	enum sandbox_ioctls ioctls;
	const char *params;
	int pipes;
	uint64_t early;			/* bytes that pre-copy is to give */
} ways[] = {
	{ "sockets, pre-copy", SANDBOX_ALL, "", 0, 24 },
	{ "pipes, pre-copy", SANDBOX_ALL, "", 1, 24 },
	{ "all that is optional refused", SANDBOX_REFUSES, "", 0, 24 },
	{ "stop-copy mode", SANDBOX_STOP_COPY, ",stopcopy=1", 0, 0 },
};

static const struct way *way;

static void *
channel_run(void *opaque)
{
	struct channel *channel = opaque;

	sandbox_enter();
	channel->error = vfiomig_channel_run(channel->channel);
	vfiomig_channel_close(channel->channel);
	close(channel->fd);
	return NULL;
}

static void
side_open(struct side *side, enum vfiomig_direction direction,
    const char *place)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = CHANNELS };
	struct vfiomig_device_config device = { .size = sizeof device,
	    .idstr = "a/vfio", .backend = "vfio" };
	char params[64];

	side->uart = uart_open(place);
	must(side->uart != NULL, "no device at %s", place);
	snprintf(params, sizeof params, "fd=%d%s", uart_fd(side->uart),
	    way->params);
	device.params = params;
	must(vfiomig_new(&side->migration, direction, &config) == 0 &&
	    vfiomig_device_add(side->migration, &device, &side->device) == 0,
	    "no migration");
}

static void
side_connect(struct side *side, uint32_t id, int fd)
{
	struct vfiomig_channel_config config = { .size = sizeof config,
	    .fd = fd, .id = id };
	struct channel *channel = &side->channels[id];

	channel->fd = fd;
	must(vfiomig_channel_open(side->migration, &config,
	    &channel->channel) == 0, "no channel");
	pthread_create(&channel->thread, NULL, channel_run, channel);
}

static void
sides_connect(struct side *from, struct side *to)
{
	uint32_t id;
	int fds[2];

	for (id = 0; id < CHANNELS; id++) {
		must((way->pipes ? pipe(fds) : socketpair(AF_UNIX,
		    SOCK_STREAM, 0, fds)) == 0, "no connection");
		side_connect(to, id, fds[0]);
		side_connect(from, id, fds[1]);
	}
}

static void
side_end(struct side *side, const char *what)
{
	char text[512];
	uint32_t id;

	for (id = 0; id < CHANNELS; id++)
		pthread_join(side->channels[id].thread, NULL);
	vfiomig_failure(side->migration, text, sizeof text);
	for (id = 0; id < CHANNELS; id++)
		must(side->channels[id].error == 0, "%s, %s: %d %s",
		    way->what, what, side->channels[id].error, text);
}

/* The device's record of its writes; the sample's can be begun and ended. */
static int
dirty_record(struct vfiomig_device *device)
{
	struct vfiomig_range range = { 0, 1 << 20 };
	uint64_t page_size = 4096;
	int error;

	error = vfiomig_dirty_start(device, &range, 1, &page_size);
	return error < 0 ? error : vfiomig_dirty_stop(device);
}

static int
save(void *opaque)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	struct side *side = opaque;
	ssize_t n;
	int error;

	error = dirty_record(side->device);
	if (error == 0)
		error = vfiomig_precopy(side->migration);
	if (error == 0)
		error = vfiomig_pending(side->device, &pending);
	if (error < 0)
		return error;
	n = vfiomig_buffer_prefill(side->device, 1 << 20);
	if (n != (ssize_t)way->early)
		return n < 0 ? (int)n : -1;
	error = vfiomig_quiesce(side->migration);
	return error < 0 ? error : vfiomig_buffer_fill(side->device);
}

static int
resume(void *opaque)
{
	struct side *side = opaque;

	return vfiomig_resume(side->migration);
}

static void *
drain_run(void *opaque)
{
	struct side *side = opaque;

	sandbox_enter();
	vfiomig_buffer_drain(side->device);	/* resume tells */
	return NULL;
}

static void
move(const char *source, const char *destination, unsigned int seed)
{
	char wanted[UART_TEXT], found[UART_TEXT];
	struct side from = { 0 }, to = { 0 };
	pthread_t drain;
	int error;

	sandbox_ioctls(way->ioctls);
	side_open(&from, VFIOMIG_OUTGOING, source);
	side_open(&to, VFIOMIG_INCOMING, destination);
	uart_fill(from.uart, seed);
	uart_fill(to.uart, seed + 1);
	sides_connect(&from, &to);
	pthread_create(&drain, NULL, drain_run, &to);
	error = sandbox_call(save, &from);
	must(error == 0, "%s: save: %d", way->what, error);
	pthread_join(drain, NULL);
	side_end(&from, "source");
	side_end(&to, "destination");
	error = sandbox_call(resume, &to);
	must(error == 0, "%s: resume: %d", way->what, error);
	uart_read(to.uart, found, sizeof found);
	uart_expect(seed, wanted, sizeof wanted);
	must(strcmp(found, wanted) == 0, "wanted %s found %s", wanted, found);
	vfiomig_free(from.migration);
	vfiomig_free(to.migration);
	uart_close(from.uart);
	uart_close(to.uart);
	ok("moved inside the sandbox: %s", way->what);
}

int
main(int argc, char **argv)
{
	size_t i;

	must(argc == 3, "usage: confined SOURCE DESTINATION");
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	must(sandbox_init() == 0, "no sandbox");
	must(vfiomig_backend_register(vfiomig_backend_v1_vfio_backend()) == 0,
	    "register");
	for (i = 0; i < sizeof ways / sizeof *ways; i++) {
		way = &ways[i];
		move(argv[1], argv[2], 11 * (unsigned int)(i + 1));
	}
	return 0;
}

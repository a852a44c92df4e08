/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * intake.c - a QEMU source's connections, read and loaded by the library
 *
 * Roles: a thread a connection, one of them for the main stream, and a thread
 * a device.  Those that the library works in are inside the sandbox.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "intake.h"
#include "report.h"
#include "sandbox.h"

struct thread {
	pthread_t id;
	struct intake *intake;
	void *subject;			/* channel or device */
	int fd;
	int error;
};

static struct thread channels[INTAKE_CHANNELS], devices[INTAKE_DEVICES];
static struct thread stream;

void
intake_open(struct intake *intake)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = intake->channels, .ram = intake->ram,
	    .opaque = intake };

	must(intake->channels <= INTAKE_CHANNELS, "too many channels");
	must(vfiomig_new(&intake->migration, VFIOMIG_INCOMING, &config) == 0,
	    "no migration");
}

void
intake_device(struct intake *intake, const char *idstr, const char *backend,
    const char *params)
{
	struct vfiomig_device_config config = { .size = sizeof config,
	    .idstr = idstr, .backend = backend, .params = params };
	int error;

	must(intake->devices < INTAKE_DEVICES, "too many devices");
	error = vfiomig_device_add(intake->migration, &config,
	    &intake->device[intake->devices]);
	must(error == 0, "%s: %d", idstr, error);
	intake->devices++;
}

static void *
stream_run(void *opaque)
{
	struct thread *thread = opaque;

	thread->intake->stream(thread->fd);
	close(thread->fd);
	return NULL;
}

static void *
channel_run(void *opaque)
{
	struct thread *thread = opaque;

	sandbox_enter();
	thread->error = vfiomig_channel_run(thread->subject);
	vfiomig_channel_close(thread->subject);
	close(thread->fd);
	return NULL;
}

static void *
device_run(void *opaque)
{
	struct thread *thread = opaque;

	sandbox_enter();
	thread->error = vfiomig_buffer_drain(thread->subject);
	return NULL;
}

static void
thread_start(struct thread *thread, struct intake *intake, void *subject,
    int fd, void *(*run)(void *))
{
	thread->intake = intake;
	thread->subject = subject;
	thread->fd = fd;
	must(pthread_create(&thread->id, NULL, run, thread) == 0,
	    "no thread");
}

static int
listen_on(unsigned int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	must(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	    listen(fd, INTAKE_CHANNELS + 1) == 0, "port %u", port);
	return fd;
}

/* The next connection; *@number counts the channels among them. */
static void
connection_take(struct intake *intake, int listener, unsigned int *number)
{
	struct vfiomig_channel_config config = { .size = sizeof config };
	char magic[4];

	config.fd = accept(listener, NULL, NULL);
	must(config.fd >= 0 && recv(config.fd, magic, sizeof magic,
	    MSG_PEEK | MSG_WAITALL) == sizeof magic, "no connection");
	if (memcmp(magic, "QEVM", sizeof magic) == 0) {
		thread_start(&stream, intake, NULL, config.fd, stream_run);
		return;
	}
	must(*number < intake->channels && vfiomig_channel_open(
	    intake->migration, &config, &intake->channel[*number]) == 0,
	    "channel %u", *number);
	thread_start(&channels[*number], intake, intake->channel[*number],
	    config.fd, channel_run);
	(*number)++;
}

/* Dies with the migration's words when the thread's call failed. */
static void
thread_end(struct thread *thread, const char *what)
{
	char text[512] = "";

	pthread_join(thread->id, NULL);
	if (thread->error != 0)
		vfiomig_failure(thread->intake->migration, text, sizeof text);
	must(thread->error == 0, "%s: %d %s", what, thread->error, text);
}

void
intake_run(struct intake *intake, unsigned int port)
{
	int listener = listen_on(port);
	unsigned int i, number = 0;

	for (i = 0; i < intake->devices; i++)
		thread_start(&devices[i], intake, intake->device[i], -1,
		    device_run);
	for (i = 0; i < intake->channels + 1; i++)
		connection_take(intake, listener, &number);
	close(listener);
	for (i = 0; i < intake->devices; i++)
		thread_end(&devices[i], "drain");
	for (i = 0; i < intake->channels; i++)
		thread_end(&channels[i], "channel");
	thread_end(&stream, "main stream");
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * epoll.c - a receiving VMM in one thread, with its own event loop
 *
 *	cc epoll.c $(pkg-config --cflags --libs libvfiomig) -o epoll
 *	./epoll BACKEND NAME PARAMS CONNECTION...
 *
 * Idea: a source is a channel or the device.  Each is called until it says
 * -EAGAIN, and again when one of its descriptors has an edge.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <vfiomig/vfiomig.h>

#define MAX 16

struct source {
	struct vfiomig_device *device;	/* or */
	struct vfiomig_channel *channel;
	int done;
};

static int
source_watch(struct source *source, int epoll, int fd)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLET, .data.ptr = source };

	return fd < 0 ? fd : epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* 0: goes on; 1: just done; negative: the migration failed */
static int
source_run(struct source *source)
{
	int r;

	if (source->done)
		return 0;
	if (source->device != NULL)
		r = vfiomig_buffer_drain(source->device);
	else
		r = vfiomig_channel_run(source->channel);
	if (r == -EAGAIN)
		return 0;
	source->done = 1;
	if (source->channel != NULL)
		vfiomig_channel_close(source->channel);
	return r < 0 ? r : 1;
}

static int
channel_start(struct vfiomig *mig, struct source *source, int epoll,
    const char *path)
{
	struct vfiomig_channel_config config = {
		.size = sizeof config,
		.flags = VFIOMIG_CHANNEL_NONBLOCK,
		.fd = open(path, O_RDONLY),
	};
	int r;

	if (config.fd < 0)
		return -errno;
	if (fcntl(config.fd, F_SETFL, O_NONBLOCK) < 0 ||
	    source_watch(source, epoll, config.fd) < 0)
		return -errno;
	r = vfiomig_channel_open(mig, &config, &source->channel);
	if (r == 0)
		r = source_watch(source, epoll,
		    vfiomig_channel_event_fd(source->channel));
	return r;
}

static int
loop(struct source *sources, int left, int epoll)
{
	struct epoll_event events[2 * MAX];
	int i, n, r;

	for (i = 0, n = left; i < n; i++) {
		r = source_run(&sources[i]);
		if (r < 0)
			return r;
		left -= r;
	}
	while (left > 0) {
		n = epoll_wait(epoll, events, 2 * MAX, -1);
		for (i = 0; i < n; i++) {
			r = source_run(events[i].data.ptr);
			if (r < 0)
				return r;
			left -= r;
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct vfiomig_config config = {
		.size = sizeof config, .channels = argc - 4 };
	struct vfiomig_device_config device_config = {
		.size = sizeof device_config,
		.flags = VFIOMIG_DEVICE_NONBLOCK,
		.idstr = "0000:00:01.0/vfio",
	};
	struct source sources[MAX] = { 0 };
	struct vfiomig *mig;
	char why[256] = "";
	int epoll = epoll_create1(EPOLL_CLOEXEC), i, r = 0;

	if (argc < 5 || argc - 4 >= MAX)
		return 2;
	device_config.backend = argv[2];
	device_config.params = argv[3];
	if (vfiomig_backend_load(argv[1], NULL, 0) < 0 ||
	    vfiomig_new(&mig, VFIOMIG_INCOMING, &config) < 0 ||
	    vfiomig_device_add(mig, &device_config, &sources[0].device) < 0)
		return 2;
	source_watch(&sources[0], epoll,
	    vfiomig_device_event_fd(sources[0].device));
	for (i = 4; i < argc && r == 0; i++)
		r = channel_start(mig, &sources[i - 3], epoll, argv[i]);
	if (r == 0)
		r = loop(sources, argc - 3, epoll);
	if (r == 0)
		r = vfiomig_resume(mig);
	vfiomig_failure(mig, why, sizeof why);
	printf("%s%s\n", r == 0 ? "the device runs" : "failed: ", why);
	vfiomig_free(mig);
	return r != 0;
}

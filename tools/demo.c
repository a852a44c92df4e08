/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * demo.c - vfiomig demo: simulated devices from one process to another
 *
 * Idea: the parent is the destination and listens; the child is the source.
 * Both run what receive and send run.  The child starts only when the parent
 * is ready, and says nothing unless something is wrong.  The simulated
 * devices compare every byte with what it must be.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "destination.h"
#include "migration.h"
#include "network.h"
#include "plugins/sim/sim.h"
#include "progress.h"
#include "report.h"
#include "source.h"

enum { SPEC = 128, CONFIG_SIZE = 4132, JITTER = 20000 };

static const struct usage usage = {
	.command = "demo",
	.about = "Moves simulated devices from one process to another over "
	    "TCP connections on\nthis machine, and checks every byte at the "
	    "far end.",
	.options = "devices size channels jitter budget packet-max window "
	    "stall-timeout live stats trace quiet verbose",
};

static void
defaults_set(struct options *o)
{
	o->devices = o->devices ? o->devices : 4;
	o->channels = o->channels ? o->channels : 6;
	o->jitter = o->jitter != UINT64_MAX ? o->jitter : JITTER;
	o->resume = true;
}

/* The devices, as if they stood on the command line. */
static char *
devices_make(struct options *o)
{
	char *text = calloc(o->devices, SPEC);
	uint64_t k;

	for (k = 0; text != NULL && k < o->devices; k++) {
		snprintf(text + k * SPEC, SPEC, "sim%llu=sim:size=%llu,"
		    "seed=%llu,config_size=%d,tag=sim%llu",
		    (unsigned long long)k, (unsigned long long)o->size,
		    (unsigned long long)k + 1, CONFIG_SIZE,
		    (unsigned long long)k);
		device_parse(&o->device, text + k * SPEC);
	}
	return text;
}

/* Where the parent listens. */
static int
address_of(const struct inlet *inlet, struct address *address, char *text,
    size_t size)
{
	struct sockaddr_in addr;
	socklen_t length = sizeof addr;

	if (getsockname(inlet->listener, (struct sockaddr *)&addr,
	    &length) < 0)
		return -errno;
	snprintf(text, size, "127.0.0.1:%u", ntohs(addr.sin_port));
	return address_parse(address, text) == NULL ? 0 : -EINVAL;
}

/* The child.  @ready: readable when the parent waits for connections. */
static int
source_main(const struct options *o, struct inlet *inlet, int ready)
{
	static struct migration m;
	static struct options own;	/* figures are the parent's to give */
	struct address address;
	char text[32], byte;
	int fd[CHANNELS_MAX], r, status;

	complain_as("demo, source");
	r = address_of(inlet, &address, text, sizeof text);
	inlet_close(inlet);
	if (r < 0 || read(ready, &byte, 1) != 1)
		return EXIT_FAILED;
	own = *o;
	own.trace = NULL;
	own.stats.kind = STATS_TABLE;
	status = migration_open(&m, &own, VFIOMIG_OUTGOING);
	if (status != 0)
		return status;
	status = EXIT_FAILED;
	if (outlet_open(fd, &address, (int)o->channels, 0) == 0) {
		if (source_run(&m, fd, (int)o->channels))
			status = EXIT_DONE;
		outlet_close(fd, (int)o->channels);
	}
	migration_close(&m);
	return status;
}

/* What the simulated devices compared. */
static bool
is_verified(const struct options *o, FILE *to)
{
	struct sim_view view;
	uint64_t k, sum = 0, good = 0;

	for (k = 0; k < o->devices; k++) {
		if (sim_find(o->device.item[k].idstr, &view) < 0)
			continue;
		sum += view.verified;
		good += view.verified == o->size && view.loaded &&
		    view.config_bytes == CONFIG_SIZE;
	}
	if (good == o->devices)
		fprintf(to, "verified: %llu devices, %llu bytes\n",
		    (unsigned long long)good, (unsigned long long)sum);
	else
		complain("not verified: devices=%llu, of=%llu",
		    (unsigned long long)good, (unsigned long long)o->devices);
	return good == o->devices;
}

/* The parent. */
static int
destination_main(const struct options *o, struct inlet *inlet, int ready)
{
	static struct migration m;
	int status;
	bool good;

	status = migration_open(&m, o, VFIOMIG_INCOMING);
	if (status != 0)
		return status;
	if (!o->quiet)
		m.progress = progress_new(o->size + CONFIG_SIZE);
	(void)!write(ready, "", 1);
	good = destination_run(&m, inlet);
	progress_draw(m.progress, &m, true);
	report_write(stdout, &m, good);
	migration_close(&m);
	if (!good)
		return EXIT_FAILED;
	return is_verified(o, o->stats.kind == STATS_TABLE ? stdout :
	    stderr) ? EXIT_DONE : EXIT_FAILED;
}

static int
demo_run(struct options *o)
{
	struct address address;
	struct inlet inlet;
	int ready[2], status, child = -1;
	pid_t pid;

	address_parse(&address, "127.0.0.1:0");
	if (inlet_open(&inlet, &address, (int)o->channels, true) < 0)
		return EXIT_FAILED;
	if (pipe(ready) < 0) {
		inlet_close(&inlet);
		return EXIT_FAILED;
	}
	pid = fork();
	if (pid == 0) {
		close(ready[1]);
		_exit(source_main(o, &inlet, ready[0]));
	}
	close(ready[0]);
	status = pid < 0 ? EXIT_FAILED : destination_main(o, &inlet,
	    ready[1]);
	close(ready[1]);
	inlet_close(&inlet);
	if (pid > 0)
		waitpid(pid, &child, 0);
	if (status == EXIT_DONE && child != 0) {
		complain("the source failed: status=0x%x", child);
		status = EXIT_FAILED;
	}
	return status;
}

int
command_demo(int argc, char **argv)
{
	static struct options o;
	int status;
	char *text;

	if (!options_read(&o, &usage, argc, argv, &status))
		return status;
	defaults_set(&o);
	text = devices_make(&o);
	status = text != NULL ? demo_run(&o) : EXIT_FAILED;
	free(text);
	options_free(&o);
	return status;
}

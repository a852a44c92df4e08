/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * send.c - vfiomig send: save devices and send them
 */
#include "command.h"
#include "migration.h"
#include "network.h"
#include "progress.h"
#include "report.h"
#include "source.h"

static const struct usage usage = {
	.command = "send",
	.about = "Saves devices and sends them over connections to a vfiomig "
	    "receive.  ADDRESS is\nHOST:PORT, [IPv6]:PORT, unix:PATH or "
	    "fd:NUMBER.",
	.options = "connect channels device budget packet-max stall-timeout "
	    "page-size uuid live one-way jitter stats trace plugin quiet "
	    "verbose",
	.required = "connect channels device",
};

int
command_send(int argc, char **argv)
{
	static struct migration m;
	static struct options o;
	int fd[CHANNELS_MAX], status;
	bool good;

	if (!options_read(&o, &usage, argc, argv, &status))
		return status;
	if (!address_is_inherited(&o.connect, (int)o.channels))
		return EXIT_USAGE;
	status = migration_open(&m, &o, VFIOMIG_OUTGOING);
	if (status != 0) {
		options_free(&o);
		return status;
	}
	if (!o.quiet)
		m.progress = progress_new(0);
	good = outlet_open(fd, &o.connect, (int)o.channels,
	    o.stall_timeout) == 0;
	if (good) {
		good = source_run(&m, fd, (int)o.channels);
		outlet_close(fd, (int)o.channels);
	} else {
		migration_fail(&m, "nothing is sent");
		migration_recover(&m);
	}
	progress_draw(m.progress, &m, true);
	report_write(stdout, &m, good);
	migration_close(&m);
	options_free(&o);
	return good ? EXIT_DONE : EXIT_FAILED;
}

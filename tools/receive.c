/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * receive.c - vfiomig receive: wait for devices and load them
 */
#include "command.h"
#include "destination.h"
#include "migration.h"
#include "network.h"
#include "progress.h"
#include "report.h"

static const struct usage usage = {
	.command = "receive",
	.about = "Waits for connections and loads the devices that come over "
	    "them.  A QEMU's main\nstream may come to the same address.  "
	    "ADDRESS is HOST:PORT, [IPv6]:PORT,\nunix:PATH or fd:NUMBER.",
	.options = "listen channels device precopy budget packet-max window "
	    "stall-timeout page-size uuid resume one-way stats trace plugin "
	    "quiet verbose",
	.required = "listen channels device",
};

int
command_receive(int argc, char **argv)
{
	static struct migration m;
	static struct options o;
	struct inlet inlet;
	int status;
	bool good;

	if (!options_read(&o, &usage, argc, argv, &status))
		return status;
	if (!address_is_inherited(&o.listen, (int)o.channels))
		return EXIT_USAGE;
	status = migration_open(&m, &o, VFIOMIG_INCOMING);
	if (status != 0) {
		options_free(&o);
		return status;
	}
	if (!o.quiet)
		m.progress = progress_new(0);
	status = EXIT_FAILED;
	if (inlet_open(&inlet, &o.listen, (int)o.channels, o.quiet) == 0) {
		good = destination_run(&m, &inlet);
		inlet_close(&inlet);
		progress_draw(m.progress, &m, true);
		report_write(stdout, &m, good);
		status = good ? EXIT_DONE : EXIT_FAILED;
	}
	migration_close(&m);
	options_free(&o);
	return status;
}

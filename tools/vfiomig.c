/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vfiomig.c - the vfiomig program: finds the command and lets it run
 */
#include <stdio.h>
#include <string.h>
#include <vfiomig/vfiomig.h>

#include "command.h"
#include "complain.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
};

static const struct command commands[] = {
	{ "demo", command_demo,
	  "move simulated devices between two processes" },
	{ "send", command_send, "save devices and send them" },
	{ "receive", command_receive, "wait for devices and load them" },
	{ "save", command_save, "save one device to a snapshot" },
	{ "load", command_load, "load one device from a snapshot" },
	{ "probe", command_probe, "say what a device can do" },
	{ "replay", command_replay, "load devices from recorded channels" },
	{ "inspect", command_inspect, "say what is in recorded channels" },
	{ NULL, NULL, NULL }
};

static void
help_print(FILE *to)
{
	const struct command *c;

	fprintf(to, "usage: vfiomig COMMAND [options]\n"
	    "       vfiomig COMMAND --help\n"
	    "       vfiomig --help | --version\n\n"
	    "Move the state of VFIO devices between two hosts.\n\n");
	for (c = commands; c->name != NULL; c++)
		fprintf(to, "  %-10s %s\n", c->name, c->about);
}

int
main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		help_print(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0) {
		help_print(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("vfiomig %s\n", vfiomig_version());
		return EXIT_DONE;
	}
	for (c = commands; c->name != NULL; c++) {
		if (strcmp(argv[1], c->name) == 0) {
			complain_as(c->name);
			return c->run(argc - 1, argv + 1);
		}
	}
	complain("no such command: \"%s\"; try: vfiomig --help", argv[1]);
	return EXIT_USAGE;
}

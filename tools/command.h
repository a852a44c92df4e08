/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * command.h - the commands of vfiomig(1)
 *
 * Each is given its own name as argv[0] and returns an exit status of
 * vfiomig(1).  What it has to complain about it has said on standard error.
 */
#ifndef TOOLS_COMMAND_H
#define TOOLS_COMMAND_H

enum {
	EXIT_DONE	= 0,	/* all is well */
	EXIT_FAILED	= 1,	/* the migration failed, or a file is not whole */
	EXIT_USAGE	= 2	/* the command line is wrong */
};

int command_demo(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_load(int argc, char **argv);
int command_probe(int argc, char **argv);
int command_receive(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_save(int argc, char **argv);
int command_send(int argc, char **argv);

#endif

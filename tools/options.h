/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * options.h - the options of vfiomig(1), one table for all commands
 *
 * A command says which of them it takes; the rest is refused with words.
 * Numbers are checked against their range here, so the library never has to.
 */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "devices.h"

enum { PRECOPY_MAX = 64, PLUGINS_MAX = 16 };

enum stats_kind { STATS_TABLE, STATS_JSON, STATS_SVG };

/* --stats json, svg or svg:FILE */
struct stats_option {
	enum stats_kind kind;
	const char *file;	/* NULL: standard output */
};

/* --precopy IDSTR=HEX */
struct precopy {
	char idstr[256];
	uint8_t *data;
	size_t size;
};

struct precopy_list {
	struct precopy item[PRECOPY_MAX];
	size_t count;
};

struct plugin_list {
	const char *path[PLUGINS_MAX];
	size_t count;
};

struct uuid {
	bool given;
	uint8_t byte[16];
};

/* What was given.  Without it: false, NULL, or the number in its comment. */
struct options {
	struct device_list device;
	struct precopy_list precopy;
	struct plugin_list plugin;
	struct address connect, listen;
	struct stats_option stats;
	struct uuid uuid;
	const char *file, *trace, *svg;
	uint64_t channels, devices;	/* 0 */
	uint64_t size;			/* 64M */
	uint64_t budget, packet_max, window;	/* 0: the library's */
	uint64_t page_size;		/* 4096 */
	uint64_t jitter;		/* microseconds; UINT64_MAX */
	uint64_t shuffle;		/* seed; 0: not */
	uint64_t stall_timeout;		/* milliseconds; 60000 */
	bool live, resume, one_way, json, quiet, verbose;
	char **operand;			/* what is left of the command line */
	int operands;
};

/* What a command takes.  The lists are names without dashes, with spaces in
 * between. */
struct usage {
	const char *command;
	const char *about;		/* a sentence or two */
	const char *options;
	const char *required;		/* those of them that must be given */
	const char *operand;		/* NULL: none; else at least one, as FILE */
};

/*
 * Read a command's line into @o.  True: go on.  False: it was --help or was
 * wrong, which was said; exit with *@status.
 */
bool options_read(struct options *o, const struct usage *usage, int argc,
    char **argv, int *status);

/* Free what options_read() allocated. */
void options_free(struct options *o);

#endif

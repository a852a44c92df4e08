/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench.c - the benchmark: ours beside QEMU's algorithm and the limit
 *
 *	bench [-q] [-o FOLDER] [SECTION...]
 *
 * -q is a smoke run of a few seconds.  FOLDER gets results.json, the charts,
 * and figures.mdoc, a part of vfiomig-performance(7).  Without a section, all of them are run.  vfiomig-performance(7)
 * has the method.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench.h"
#include "figures.h"
#include "sections.h"

static const struct {
	const char *name;
	void (*run)(bool quick);
} section[] = {
	{ "receive", section_receive },
	{ "send", section_send },
	{ "memory", section_memory },
	{ "loading", section_loading },
	{ "latency", section_latency },
	{ "rings", section_rings },
	{ "growth", section_growth }
};

enum { SECTIONS = sizeof section / sizeof section[0] };

const char *chart_folder = ".";

/* Is section @name among those asked for? */
static bool
asked(const char *name, char **names, int n)
{
	int k;

	for (k = 0; k < n; k++)
		if (strcmp(names[k], name) == 0)
			return true;
	return n == 0;
}

static int
usage(void)
{
	fprintf(stderr, "usage: bench [-q] [-o folder] [section ...]\n");
	return 2;
}

int
main(int argc, char **argv)
{
	char path[4096];
	bool quick = false;
	int c, k, done = 0;

	while ((c = getopt(argc, argv, "qo:")) != -1) {
		if (c == 'q')
			quick = true;
		else if (c == 'o')
			chart_folder = optarg;
		else
			return usage();
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_TIMERSLACK, 1);
	for (k = 0; k < SECTIONS; k++) {
		if (!asked(section[k].name, argv + optind, argc - optind))
			continue;
		section[k].run(quick);
		done++;
	}
	if (done == 0)
		return usage();
	figures_targets();
	snprintf(path, sizeof path, "%s/results.json", chart_folder);
	figures_write(path, quick ? "quick" : "full");
	snprintf(path, sizeof path, "%s/figures.mdoc", chart_folder);
	figures_page(path);
	snprintf(path, sizeof path, "%s/results.json", chart_folder);
	printf("The same for machines: %s\n", path);
	return 0;
}

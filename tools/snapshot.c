/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * snapshot.c - vfiomig save and load: one device to and from a file
 *
 * Idea: a snapshot is the stream of a single channel, written to a file
 * instead of a connection, so inspect and replay read it too.  It is written
 * beside its name and gets it when it is whole and on the disk.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "destination.h"
#include "migration.h"
#include "network.h"
#include "progress.h"
#include "report.h"
#include "source.h"

static const struct usage save_usage = {
	.command = "save",
	.about = "Saves one device to a snapshot.  With --resume it runs "
	    "again afterwards.",
	.options = "file device budget packet-max page-size uuid live resume "
	    "stats trace plugin quiet verbose",
	.required = "file device",
};

static const struct usage load_usage = {
	.command = "load",
	.about = "Loads one device from a snapshot.",
	.options = "file device precopy budget packet-max window page-size "
	    "uuid resume stats trace plugin quiet verbose",
	.required = "file device",
};

/* Read the line and open the migration; *@status says what is wrong. */
static bool
snapshot_open(struct migration *m, struct options *o,
    const struct usage *usage, enum vfiomig_direction direction, int argc,
    char **argv, int *status)
{
	if (!options_read(o, usage, argc, argv, status))
		return false;
	if (o->device.count != 1) {
		complain("a snapshot has one device: given=%zu",
		    o->device.count);
		*status = EXIT_USAGE;
		return false;
	}
	o->channels = 1;
	*status = migration_open(m, o, direction);
	if (*status == 0 && !o->quiet)
		m->progress = progress_new(0);
	return *status == 0;
}

static int
snapshot_close(struct migration *m, struct options *o, bool good)
{
	progress_draw(m->progress, m, true);
	report_write(stdout, m, good);
	migration_close(m);
	options_free(o);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static void
file_complain(const char *file, const char *what)
{
	complain("%s: cannot be %s: %s", file, what, strerror(errno));
}

/* Give the finished file its name, and the device its freedom. */
static bool
save_end(struct migration *m, const struct options *o, int fd,
    const char *part)
{
	int r;

	if (fsync(fd) < 0 || rename(part, o->file) < 0) {
		file_complain(o->file, "written");
		migration_fail(m, "no snapshot");
		migration_recover(m);
		return false;
	}
	r = o->resume ? vfiomig_resume(m->mig) : 0;
	if (r < 0)
		complain("the device does not run: error=%s", strerror(-r));
	return r == 0;
}

int
command_save(int argc, char **argv)
{
	static struct migration m;
	static struct options o;
	char part[4096];
	bool good = false;
	int fd, status;

	if (!snapshot_open(&m, &o, &save_usage, VFIOMIG_OUTGOING, argc, argv,
	    &status))
		return status;
	if ((size_t)snprintf(part, sizeof part, "%s.part", o.file) >=
	    sizeof part)
		errno = ENAMETOOLONG, fd = -1;
	else
		fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0666);
	if (fd < 0) {
		file_complain(o.file, "written");
	} else {
		good = source_run(&m, &fd, 1) &&
		    save_end(&m, &o, fd, part);
		if (!good)
			unlink(part);
		close(fd);
	}
	return snapshot_close(&m, &o, good);
}

int
command_load(int argc, char **argv)
{
	struct inlet inlet = { .listener = -1, .count = 1 };
	static struct migration m;
	static struct options o;
	bool good = false;
	int status;

	if (!snapshot_open(&m, &o, &load_usage, VFIOMIG_INCOMING, argc, argv,
	    &status))
		return status;
	inlet.fd[0] = open(o.file, O_RDONLY | O_CLOEXEC);
	if (inlet.fd[0] < 0) {
		file_complain(o.file, "read");
	} else {
		good = destination_run(&m, &inlet);
		close(inlet.fd[0]);
	}
	return snapshot_close(&m, &o, good);
}

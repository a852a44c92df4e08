/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * replay.c - vfiomig replay: load devices from recorded channels
 *
 * Idea: each file is a channel, read by a thread of its own, as if it were a
 * connection.  A main stream among them is read first, because it has the
 * data that goes ahead of the packets.  The devices are wrapped (digest.h), so
 * what is printed in the end is what they were given.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "complain.h"
#include "digest.h"
#include "follow.h"
#include "json.h"
#include "lib/wire.h"
#include "migration.h"
#include "random.h"
#include "tracing.h"

static const struct usage usage = {
	.command = "replay",
	.about = "Loads devices from recorded channels, each FILE a "
	    "connection, all read at once.\nPre-copy data is taken from a "
	    "FILE that is a main stream.  Prints what the devices\nwere given "
	    "and its digests.",
	.options = "device precopy budget packet-max window stall-timeout "
	    "page-size uuid resume shuffle json trace plugin verbose",
	.required = "device",
	.operand = "FILE",
};

enum { FILES_MAX = CHANNELS_MAX + 16 };

struct file {
	struct migration *m;
	const char *name;
	int fd;
	bool is_main;
	uint8_t id;		/* of the channel's hello, if it is one */
	bool shuffled;
	uint64_t random;
	struct vfiomig_channel *channel;
};

struct replay {
	struct migration m;
	struct options o;
	struct file file[FILES_MAX];
	int files, channels;
	bool complete[DEVICES_MAX];
};

/* ---- the files ---- */

static int
file_open(struct file *file, const char *name)
{
	uint8_t head[WIRE_HELLO] = { 0 };
	struct wire_hello hello = { .id = 0 };
	const char *why;
	ssize_t r;

	file->name = name;
	file->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0) {
		complain("file cannot be opened: file=%s, error=%s", name,
		    strerror(errno));
		return -errno;
	}
	r = pread(file->fd, head, sizeof head, 0);
	if (r < 0) {
		complain("file cannot be read: file=%s, error=%s", name,
		    strerror(errno));
		close(file->fd);
		return -errno;
	}
	file->is_main = wire_is_main(head);
	wire_hello_decode(head, &hello, &why);
	file->id = hello.id;
	return 0;
}

static void
files_close(struct replay *rp)
{
	while (rp->files > 0)
		close(rp->file[--rp->files].fd);
}

/* Open all of them, in the order of the line or another. */
static int
files_open(struct replay *rp)
{
	uint64_t random = rp->o.shuffle;
	struct file file;
	int k, other;

	if (rp->o.operands > FILES_MAX) {
		complain("too many files: files=%d, most=%d", rp->o.operands,
		    FILES_MAX);
		return EXIT_USAGE;
	}
	for (k = 0; k < rp->o.operands; k++) {
		if (file_open(&rp->file[k], rp->o.operand[k]) < 0)
			return EXIT_FAILED;
		rp->files++;
		rp->channels += !rp->file[k].is_main;
		if (rp->file[k].id >= rp->o.channels)
			rp->o.channels = rp->file[k].id + 1u;
	}
	for (k = rp->files - 1; k > 0 && rp->o.shuffle != 0; k--) {
		other = (int)(random_next(&random) % (uint64_t)(k + 1));
		file = rp->file[k];
		rp->file[k] = rp->file[other];
		rp->file[other] = file;
	}
	for (k = 0; k < rp->files; k++) {
		rp->file[k].m = &rp->m;
		rp->file[k].shuffled = rp->o.shuffle != 0;
		rp->file[k].random = random + (uint64_t)k + 1;
	}
	if ((uint64_t)rp->channels > rp->o.channels)
		rp->o.channels = (uint64_t)rp->channels;
	if (rp->channels > 0 && rp->channels <= CHANNELS_MAX)
		return 0;
	complain("channels have to be 1 to %d: files=%d, channels=%d",
	    CHANNELS_MAX, rp->files, rp->channels);
	return EXIT_USAGE;
}

/* ---- their threads ---- */

/* Read less than asked for, and let others go first now and then. */
static ssize_t
file_readv(void *opaque, const struct iovec *iov, int count)
{
	struct file *file = opaque;
	uint64_t random = random_next(&file->random);
	size_t size = iov[0].iov_len;
	ssize_t r;

	if (random % 4 == 0)
		sched_yield();
	if (random % 3 == 0 && size > 1)
		size = 1 + (size_t)(random_next(&file->random) % size);
	r = random % 3 == 0 ? read(file->fd, iov[0].iov_base, size) :
	    readv(file->fd, iov, count);
	return r < 0 ? -errno : r;
}

/*
 * In order, so that the library's numbers of channels are those of files.
 * Those that are missing, by the ids of the others, end at once.
 */
static void
channels_open(struct replay *rp)
{
	const struct vfiomig_channel_config none = {
		.size = sizeof none, .fd = -1
	};
	struct vfiomig_channel *channel;
	struct file *file;
	uint64_t k;

	for (file = rp->file; file < rp->file + rp->files; file++) {
		struct vfiomig_channel_config config = {
			.size = sizeof config,
			.fd = file->shuffled ? -1 : file->fd,
			.readv = file->shuffled ? file_readv : NULL,
			.opaque = file
		};

		if (file->is_main)
			continue;
		if (vfiomig_channel_open(rp->m.mig, &config,
		    &file->channel) < 0)
			return;
		migration_channel(&rp->m, file->channel);
	}
	for (k = (uint64_t)rp->channels; k < rp->o.channels; k++)
		if (vfiomig_channel_open(rp->m.mig, &none, &channel) == 0)
			vfiomig_channel_close(channel);
}

static void *
file_run(void *arg)
{
	struct file *file = arg;

	if (vfiomig_channel_run(file->channel) == 0)
		vfiomig_channel_close(file->channel);
	return NULL;
}

/* Which file is the channel that a failure's words name? */
static void
file_blame(struct replay *rp)
{
	char words[512];
	const char *at;
	int channel = -1, k;

	if (!migration_failed(&rp->m, words, sizeof words))
		return;
	at = strstr(words, "channel=");
	if (at == NULL || sscanf(at, "channel=%d", &channel) != 1)
		return;
	for (k = 0; k < rp->files; k++)
		if (!rp->file[k].is_main && channel-- == 0)
			complain("%s is that channel", rp->file[k].name);
}

struct load {
	struct replay *rp;
	uint32_t device;
};

static void *
device_run(void *arg)
{
	struct load *load = arg;
	struct replay *rp = load->rp;

	rp->complete[load->device] =
	    vfiomig_buffer_drain(rp->m.device[load->device]) == 0;
	return NULL;
}

/* ---- in order ---- */

/* What goes ahead of the packets: main streams, then --precopy. */
static void
ahead_load(struct replay *rp)
{
	struct follow follow;
	struct file *file;
	uint32_t k;

	for (file = rp->file; file < rp->file + rp->files; file++) {
		if (!file->is_main)
			continue;
		complain("%s is a main stream: no channel, but may have "
		    "pre-copy data", file->name);
		follow_init(&follow, &rp->m);
		follow_run(&follow, file->fd);
	}
	if (!migration_failed(&rp->m, NULL, 0))
		precopy_load(&rp->m);
	for (k = 0; k < rp->m.devices; k++)
		digest_restart(k);
}

static void
replay_run(struct replay *rp)
{
	static struct load load[DEVICES_MAX];
	struct migration *m = &rp->m;
	uint32_t d;
	int k;

	ahead_load(rp);
	channels_open(rp);
	for (d = 0; d < m->devices && !migration_failed(m, NULL, 0); d++) {
		load[d] = (struct load){ rp, d };
		migration_start(m, device_run, &load[d]);
	}
	for (k = 0; k < rp->files && !migration_failed(m, NULL, 0); k++)
		if (!rp->file[k].is_main)
			migration_start(m, file_run, &rp->file[k]);
	migration_join(m);
}

static bool
replay_end(struct replay *rp)
{
	struct migration *m = &rp->m;
	uint32_t k;
	int r;

	for (k = 0; k < m->devices; k++)
		if (!rp->complete[k])
			break;
	if (k < m->devices || migration_failed(m, NULL, 0)) {
		file_blame(rp);
		migration_recover(m);
		return false;
	}
	r = rp->o.resume ? vfiomig_resume(m->mig) : 0;
	if (r < 0)
		complain("devices do not run: error=%s", strerror(-r));
	return r == 0;
}

/* ---- what came of it ---- */

static void
device_print(struct replay *rp, uint32_t k, struct json *json)
{
	const struct device_spec *spec = &rp->o.device.item[k];
	struct vfiomig_device_stats s = { .size = sizeof s };
	struct digest *digest = digest_of(k);
	char data[SHA256_TEXT], config[SHA256_TEXT];

	vfiomig_device_stats(rp->m.device[k], &s);
	sha256_text(&digest->data, data);
	sha256_text(&digest->config, config);
	if (json == NULL) {
		printf("%s#%u %s packets=%llu precopy_bytes=%llu "
		    "data_bytes=%llu data_sha256=%s config_bytes=%llu "
		    "config_sha256=%s\n", spec->idstr, spec->instance,
		    rp->complete[k] ? "complete" : "INCOMPLETE",
		    (unsigned long long)s.packets,
		    (unsigned long long)s.state_bytes,
		    (unsigned long long)digest->data.bytes, data,
		    (unsigned long long)digest->config.bytes, config);
		return;
	}
	json_open(json, NULL, '{');
	json_text(json, "idstr", spec->idstr);
	json_number(json, "instance_id", spec->instance);
	json_bool(json, "complete", rp->complete[k]);
	json_number(json, "packets", s.packets);
	json_number(json, "precopy_bytes", s.state_bytes);
	json_number(json, "data_bytes", digest->data.bytes);
	json_text(json, "data_sha256", data);
	json_number(json, "config_bytes", digest->config.bytes);
	json_text(json, "config_sha256", config);
	json_close(json, '}');
}

static void
replay_print(struct replay *rp, bool good)
{
	struct json json = { .to = stdout };
	uint32_t k;

	if (rp->o.json) {
		json_open(&json, NULL, '{');
		json_bool(&json, "complete", good);
		json_open(&json, "devices", '[');
	}
	for (k = 0; k < rp->m.devices; k++)
		device_print(rp, k, rp->o.json ? &json : NULL);
	if (rp->o.json) {
		json_close(&json, ']');
		json_close(&json, '}');
	}
}

int
command_replay(int argc, char **argv)
{
	static struct replay rp;
	int status;
	bool good;

	if (!options_read(&rp.o, &usage, argc, argv, &status))
		return status;
	status = files_open(&rp);
	if (status == 0 && digest_wrap(&rp.o.device, &rp.o.plugin) < 0)
		status = EXIT_FAILED;
	if (status == 0)
		status = migration_open(&rp.m, &rp.o, VFIOMIG_INCOMING);
	if (status == 0) {
		replay_run(&rp);
		good = replay_end(&rp);
		replay_print(&rp, good);
		tracing_end(&rp.m);
		status = good ? EXIT_DONE : EXIT_FAILED;
		migration_close(&rp.m);
	}
	files_close(&rp);
	options_free(&rp.o);
	return status;
}

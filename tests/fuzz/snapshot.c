/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * snapshot.c - a channel that is a regular file, loaded into a snapshot by the
 * file backend; and the snapshot saved again
 *
 * Oracle: reference.c, for the one channel that there is, tells what the two
 * files hold or that there are none; and what is saved from them is, by the
 * same reference, the same state.
 *
 * Input: the channel's bytes behind the hello.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vfiomig/vfiomig.h>

#include "fuzz.h"
#include "reference.h"
#include "plugins/builtin.h"
#include "../hostile/peer.h"

enum { BYTES = 1 << 18, PACKET_MAX = 4096 };

static struct reference reference;
static uint8_t bytes[BYTES];
static char path[128], config_path[144], params[300];

static void
folder_make(void)
{
	const char *tmp = getenv("TMPDIR");

	if (path[0] != '\0')
		return;
	snprintf(path, sizeof path, "%.60s/vfiomigXXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	ORACLE(mkdtemp(path) != NULL);
	strcat(path, "/stream");
	snprintf(config_path, sizeof config_path, "%s.config", path);
	snprintf(params, sizeof params, "path=%s,config=%s", path,
	    config_path);
}

static struct vfiomig *
mig_new(enum vfiomig_direction direction, int fd,
    struct vfiomig_device **device, struct vfiomig_channel **channel)
{
	struct vfiomig_config config = {
		.size = sizeof config, .channels = 1, .budget = 128 << 10,
		.packet_max = PACKET_MAX, .window = 16
	};
	struct vfiomig_device_config dc = {
		.size = sizeof dc, .idstr = "0", .backend = "file",
		.params = params, .flags = VFIOMIG_DEVICE_NONBLOCK
	};
	struct vfiomig_channel_config cc = {
		.size = sizeof cc, .fd = fd, .flags = VFIOMIG_CHANNEL_NONBLOCK
	};
	struct vfiomig *mig;

	ORACLE(vfiomig_backend_register(
	    vfiomig_backend_v1_file_backend()) == 0);
	ORACLE(vfiomig_new(&mig, direction, &config) == 0);
	ORACLE(vfiomig_device_add(mig, &dc, device) == 0);
	ORACLE(vfiomig_channel_open(mig, &cc, channel) == 0);
	return mig;
}

/* Both halves in turn until neither says -EAGAIN; 0 or the failure. */
static int
turns(struct vfiomig_device *device, struct vfiomig_channel *channel,
    int (*half)(struct vfiomig_device *))
{
	int a, b, n = 0;

	do {
		a = vfiomig_channel_run(channel);
		b = half(device);
		ORACLE(n++ < 100000);
	} while ((a == -EAGAIN || b == -EAGAIN) &&
	    (a == 0 || a == -EAGAIN) && (b == 0 || b == -EAGAIN));
	return a < 0 && a != -EAGAIN ? a : b < 0 && b != -EAGAIN ? b : 0;
}

/* Does the file hold the device's packets from @idx on, its config or not? */
static void
expect_file(const char *name, bool config)
{
	const struct reference_packet *p;
	uint32_t idx;
	static uint8_t have[BYTES];
	size_t at = 0;
	FILE *file = fopen(name, "re");
	size_t size;

	ORACLE(file != NULL);
	size = fread(have, 1, sizeof have, file);
	fclose(file);
	for (idx = 0; ; idx++) {
		p = reference_find(&reference, 0, idx);
		ORACLE(p != NULL);
		if (p->config == config) {
			ORACLE(p->size <= size - at);
			ORACLE(memcmp(have + at, p->data, p->size) == 0);
			at += p->size;
		}
		if (p->config)
			break;
	}
	ORACLE(at == size);
}

static void
reference_read(size_t size)
{
	memset(&reference, 0, sizeof reference);
	reference.devices = reference.channels = 1;
	reference.packet_max = PACKET_MAX;
	reference_channel(&reference, bytes, size, END_OF_FILE);
	reference_finish(&reference);
}

static int
load(size_t size)
{
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	int fd = memfd_create("channel", MFD_CLOEXEC), r;
	struct vfiomig *mig;

	ORACLE(pwrite(fd, bytes, size, 0) == (ssize_t)size);
	mig = mig_new(VFIOMIG_INCOMING, fd, &device, &channel);
	r = turns(device, channel, vfiomig_buffer_drain);
	vfiomig_free(mig);
	close(fd);
	return r;
}

static void
save(void)
{
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	int fd = memfd_create("channel", MFD_CLOEXEC);
	struct vfiomig *mig;
	ssize_t size;

	mig = mig_new(VFIOMIG_OUTGOING, fd, &device, &channel);
	ORACLE(vfiomig_quiesce(mig) == 0);
	ORACLE(turns(device, channel, vfiomig_buffer_fill) == 0);
	vfiomig_free(mig);
	size = pread(fd, bytes, sizeof bytes, 0);
	ORACLE(size > 0);
	close(fd);
	reference_read((size_t)size);
	ORACLE(reference.must == 0 && !reference.missing);
	expect_file(path, false);
	expect_file(config_path, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int class;
	int r;

	folder_make();
	if (size > BYTES / 2 - PEER_HELLO)
		size = BYTES / 2 - PEER_HELLO;
	peer_hello(bytes, 0);
	if (size != 0)
		memcpy(bytes + PEER_HELLO, data, size);
	size += PEER_HELLO;
	r = load(size);
	reference_read(size);
	class = reference_class(r);
	if (r == -ENOBUFS)	/* the window is full of what cannot be */
		ORACLE(reference.must != 0 || reference.missing ||
		    !reference_rises(&reference));
	else if (r < 0)
		ORACLE(class & (reference.must | reference.may) ||
		    (class == FAULT_PIPE && (reference.missing ||
		    !reference_rises(&reference))));
	else
		ORACLE(reference.must == 0 && !reference.missing);
	if (r < 0) {
		ORACLE(access(path, F_OK) < 0);
		ORACLE(access(config_path, F_OK) < 0);
		return 0;
	}
	expect_file(path, false);
	expect_file(config_path, true);
	save();
	ORACLE(unlink(path) == 0 && unlink(config_path) == 0);
	return 0;
}

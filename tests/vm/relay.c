/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * relay LISTEN CHANNELS CONNECT CHANNELS PACKET IDSTR... - stand between a
 * QEMU source and a QEMU destination, with the library on both sides
 *
 * The source's device-state packets are put in order and drained into memory;
 * from there they are saved in packets of another size, PACKET bytes, which go
 * to the destination shuffled, over another number of channels.  Of each
 * device at least one packet comes behind its config state.  Everything else
 * is passed on as it came.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "intake.h"
#include "outlet.h"
#include "ram.h"
#include "report.h"
#include "sandbox.h"
#include "store.h"

#define PACKETS_MAX	4096
#define BYTES_MAX	(STORE_SLOTS * (STORE_SIZE + (1 << 20)))

static struct packet {
	unsigned char *bytes;
	size_t size;
	struct vfiomig_device *device;
	int config;
} packets[PACKETS_MAX];
static unsigned int packet_count;
static unsigned char bytes[BYTES_MAX];
static size_t bytes_used;

struct outgoing {
	struct vfiomig *migration;
	struct vfiomig_device *device[INTAKE_DEVICES];
	struct vfiomig_channel *channel;
	unsigned int devices;
	int error;
};

static int
packet_keep(const struct vfiomig_packet *from)
{
	struct packet *packet = &packets[packet_count++];
	size_t i;

	if (packet_count > PACKETS_MAX)
		return -ENOSPC;
	packet->bytes = bytes + bytes_used;
	packet->device = from->device;
	packet->config = (from->flags & 1) != 0;
	for (i = 0; i < 3; i++) {
		if (from->iov[i].iov_len > sizeof bytes - bytes_used)
			return -ENOSPC;
		if (from->iov[i].iov_len > 0)
			memcpy(bytes + bytes_used, from->iov[i].iov_base,
			    from->iov[i].iov_len);
		bytes_used += from->iov[i].iov_len;
		packet->size += from->iov[i].iov_len;
	}
	return 0;
}

static int
quiesce(void *migration)
{
	return vfiomig_quiesce(migration);
}

static void *
fill_run(void *opaque)
{
	sandbox_enter();
	vfiomig_buffer_fill(opaque);	/* its failure shows in take */
	return NULL;
}

static void *
take_run(void *opaque)
{
	struct vfiomig_packet packet = { .size = sizeof packet };
	struct outgoing *out = opaque;

	sandbox_enter();
	do {
		out->error = vfiomig_packet_take(out->channel, &packet);
		if (out->error == 0)
			out->error = packet_keep(&packet);
		if (out->error == 0)
			out->error = vfiomig_packet_release(out->channel);
	} while (out->error == 0);
	vfiomig_channel_close(out->channel);
	return NULL;
}

static void
outgoing_open(struct outgoing *out, char **idstr, const char *piece)
{
	struct vfiomig_config config = { .size = sizeof config, .channels = 1 };
	struct vfiomig_channel_config channel = { .size = sizeof channel,
	    .fd = -1 };
	struct vfiomig_device_config device = { .size = sizeof device,
	    .backend = "store" };
	char slot[32];
	unsigned int i;

	must(vfiomig_new(&out->migration, VFIOMIG_OUTGOING, &config) == 0,
	    "no migration");
	for (i = 0; i < out->devices; i++) {
		snprintf(slot, sizeof slot, "%u:%s", i, piece);
		device.idstr = idstr[i];
		device.params = slot;
		must(vfiomig_device_add(out->migration, &device,
		    &out->device[i]) == 0, "no device");
	}
	must(vfiomig_channel_open(out->migration, &channel, &out->channel) ==
	    0, "no channel");
}

/* Every device's packets into packets[], in the order they are sent. */
static void
outgoing_run(struct outgoing *out)
{
	pthread_t fill[INTAKE_DEVICES], take;
	unsigned int i;

	must(sandbox_call(quiesce, out->migration) == 0, "quiesce");
	for (i = 0; i < out->devices; i++)
		pthread_create(&fill[i], NULL, fill_run, out->device[i]);
	pthread_create(&take, NULL, take_run, out);
	for (i = 0; i < out->devices; i++)
		pthread_join(fill[i], NULL);
	pthread_join(take, NULL);
	must(out->error == -ENODATA, "take: %d", out->error);
}

/* Is each device's config packet ahead of one with data? */
static int
shuffled(const struct outgoing *out)
{
	unsigned int i, k, last;

	for (i = 0; i < out->devices; i++) {
		for (k = last = 0; k < packet_count; k++)
			if (packets[k].device == out->device[i])
				last = k;
		if (packets[last].config)
			return 0;
	}
	return 1;
}

static void
shuffle(const struct outgoing *out)
{
	struct packet other;
	unsigned int i, k;

	srandom(1);
	do {
		for (i = packet_count - 1; i > 0; i--) {
			k = (unsigned int)random() % (i + 1);
			other = packets[i];
			packets[i] = packets[k];
			packets[k] = other;
		}
	} while (!shuffled(out));
}

static void
packets_send(void)
{
	struct iovec iov;
	unsigned int i;

	for (i = 0; i < packet_count; i++) {
		iov.iov_base = packets[i].bytes;
		iov.iov_len = packets[i].size;
		must(outlet_write(i % outlets_count(), &iov, 1) == 0,
		    "packet %u", i);
	}
}

static void
report(const struct intake *in, char **idstr)
{
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	unsigned long ram, syncs;
	unsigned int i;

	for (i = 0; i < in->devices; i++) {
		vfiomig_device_stats(in->device[i], &stats);
		must(store_size(i) > 0 && store_config_size(i) > 0,
		    "%s: nothing came", idstr[i]);
		ok("%s: %llu packets over %u channels, at most %u ahead, %zu "
		    "bytes and %zu of config", idstr[i],
		    (unsigned long long)stats.packets, in->channels,
		    stats.reorder_depth_max, store_size(i),
		    store_config_size(i));
	}
	ram_counts(&ram, &syncs);
	ok("%u packets sent anew, shuffled, over %u channels; %lu of RAM and "
	    "%lu SYNCs passed on", packet_count, outlets_count(), ram, syncs);
}

int
main(int argc, char **argv)
{
	struct intake in = { .ram = ram_forward, .stream = outlet_stream };
	struct outgoing out = { .devices = (unsigned int)argc - 6 };
	char slot[16];
	unsigned int i;

	must(argc > 6 && argc <= 6 + INTAKE_DEVICES,
	    "usage: relay LISTEN CHANNELS CONNECT CHANNELS PACKET IDSTR...");
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	must(sandbox_init() == 0, "no sandbox");
	must(vfiomig_backend_register(vfiomig_backend_v1_store_backend()) == 0,
	    "register");
	in.channels = (unsigned int)atoi(argv[2]);
	intake_open(&in);
	for (i = 0; i < out.devices; i++) {
		snprintf(slot, sizeof slot, "%u:0", i);
		intake_device(&in, argv[6 + i], "store", slot);
	}
	outlets_open((unsigned int)atoi(argv[3]),
	    (unsigned int)atoi(argv[4]));
	intake_run(&in, (unsigned int)atoi(argv[1]));
	outgoing_open(&out, argv + 6, argv[5]);
	outgoing_run(&out);
	shuffle(&out);
	packets_send();
	outlets_close();
	report(&in, argv + 6);
	vfiomig_free(out.migration);
	vfiomig_free(in.migration);
	return 0;
}

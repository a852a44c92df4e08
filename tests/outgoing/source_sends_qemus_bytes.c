/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source_sends_qemus_bytes.c - given the data that a QEMU sent, in the pieces
 * in which it read them, the library sends the same bytes
 *
 * Which packet goes on which channel is chance, there and here; so packets
 * are compared one by one, every one of them, and hellos channel by channel.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spool.h"
#include "suite.h"

enum { PACKETS = 400, DEVICES = 2, PIECES = 200 };

static const struct {
	const char *name;
	int channels, devices;
} captured[] = {
	{ "one-device-2ch", 2, 1 },
	{ "two-devices-4ch", 4, 2 },
};

static struct tape tape[DEVICES];
static uint32_t piece[DEVICES][PIECES];
static const char *idstr[DEVICES];

static void
spool_file(struct spool *spool, const char *name, int number)
{
	const char *srcdir = getenv("srcdir");
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/tests/captures/%s/chan%02d.bin",
	    srcdir ? srcdir : "..", name, number);
	file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "%s", path);
	spool->room = 4 << 20;
	spool->data = malloc(spool->room);
	spool->size = fread(spool->data, 1, spool->room, file);
	ck_assert_uint_gt(spool->size, SPOOL_HELLO);
	ck_assert_uint_lt(spool->size, spool->room);
	fclose(file);
}

static const struct spool_packet *
packet_find(const struct spool_packet *packet, size_t n, const char *name,
    uint32_t idx)
{
	size_t k;

	for (k = 0; k < n; k++)
		if (packet[k].idx == idx &&
		    strcmp(packet[k].idstr, name) == 0)
			return &packet[k];
	return NULL;
}

/* Make a tape of a device's packets. */
static void
tape_fill(struct tape *to, uint32_t *pieces, const char *name,
    const struct spool_packet *packet, size_t n)
{
	const struct spool_packet *p;
	uint8_t *data = malloc(8 << 20);
	uint32_t idx;

	to->data = data;
	to->piece = pieces;
	for (idx = 0; (p = packet_find(packet, n, name, idx)) != NULL; idx++) {
		if (p->flags & 1)
			break;
		ck_assert_uint_lt(to->pieces, PIECES);
		memcpy(data + to->size, p->payload, p->payload_size);
		pieces[to->pieces++] = (uint32_t)p->payload_size;
		to->size += p->payload_size;
	}
	ck_assert_ptr_nonnull(p);
	to->config = p->payload;
	to->config_size = p->payload_size;
}

/* Each device's name, in order of appearance. */
static int
devices_find(const struct spool_packet *packet, size_t n)
{
	int devices = 0, k;
	size_t at;

	for (at = 0; at < n; at++) {
		for (k = 0; k < devices; k++)
			if (strcmp(idstr[k], packet[at].idstr) == 0)
				break;
		if (k < devices)
			continue;
		ck_assert_int_lt(devices, DEVICES);
		idstr[devices++] = packet[at].idstr;
	}
	return devices;
}

static size_t
packets_find(const struct spool *spool, int channels,
    struct spool_packet *packet)
{
	size_t n = 0;
	int k;

	for (k = 0; k < channels; k++)
		n += spool_packets(&spool[k], k, packet + n, PACKETS - n);
	return n;
}

static void
packets_compare(const struct spool *theirs, const struct spool *ours,
    int channels)
{
	static struct spool_packet a[PACKETS], b[PACKETS];
	size_t n = packets_find(theirs, channels, a), k;

	ck_assert_uint_eq(packets_find(ours, channels, b), n);
	for (k = 0; k < n; k++) {
		const struct spool_packet *p = packet_find(b, n, a[k].idstr,
		    a[k].idx);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq(p->size, a[k].size);
		ck_assert_mem_eq(ours[p->channel].data + p->offset,
		    theirs[a[k].channel].data + a[k].offset, p->size);
	}
}

START_TEST(packets_and_hellos_are_qemus)
{
	const int channels = captured[_i].channels;
	struct spool theirs[SPOOLS_MAX] = { 0 }, ours[SPOOLS_MAX] = { 0 };
	static struct spool_packet packet[PACKETS];
	struct vfiomig_config config = { .size = sizeof config };
	uint32_t id[SPOOLS_MAX];
	struct spool_end source = { .config = &config, .channels = channels,
	    .devices = captured[_i].devices, .tape = tape, .idstr = idstr,
	    .id = id, .spool = ours };
	size_t n;
	int k;

	for (k = 0; k < channels; k++) {
		spool_file(&theirs[k], captured[_i].name, k + 1);
		id[k] = theirs[k].data[24];
	}
	config.uuid = theirs[0].data + 8;
	n = packets_find(theirs, channels, packet);
	ck_assert_int_eq(devices_find(packet, n), source.devices);
	for (k = 0; k < source.devices; k++)
		tape_fill(&tape[k], piece[k], idstr[k], packet, n);
	tape_register(tape, DEVICES);
	spool_record(&source);
	for (k = 0; k < channels; k++)
		ck_assert_mem_eq(ours[k].data, theirs[k].data, SPOOL_HELLO);
	packets_compare(theirs, ours, channels);
	for (k = 0; k < source.devices; k++)
		free((void *)(uintptr_t)tape[k].data);
	spools_free(theirs, channels);
	spools_free(ours, channels);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("bytes");

	tcase_add_loop_test(tests, packets_and_hellos_are_qemus, 0,
	    sizeof captured / sizeof captured[0]);
	return suite_run("bytes", tests);
}

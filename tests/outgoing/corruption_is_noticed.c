/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * corruption_is_noticed.c - ten thousand single corruptions of a valid set of
 * channels: the devices' bytes are right, or the migration failed in words
 *
 * What the wire cannot show is counted apart: a changed byte of payload, and
 * the payloads of two packets of the same idx exchanged between two devices.
 * Channels carry SYNC and RAM packets too, as QEMU's do.
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "pair.h"
#include "seed.h"
#include "spool.h"
#include "suite.h"

enum { DEVICES = 2, CHANNELS = 3, PACKETS = 100, ROUNDS = 10000,
	SIZE = 240000, RAM = 1344, RAM_PAYLOAD = 64, CONFIG = 500 };

enum kind { BIT, BYTE_DROPPED, PACKET_DROPPED, PACKET_REPEATED,
	LABELS_SWAPPED, PLACES_SWAPPED, TRUNCATED, KINDS };

static const char *const kind_name[] = { "a bit", "a byte dropped",
	"a packet dropped", "a packet repeated", "swapped between devices",
	"two packets exchanged", "truncated" };

static uint8_t data[DEVICES][SIZE], room[DEVICES][SIZE + 4096];
static uint8_t config_state[DEVICES][CONFIG];
static struct tape tape[DEVICES];
static const uint8_t uuid[16] = "a VM's own uuid";
static struct vfiomig_config config = { .size = sizeof config,
	.packet_max = 20000, .budget = 4 << 17, .uuid = uuid };

static struct spool valid[CHANNELS], spoilt[CHANNELS];
static struct spool_packet packet[PACKETS];
static size_t packets;

/* ---- a valid set ---- */

static void
put32(uint8_t *b, uint32_t v)
{
	b[0] = (uint8_t)(v >> 24);
	b[1] = (uint8_t)(v >> 16);
	b[2] = (uint8_t)(v >> 8);
	b[3] = (uint8_t)v;
}

static void
spool_insert(struct spool *to, size_t at, const void *bytes, size_t size)
{
	if (to->size + size > to->room) {
		to->room = 2 * (to->size + size);
		to->data = realloc(to->data, to->room);
	}
	memmove(to->data + at + size, to->data + at, to->size - at);
	memcpy(to->data + at, bytes, size);
	to->size += size;
}

static void
spool_delete(struct spool *from, size_t at, size_t size)
{
	memmove(from->data + at, from->data + at + size,
	    from->size - at - size);
	from->size -= size;
}

/* A packet of the VM's memory, or with no payload a SYNC. */
static void
ram_insert(struct spool *to, size_t at, uint32_t payload)
{
	uint8_t bytes[RAM + RAM_PAYLOAD] = { 0 };

	put32(bytes, 0x11223344);
	put32(bytes + 4, 1);
	put32(bytes + 8, payload ? 0 : 1);
	put32(bytes + 20, payload);
	spool_insert(to, at, bytes, RAM + payload);
}

static void
packets_number(const struct spool *spool)
{
	int k;

	packets = 0;
	for (k = 0; k < CHANNELS; k++)
		packets += spool_packets(&spool[k], k, packet + packets,
		    PACKETS - packets);
}

static void
valid_make(void)
{
	const struct spool_end source = { .config = &config, .tape = tape,
	    .devices = DEVICES, .channels = CHANNELS, .spool = valid };
	uint64_t seed = 1;
	int k, i;

	for (k = 0; k < DEVICES; k++) {
		for (i = 0; i < SIZE; i++)
			data[k][i] = (uint8_t)seed_next(&seed);
		for (i = 0; i < CONFIG; i++)
			config_state[k][i] = (uint8_t)seed_next(&seed);
		tape[k] = (struct tape){ .data = data[k],
		    .size = SIZE / (size_t)(k + 1), .room = room[k],
		    .room_size = sizeof room[k], .config = config_state[k],
		    .config_size = CONFIG };
	}
	tape_register(tape, DEVICES);
	spool_record(&source);
	for (k = 0; k < CHANNELS; k++)
		ram_insert(&valid[k], SPOOL_HELLO, 0);
	packets_number(valid);
	ram_insert(&valid[0], packet[1].offset, RAM_PAYLOAD);
	packets_number(valid);
}

/* ---- its corruption ---- */

static bool
in_payload(int channel, size_t at)
{
	size_t k;

	for (k = 0; k < packets; k++)
		if (packet[k].channel == channel &&
		    at >= packet[k].offset + SPOOL_HEADERS &&
		    at < packet[k].offset + packet[k].size)
			return true;
	return false;
}

static void
packet_insert(const struct spool_packet *p, const struct spool_packet *at)
{
	spool_insert(&spoilt[at->channel], at->offset,
	    valid[p->channel].data + p->offset, p->size);
}

/* Exchange the names on two packets of different devices. */
static bool
labels_swap(uint64_t *seed)
{
	const struct spool_packet *a, *b;

	do {
		a = &packet[seed_below(seed, packets)];
		b = &packet[seed_below(seed, packets)];
	} while (strcmp(a->idstr, b->idstr) == 0);
	memcpy(spoilt[a->channel].data + a->offset + 12,
	    valid[b->channel].data + b->offset + 12, 256);
	memcpy(spoilt[b->channel].data + b->offset + 12,
	    valid[a->channel].data + a->offset + 12, 256);
	return a->idx == b->idx && a->flags == b->flags;
}

static void
places_swap(uint64_t *seed)
{
	const struct spool_packet *a, *b, *c;

	do {
		a = &packet[seed_below(seed, packets)];
		b = &packet[seed_below(seed, packets)];
	} while (a == b);
	if (a->channel == b->channel && a->offset > b->offset) {
		c = a;
		a = b;
		b = c;
	}
	spool_delete(&spoilt[b->channel], b->offset, b->size);
	packet_insert(a, b);
	spool_delete(&spoilt[a->channel], a->offset, a->size);
	packet_insert(b, a);
}

/* True when the wire cannot show it. */
static bool
spoil(enum kind kind, uint64_t *seed)
{
	int channel = (int)seed_below(seed, CHANNELS), k;
	const struct spool_packet *p = &packet[seed_below(seed, packets)];
	struct spool *s = &spoilt[channel];
	size_t at;

	for (k = 0; k < CHANNELS; k++) {
		spoilt[k].size = 0;
		spool_insert(&spoilt[k], 0, valid[k].data, valid[k].size);
	}
	at = seed_below(seed, s->size);
	if (kind == BIT && seed_below(seed, 4) != 0) {
		channel = p->channel;	/* three in four in the framing */
		s = &spoilt[channel];
		at = p->offset + seed_below(seed, SPOOL_HEADERS);
	}
	if (kind == BIT) {
		s->data[at] ^= (uint8_t)(1 << seed_below(seed, 8));
		return in_payload(channel, at);
	}
	if (kind == BYTE_DROPPED)
		spool_delete(s, at, 1);
	else if (kind == PACKET_DROPPED)
		spool_delete(&spoilt[p->channel], p->offset, p->size);
	else if (kind == PACKET_REPEATED)
		packet_insert(p, &packet[seed_below(seed, packets)]);
	else if (kind == LABELS_SWAPPED)
		return labels_swap(seed);
	else if (kind == PLACES_SWAPPED)
		places_swap(seed);
	else
		s->size = at;
	return false;
}

/* ---- what becomes of it ---- */

static bool
device_right(int k)
{
	return tape[k].recorded == tape[k].size && tape[k].configs == 1 &&
	    tape[k].config_got_size == CONFIG &&
	    memcmp(tape[k].config_got, config_state[k], CONFIG) == 0 &&
	    memcmp(room[k], data[k], tape[k].size) == 0;
}

static unsigned int right[KINDS], failed[KINDS], unseen[KINDS];

static void
judge(enum kind kind, bool silent, const struct spool_outcome *outcome,
    int round)
{
	bool all = true;
	int k;

	ck_assert_msg(!outcome->hung, "round %d hangs", round);
	for (k = 0; k < DEVICES; k++) {
		all &= device_right(k);
		ck_assert_int_ne(outcome->state[k], VFIOMIG_STATE_RUNNING);
	}
	if (outcome->code != 0) {
		ck_assert_msg(outcome->text[0] != '\0', "round %d", round);
		failed[kind]++;
		return;
	}
	ck_assert(outcome->complete[0] && outcome->complete[1]);
	ck_assert_msg(all || silent, "round %d", round);
	if (all)
		right[kind]++;
	else
		unseen[kind]++;
}

static void
replay(struct spool *spool, struct spool_outcome *outcome)
{
	const struct spool_end target = { .config = &config, .tape = tape,
	    .devices = DEVICES, .channels = CHANNELS, .spool = spool };
	int k;

	for (k = 0; k < DEVICES; k++) {
		tape[k].recorded = tape[k].config_got_size = 0;
		tape[k].configs = 0;
		tape[k].state = VFIOMIG_STATE_RUNNING;
	}
	spool_replay(&target, outcome);
}

START_TEST(bytes_are_right_or_it_fails)
{
	struct spool_outcome outcome;
	uint64_t seed = 20260101;
	size_t memory = 0;
	int round, fds = 0;
	bool silent;

	valid_make();
	replay(valid, &outcome);
	ck_assert_msg(outcome.code == 0 && !outcome.hung, "%s", outcome.text);
	ck_assert(device_right(0) && device_right(1));
	for (round = 0; round < ROUNDS; round++) {
		enum kind kind = round % KINDS;

		config.budget = (2 + seed_below(&seed, 2)) << 17;
		config.window = seed_below(&seed, 4) ? 0 : 2;
		silent = spoil(kind, &seed);
		replay(spoilt, &outcome);
		judge(kind, silent, &outcome, round);
		if (round == 1000) {
			memory = mallinfo2().uordblks;
			fds = count_fds();
		}
	}
	ck_assert_uint_le(mallinfo2().uordblks, memory + 65536);
	ck_assert_int_eq(count_fds(), fds);
	for (round = 0; round < KINDS; round++) {
		printf("%-24s %5u failed, %5u right, %5u not to be seen\n",
		    kind_name[round], failed[round], right[round],
		    unseen[round]);
		fflush(stdout);
		ck_assert_uint_gt(failed[round], 0);
	}
	ck_assert_uint_eq(right[PACKET_DROPPED] + right[TRUNCATED] +
	    right[BYTE_DROPPED] + right[PACKET_REPEATED], 0);
	spools_free(valid, CHANNELS);
	spools_free(spoilt, CHANNELS);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("corruption");

	tcase_add_test(tests, bytes_are_right_or_it_fails);
	return suite_run("corruption", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spool.c - channels that are memory; see spool.h
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool.h"

/* ---- one channel ---- */

static ssize_t
spool_writev(void *opaque, const struct iovec *iov, int count)
{
	struct spool *spool = opaque;
	size_t sum = 0;
	int k;

	spool->turn = !spool->turn;
	if (!spool->turn)
		return -EAGAIN;
	for (k = 0; k < count; k++) {
		if (spool->size + iov[k].iov_len > spool->room) {
			spool->room = 2 * (spool->size + iov[k].iov_len);
			spool->data = realloc(spool->data, spool->room);
		}
		memcpy(spool->data + spool->size, iov[k].iov_base,
		    iov[k].iov_len);
		spool->size += iov[k].iov_len;
		sum += iov[k].iov_len;
	}
	return (ssize_t)sum;
}

/* Each second call has nothing yet, so that channels take turns. */
static ssize_t
spool_readv(void *opaque, const struct iovec *iov, int count)
{
	struct spool *spool = opaque;
	size_t sum = 0, piece;
	int k;

	spool->turn = !spool->turn;
	if (!spool->turn)
		return -EAGAIN;
	for (k = 0; k < count; k++) {
		piece = spool->size - spool->at;
		if (piece > iov[k].iov_len)
			piece = iov[k].iov_len;
		if (piece == 0)
			break;
		memcpy(iov[k].iov_base, spool->data + spool->at, piece);
		spool->at += piece;
		sum += piece;
	}
	return (ssize_t)sum;
}

void
spools_free(struct spool *spool, int n)
{
	while (n-- > 0)
		free(spool[n].data);
}

/* ---- an end ---- */

/* A migration that is open. */
struct party {
	struct vfiomig *mig;
	struct vfiomig_device *device[SPOOLS_MAX];
	struct vfiomig_channel *channel[SPOOLS_MAX];
	bool device_done[SPOOLS_MAX], channel_done[SPOOLS_MAX];
};

static void
party_devices(struct party *party, const struct spool_end *end,
    enum vfiomig_direction direction)
{
	struct vfiomig_config config = *end->config;
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .backend = "tape", .flags = VFIOMIG_DEVICE_NONBLOCK };
	char number[12];
	int k;

	memset(party, 0, sizeof *party);
	config.channels = (uint32_t)end->channels;
	ck_assert_int_eq(vfiomig_new(&party->mig, direction, &config), 0);
	for (k = 0; k < end->devices; k++) {
		snprintf(number, sizeof number, "%d", k);
		dc.params = number;
		dc.idstr = end->idstr ? end->idstr[k] : number;
		ck_assert_int_eq(vfiomig_device_add(party->mig, &dc,
		    &party->device[k]), 0);
	}
}

static void
party_channels(struct party *party, const struct spool_end *end)
{
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK, .readv = spool_readv,
	    .writev = spool_writev };
	int k;

	for (k = 0; k < end->channels; k++) {
		cc.id = end->id ? end->id[k] : (uint32_t)k;
		cc.opaque = &end->spool[k];
		end->spool[k].at = 0;
		end->spool[k].turn = false;
		ck_assert_int_eq(vfiomig_channel_open(party->mig, &cc,
		    &party->channel[k]), 0);
	}
}

/* Note what a call returned; the number of things that ended by it. */
static int
ended(bool *done, int r)
{
	if (*done || r == -EAGAIN)
		return 0;
	*done = true;
	return 1;
}

void
spool_record(const struct spool_end *end)
{
	int left = end->devices + end->channels, k, r, rounds;
	struct party p;

	party_devices(&p, end, VFIOMIG_OUTGOING);
	party_channels(&p, end);
	if (end->precopy != NULL)
		end->precopy(p.mig, p.device);
	ck_assert_int_eq(vfiomig_quiesce(p.mig), 0);
	for (rounds = 0; left > 0; rounds++) {
		ck_assert_int_lt(rounds, 1000000);
		for (k = 0; k < end->devices; k++) {
			r = p.device_done[k] ? 0 :
			    vfiomig_buffer_fill(p.device[k]);
			ck_assert(r == 0 || r == -EAGAIN);
			left -= ended(&p.device_done[k], r);
		}
		for (k = 0; k < end->channels; k++) {
			r = p.channel_done[k] ? 0 :
			    vfiomig_channel_run(p.channel[k]);
			ck_assert(r == 0 || r == -EAGAIN);
			left -= ended(&p.channel_done[k], r);
		}
	}
	vfiomig_free(p.mig);
}

/* Bytes that have moved and things that have ended, to tell a hang. */
static uint64_t
party_progress(const struct party *p, const struct spool_end *end)
{
	uint64_t sum = 0;
	int k;

	for (k = 0; k < end->channels; k++)
		sum += end->spool[k].at + p->channel_done[k];
	for (k = 0; k < end->devices; k++)
		sum += end->tape[k].recorded +
		    (uint64_t)end->tape[k].configs + p->device_done[k];
	return sum;
}

void
spool_replay(const struct spool_end *end, struct spool_outcome *outcome)
{
	int left = end->devices + end->channels, k, r = 0, idle = 0;
	uint64_t before = 0, after;
	struct party p;

	memset(outcome, 0, sizeof *outcome);
	party_devices(&p, end, VFIOMIG_INCOMING);
	party_channels(&p, end);
	while (left > 0 && idle < 8) {
		for (k = 0; k < end->channels; k++) {
			r = p.channel_done[k] ? 0 :
			    vfiomig_channel_run(p.channel[k]);
			left -= ended(&p.channel_done[k], r);
		}
		for (k = 0; k < end->devices; k++) {
			r = p.device_done[k] ? 0 :
			    vfiomig_buffer_drain(p.device[k]);
			left -= ended(&p.device_done[k], r);
		}
		after = party_progress(&p, end);
		idle = after == before ? idle + 1 : 0;
		before = after;
	}
	outcome->hung = left > 0;
	outcome->code = vfiomig_failure(p.mig, outcome->text,
	    sizeof outcome->text);
	if (outcome->code != 0)
		vfiomig_recover(p.mig);
	for (k = 0; k < end->devices; k++) {
		struct vfiomig_device_stats stats = { .size = sizeof stats };

		vfiomig_device_stats(p.device[k], &stats);
		outcome->complete[k] = stats.complete != 0;
		outcome->state[k] = stats.state;
	}
	if (outcome->code == 0 && !outcome->hung)
		outcome->resumed = vfiomig_resume(p.mig);
	vfiomig_free(p.mig);
}

/* ---- what is in a spool ---- */

static uint32_t
get32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

size_t
spool_packets(const struct spool *spool, int channel,
    struct spool_packet *packet, size_t most)
{
	enum { RAM = 1344 };	/* header of a RAM packet, pages of 4 KiB */
	size_t at = SPOOL_HELLO, n = 0;

	while (at < spool->size) {
		const uint8_t *b = spool->data + at;

		ck_assert_uint_eq(get32(b), 0x11223344);
		ck_assert_uint_eq(get32(b + 4), 1);
		if (get32(b + 8) != 0x40) {
			at += RAM + get32(b + 20);
			continue;
		}
		ck_assert_uint_lt(n, most);
		packet[n] = (struct spool_packet){
			.channel = channel,
			.offset = at,
			.size = SPOOL_HEADERS - 12 + get32(b + 272),
			.idstr = (const char *)b + 12,
			.instance = get32(b + 268),
			.idx = get32(b + 280),
			.flags = get32(b + 284),
			.payload = b + SPOOL_HEADERS,
			.payload_size = get32(b + 272) - 12
		};
		at += packet[n++].size;
	}
	ck_assert_uint_eq(at, spool->size);
	return n;
}

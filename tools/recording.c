/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recording.c - recorded channels and main streams, read whole; see
 * recording.h
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/wire.h"
#include "mainstream.h"
#include "recording.h"

/* gcc 12's analyzer loses sight of what *recording keeps, and calls it leaked;
 * memcheck sees that recording_free() gives it back. */
#if __GNUC__ >= 10
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* A file being read. */
struct reading {
	struct recording *recording;
	struct recorded_file *file;
	FILE *from;
	uint32_t page_size;
	uint64_t at;		/* where the packet being read begins */
	int error;		/* no memory */
};

static void
fault(struct reading *rd, uint64_t offset, const char *why)
{
	struct recorded_file *f = rd->file;

	if (f->faulty)
		return;
	f->faulty = true;
	f->fault_offset = offset;
	snprintf(f->fault, sizeof f->fault, "%s", why);
}

/* The device's number, made when it is new; -1: there are too many. */
static int
device_number(struct recording *r, const char *idstr, uint32_t instance)
{
	struct recorded_device *d;
	int k;

	for (k = 0; k < r->devices; k++)
		if (r->device[k].instance_id == instance &&
		    strcmp(r->device[k].idstr, idstr) == 0)
			return k;
	if (r->device == NULL)
		r->device = calloc(RECORDED_DEVICES, sizeof *r->device);
	if (r->device == NULL || k == RECORDED_DEVICES)
		return -1;
	d = &r->device[r->devices++];
	snprintf(d->idstr, sizeof d->idstr, "%s", idstr);
	d->instance_id = instance;
	d->last_file = -1;
	return k;
}

static void
record_add(struct reading *rd, const struct record *record)
{
	struct recording *r = rd->recording;
	struct record *more;
	size_t room;

	if (r->records == r->room) {
		room = r->room ? 2 * r->room : 256;
		more = realloc(r->record, room * sizeof *more);
		if (more == NULL) {
			rd->error = -ENOMEM;
			return;
		}
		r->record = more;
		r->room = room;
	}
	r->record[r->records] = *record;
	r->record[r->records++].file = (uint16_t)(rd->file - r->file);
}

/* ---- a channel ---- */

/* Read exactly; false, with a fault unless @may_end and nothing came. */
static bool
read_all(struct reading *rd, void *data, size_t size, bool may_end)
{
	size_t n = fread(data, 1, size, rd->from);

	rd->file->bytes += n;
	if (n < size && !(may_end && n == 0))
		fault(rd, rd->at, "it ends inside what begins here");
	return n == size;
}

static bool
skip(struct reading *rd, uint64_t size)
{
	static char scratch[65536];
	size_t n;

	while (size > 0) {
		n = size < sizeof scratch ? (size_t)size : sizeof scratch;
		if (!read_all(rd, scratch, n, false))
			return false;
		size -= n;
	}
	return true;
}

/* Note a packet of a device, and whether it may come where it did. */
static void
device_note(struct reading *rd, const struct record *record)
{
	struct recorded_device *d = &rd->recording->device[record->device];
	int file = (int)(rd->file - rd->recording->file);

	if (d->last_file == file && record->idx <= d->last_idx)
		fault(rd, record->offset, record->idx == d->last_idx ?
		    "state packet: idx came twice on this channel" :
		    "state packet: idx does not rise on this channel");
	d->last_file = file;
	d->last_idx = record->idx;
	d->packets++;
	if (!(record->flags & WIRE_STATE_CONFIG)) {
		d->data_bytes += record->length;
		return;
	}
	if (d->configs++ == 0) {
		d->config_idx = record->idx;
		d->config_bytes = record->length;
	} else {
		fault(rd, record->offset, "state packet: a second config "
		    "state of its device");
	}
}

/* A device-state packet, whose head is whole. */
static bool
read_state(struct reading *rd, const uint8_t *head)
{
	struct record record = { .offset = rd->at, .kind = RECORD_STATE };
	struct wire_device device;
	struct wire_state state;
	const char *why;
	int k;

	if (wire_device_decode(head, &device, &why) < 0 ||
	    wire_state_decode(head + WIRE_DEVICE, &state, &why) < 0) {
		fault(rd, rd->at, why);
		return false;
	}
	k = device_number(rd->recording, device.idstr, device.instance_id);
	if (k < 0) {
		fault(rd, rd->at, "more devices than inspect can tell apart");
		return false;
	}
	record.device = (int16_t)k;
	record.idx = state.idx;
	record.flags = state.flags;
	record.length = device.size - WIRE_STATE;
	if (!skip(rd, record.length))
		return false;
	record_add(rd, &record);
	device_note(rd, &record);
	return true;
}

static bool
read_packet(struct reading *rd)
{
	struct record record = { .offset = rd->file->bytes, .device = -1 };
	uint8_t head[WIRE_FULL];
	uint32_t flags;
	const char *why;

	rd->at = rd->file->bytes;
	if (!read_all(rd, head, sizeof head, true))
		return false;
	if (wire_header_decode(head, &flags, &why) < 0) {
		fault(rd, rd->at, why);
		return false;
	}
	if (flags & WIRE_FLAG_DEVICE_STATE)
		return read_state(rd, head);
	record.kind = flags & WIRE_FLAG_SYNC ? RECORD_SYNC : RECORD_RAM;
	record.length = wire_ram_payload(head);
	if (!skip(rd, wire_ram_header(rd->page_size) - sizeof head +
	    record.length))
		return false;
	record_add(rd, &record);
	return true;
}

static void
read_channel(struct reading *rd, uint8_t *head)
{
	struct record record = { .kind = RECORD_HELLO, .device = -1 };
	struct wire_hello hello;
	const char *why;

	if (!read_all(rd, head + 4, WIRE_HELLO - 4, false))
		return;
	if (wire_hello_decode(head, &hello, &why) < 0) {
		fault(rd, 0, why);
		return;
	}
	rd->file->id = hello.id;
	memcpy(rd->file->uuid, hello.uuid, sizeof hello.uuid);
	record_add(rd, &record);
	while (rd->error == 0 && read_packet(rd))
		continue;
}

/* ---- a main stream ---- */

/* True when @record went on where the last ends, and is part of that now. */
static bool
precopy_joined(struct reading *rd, const struct record *record)
{
	struct recording *r = rd->recording;
	struct record *last;

	if (r->records <= rd->file->first)
		return false;
	last = &r->record[r->records - 1];
	if (last->kind != RECORD_PRECOPY ||
	    last->offset + last->length != record->offset)
		return false;
	last->length += record->length;
	return true;
}

static int
main_event(void *opaque, const struct mainstream_event *event)
{
	struct reading *rd = opaque;
	struct recording *r = rd->recording;
	struct record record = { .offset = event->offset, .device = -1 };

	if (event->kind == MAINSTREAM_SWITCHOVER) {
		record.kind = RECORD_SWITCHOVER;
		record_add(rd, &record);
	}
	if (event->kind != MAINSTREAM_DATA)
		return rd->error;
	record.kind = RECORD_PRECOPY;
	record.device = (int16_t)device_number(r, event->idstr,
	    event->instance_id);
	record.length = event->size;
	if (record.device < 0)
		return -ENOMEM;
	r->device[record.device].precopy_bytes += event->size;
	if (!precopy_joined(rd, &record))
		record_add(rd, &record);
	return rd->error;
}

static void
read_main(struct reading *rd, const uint8_t *head)
{
	static char data[65536];
	struct mainstream *ms;
	uint64_t offset;
	const char *why;
	size_t n;
	int r;

	rd->file->is_main = true;
	rd->error = mainstream_new(&ms, rd->page_size, main_event, rd);
	if (rd->error < 0)
		return;
	r = mainstream_feed(ms, head, 4);
	while (r == 0 && (n = fread(data, 1, sizeof data, rd->from)) > 0) {
		rd->file->bytes += n;
		r = mainstream_feed(ms, data, n);
	}
	if (mainstream_end(ms) < 0) {
		why = mainstream_why(ms, &offset);
		fault(rd, offset, why);
	}
	mainstream_free(ms);
}

int
recording_add(struct recording *recording, const char *name,
    uint32_t page_size)
{
	struct recorded_file *file = &recording->file[recording->files];
	struct reading rd = {
		.recording = recording,
		.file = file,
		.page_size = page_size
	};
	uint8_t head[WIRE_HELLO];

	rd.from = fopen(name, "rb");
	if (rd.from == NULL)
		return -errno;
	recording->files++;
	file->name = name;
	file->first = recording->records;
	if (read_all(&rd, head, 4, false)) {
		if (wire_is_main(head))
			read_main(&rd, head);
		else
			read_channel(&rd, head);
	}
	if (ferror(rd.from))
		rd.error = -EIO;
	file->end = recording->records;
	fclose(rd.from);
	return rd.error;
}

/* ---- all of them ---- */

static int
key_compare(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left;
	const uint64_t b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* One device's idxs in order, from @key on; the number of them. */
static size_t
device_judge(struct recorded_device *d, const uint64_t *key, size_t keys,
    uint64_t device)
{
	uint32_t idx, next = 0;
	size_t k;

	for (k = 0; k < keys && key[k] >> 32 == device; k++) {
		idx = (uint32_t)key[k];
		if (k > 0 && key[k] == key[k - 1]) {
			if (!d->repeated)
				d->repeated_idx = idx;
			d->repeated = true;
			continue;
		}
		if (idx != next && !d->missing) {
			d->missing = true;
			d->missing_idx = next;
		}
		next = idx + 1;
		d->beyond |= d->configs > 0 && idx > d->config_idx;
	}
	if (d->configs == 0 && !d->missing) {
		d->missing = true;
		d->missing_idx = next;
	}
	return k;
}

int
recording_judge(struct recording *recording)
{
	size_t k, keys = 0, at = 0;
	uint64_t *key;
	int d;

	key = malloc((recording->records + 1) * sizeof *key);
	if (key == NULL)
		return -ENOMEM;
	for (k = 0; k < recording->records; k++)
		if (recording->record[k].kind == RECORD_STATE)
			key[keys++] =
			    (uint64_t)recording->record[k].device << 32 |
			    recording->record[k].idx;
	qsort(key, keys, sizeof *key, key_compare);
	for (d = 0; d < recording->devices; d++)
		at += device_judge(&recording->device[d], key + at, keys - at,
		    (uint64_t)d);
	free(key);
	return 0;
}

bool
recorded_whole(const struct recorded_device *device)
{
	return !device->missing && !device->repeated && !device->beyond &&
	    device->configs == 1;
}

void
recording_free(struct recording *recording)
{
	free(recording->record);
	free(recording->device);
}

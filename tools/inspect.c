/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * inspect.c - vfiomig inspect: what is in recorded channels
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "json.h"
#include "map.h"
#include "options.h"
#include "recording.h"

static const struct usage usage = {
	.command = "inspect",
	.about = "Prints every packet of recorded channels in a line each, "
	    "and the first fault of\neach FILE.  Of a main stream only what "
	    "is about VFIO devices is printed.",
	.options = "page-size json svg",
	.operand = "FILE",
};

static const char *const kinds[RECORD_KINDS] = {
	"hello", "sync", "ram", "state", "pre-copy", "switchover"
};

static void
uuid_text(const uint8_t *uuid, char text[33])
{
	int k;

	for (k = 0; k < 16; k++)
		snprintf(text + 2 * k, 3, "%02x", uuid[k]);
}

/* How many records of a kind the file has. */
static unsigned long
count(const struct recording *r, const struct recorded_file *f,
    enum record_kind kind)
{
	unsigned long n = 0;
	size_t k;

	for (k = f->first; k < f->end; k++)
		n += r->record[k].kind == kind;
	return n;
}

/* ---- for people ---- */

static void
record_print(const struct recording *r, const struct record *record)
{
	const struct recorded_device *d = record->device < 0 ? NULL :
	    &r->device[record->device];
	char idx[16] = "-", instance[16] = "";

	if (record->kind == RECORD_STATE)
		snprintf(idx, sizeof idx, "%u", record->idx);
	if (d != NULL && d->instance_id != 0)
		snprintf(instance, sizeof instance, "#%u", d->instance_id);
	printf("%12llu  %-10s %10s  %-6s %10llu  %s%s\n",
	    (unsigned long long)record->offset, kinds[record->kind], idx,
	    record->flags & 1 ? "config" : "-",
	    (unsigned long long)record->length, d ? d->idstr : "-", instance);
}

static void
file_print(const struct recording *r, const struct recorded_file *f)
{
	char uuid[33];
	size_t k;

	uuid_text(f->uuid, uuid);
	if (f->is_main)
		printf("%s: main stream\n", f->name);
	else
		printf("%s: channel id=%u uuid=%s\n", f->name, f->id, uuid);
	printf("%12s  %-10s %10s  %-6s %10s  %s\n", "offset", "kind", "idx",
	    "flags", "length", "device");
	for (k = f->first; k < f->end; k++)
		record_print(r, &r->record[k]);
	printf("  total: bytes=%llu state=%lu ram=%lu sync=%lu\n",
	    (unsigned long long)f->bytes, count(r, f, RECORD_STATE),
	    count(r, f, RECORD_RAM), count(r, f, RECORD_SYNC));
	if (f->faulty)
		printf("  FAULT: offset=%llu, why=\"%s\"\n",
		    (unsigned long long)f->fault_offset, f->fault);
	putchar('\n');
}

static void
device_print(const struct recorded_device *d)
{
	printf("%s#%u: packets=%llu data_bytes=%llu config_bytes=%llu "
	    "precopy_bytes=%llu: ", d->idstr, d->instance_id,
	    (unsigned long long)d->packets, (unsigned long long)d->data_bytes,
	    (unsigned long long)d->config_bytes,
	    (unsigned long long)d->precopy_bytes);
	if (d->missing)
		printf("idx %u is missing\n", d->missing_idx);
	else if (d->repeated)
		printf("idx %u came twice\n", d->repeated_idx);
	else if (d->beyond)
		printf("packets beyond the config state, idx %u\n",
		    d->config_idx);
	else
		printf("whole\n");
}

/* ---- for machines ---- */

static void
record_json(struct json *json, const struct recording *r,
    const struct record *record)
{
	json_open(json, NULL, '{');
	json_number(json, "offset", record->offset);
	json_text(json, "kind", kinds[record->kind]);
	json_number(json, "length", record->length);
	if (record->device >= 0) {
		json_text(json, "idstr", r->device[record->device].idstr);
		json_number(json, "instance_id",
		    r->device[record->device].instance_id);
	}
	if (record->kind == RECORD_STATE) {
		json_number(json, "idx", record->idx);
		json_number(json, "flags", record->flags);
	}
	json_close(json, '}');
}

static void
file_json(struct json *json, const struct recording *r,
    const struct recorded_file *f)
{
	char uuid[33];
	size_t k;

	uuid_text(f->uuid, uuid);
	json_open(json, NULL, '{');
	json_text(json, "name", f->name);
	json_text(json, "kind", f->is_main ? "main" : "channel");
	if (!f->is_main) {
		json_number(json, "id", f->id);
		json_text(json, "uuid", uuid);
	}
	json_number(json, "bytes", f->bytes);
	json_open(json, "packets", '[');
	for (k = f->first; k < f->end; k++)
		record_json(json, r, &r->record[k]);
	json_close(json, ']');
	if (f->faulty) {
		json_open(json, "fault", '{');
		json_number(json, "offset", f->fault_offset);
		json_text(json, "why", f->fault);
		json_close(json, '}');
	}
	json_close(json, '}');
}

static void
device_json(struct json *json, const struct recorded_device *d)
{
	json_open(json, NULL, '{');
	json_text(json, "idstr", d->idstr);
	json_number(json, "instance_id", d->instance_id);
	json_number(json, "packets", d->packets);
	json_number(json, "data_bytes", d->data_bytes);
	json_number(json, "config_bytes", d->config_bytes);
	json_number(json, "precopy_bytes", d->precopy_bytes);
	json_bool(json, "whole", recorded_whole(d));
	if (d->missing)
		json_number(json, "missing_idx", d->missing_idx);
	if (d->repeated)
		json_number(json, "repeated_idx", d->repeated_idx);
	json_close(json, '}');
}

static void
recording_json(const struct recording *r)
{
	struct json json = { .to = stdout };
	int k;

	json_open(&json, NULL, '{');
	json_open(&json, "files", '[');
	for (k = 0; k < r->files; k++)
		file_json(&json, r, &r->file[k]);
	json_close(&json, ']');
	json_open(&json, "devices", '[');
	for (k = 0; k < r->devices; k++)
		device_json(&json, &r->device[k]);
	json_close(&json, ']');
	json_close(&json, '}');
}

static void
recording_print(const struct recording *r)
{
	int k;

	for (k = 0; k < r->files; k++)
		file_print(r, &r->file[k]);
	for (k = 0; k < r->devices; k++)
		device_print(&r->device[k]);
}

static bool
picture_write(const struct recording *r, const char *file)
{
	FILE *to = fopen(file, "we");
	bool good = to != NULL;

	if (good) {
		map_draw(r, to);
		good = !ferror(to) && fflush(to) == 0;
		fclose(to);
	}
	if (!good)
		complain("file cannot be written: file=%s, error=%s", file,
		    strerror(errno));
	return good;
}

static int
inspect(struct recording *r, const struct options *o)
{
	int k, error;
	bool good = true;

	for (k = 0; k < o->operands; k++) {
		error = r->files == RECORDED_FILES ? -E2BIG :
		    recording_add(r, o->operand[k], (uint32_t)o->page_size);
		if (error < 0) {
			complain("file cannot be read: file=%s, error=%s",
			    o->operand[k], strerror(-error));
			return EXIT_FAILED;
		}
		good = good && !r->file[k].faulty;
	}
	if (recording_judge(r) < 0) {
		complain("no memory");
		return EXIT_FAILED;
	}
	if (o->json)
		recording_json(r);
	else
		recording_print(r);
	for (k = 0; k < r->files; k++)
		if (r->file[k].faulty)
			complain("file is not whole: file=%s, offset=%llu, "
			    "why=\"%s\"", r->file[k].name,
			    (unsigned long long)r->file[k].fault_offset,
			    r->file[k].fault);
	if (o->svg != NULL && !picture_write(r, o->svg))
		return EXIT_FAILED;
	return good ? EXIT_DONE : EXIT_FAILED;
}

int
command_inspect(int argc, char **argv)
{
	static struct recording recording;
	static struct options o;
	int status;

	if (!options_read(&o, &usage, argc, argv, &status))
		return status;
	if ((o.page_size & (o.page_size - 1)) != 0) {
		complain("--page-size is no power of two");
		return EXIT_USAGE;
	}
	status = inspect(&recording, &o);
	recording_free(&recording);
	options_free(&o);
	return status;
}

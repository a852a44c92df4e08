/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * report.c - the figures of a migration that is over; see report.h
 *
 * Invariant: no line of the table is wider than 79 columns.
 */
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "migration.h"
#include "report.h"
#include "tracing.h"
#include "units.h"

enum { NAME = 20, TEXT = 600 };

uint64_t
report_peak(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[128];
	uint64_t kib = 0;

	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "VmHWM: %" SCNu64, &kib) == 1)
			break;
	if (status != NULL)
		fclose(status);
	return kib * 1024;
}

/* Nanoseconds that the device took, counted from the first connection. */
static uint64_t
device_ns(const struct migration *m, uint32_t k)
{
	uint64_t end = m->device_end[k] ? m->device_end[k] : clock_ns();

	return m->begin != 0 && end > m->begin ? end - m->begin : 0;
}

static double
rate(uint64_t bytes, uint64_t ns)
{
	return ns == 0 ? 0 : (double)bytes * 1e9 / (double)ns;
}

/* ---- the table ---- */

static void
device_row(FILE *to, const struct migration *m, uint32_t k)
{
	struct vfiomig_device_stats s = { .size = sizeof s };
	const char *idstr = m->options->device.item[k].idstr;
	struct units bytes, most, starved, speed;
	size_t n = strlen(idstr);

	vfiomig_device_stats(m->device[k], &s);
	fprintf(to, "%-*s %8s %7" PRIu64 " %6u %8s %8s %7s/s %s%s\n", NAME,
	    n > NAME ? idstr + n - NAME : idstr,
	    units_bytes(&bytes, s.bytes_done + s.state_bytes), s.packets,
	    s.reorder_depth_max, units_bytes(&most, s.queued_bytes_max),
	    units_time(&starved, s.starved_ns),
	    units_bytes(&speed, (uint64_t)rate(s.bytes_done + s.state_bytes,
	    device_ns(m, k))), units_state(s.state),
	    s.complete ? "" : "!");
}

static void
channels_row(FILE *to, const struct migration *m)
{
	struct vfiomig_channel_stats s = { .size = sizeof s };
	uint64_t wire = 0, parked = 0, parked_ns = 0, calls = 0;
	struct units bytes, time;
	uint32_t k;

	for (k = 0; k < m->channels; k++) {
		vfiomig_channel_stats(m->channel[k], &s);
		wire += s.wire_bytes;
		parked += s.parked;
		parked_ns += s.parked_ns;
		calls += s.system_calls;
	}
	fprintf(to, "channels: %u, %s on the wire, %" PRIu64
	    " system calls, waited %" PRIu64 " times, %s\n", m->channels,
	    units_bytes(&bytes, wire), calls, parked,
	    units_time(&time, parked_ns));
}

static void
table_write(FILE *to, struct migration *m, bool good)
{
	struct vfiomig_stats s = { .size = sizeof s };
	struct vfiomig_device_stats ds = { .size = sizeof ds };
	struct units bytes, time, used, budget, peak;
	uint32_t k;

	fprintf(to, "%-*s %8s %7s %6s %8s %8s %9s state\n", NAME, "device",
	    "bytes", "packets", "depth", "high", "starved", "speed");
	for (k = 0; k < m->devices; k++)
		device_row(to, m, k);
	channels_row(to, m);
	vfiomig_stats(m->mig, &s);
	fprintf(to, "memory: %s of %s at most, process %s\n",
	    units_bytes(&used, s.memory_max),
	    units_bytes(&budget, s.budget), units_bytes(&peak, report_peak()));
	for (k = 0; k < m->devices; k++) {
		vfiomig_device_stats(m->device[k], &ds);
		if (ds.complete && !ds.was_reset && good)
			continue;
		fprintf(to, "%s: %s, %s%s\n", m->options->device.item[k].idstr,
		    ds.complete ? "complete" : "not complete",
		    units_state(ds.state), ds.was_reset ? ", was reset" : "");
	}
	fprintf(to, "%s: %u of %u devices, %s in %s\n",
	    good ? "complete" : "failed", s.devices_complete, s.devices,
	    units_bytes(&bytes, s.bytes_done), units_time(&time,
	    m->end > m->begin ? m->end - m->begin : 0));
}

/* ---- JSON ---- */

static void
device_json(struct json *json, const struct migration *m, uint32_t k)
{
	struct vfiomig_device_stats s = { .size = sizeof s };
	const struct device_spec *spec = &m->options->device.item[k];

	vfiomig_device_stats(m->device[k], &s);
	json_open(json, NULL, '{');
	json_text(json, "idstr", spec->idstr);
	json_number(json, "instance", spec->instance);
	json_text(json, "state", units_state(s.state));
	json_bool(json, "complete", s.complete != 0);
	json_bool(json, "was_reset", s.was_reset != 0);
	json_number(json, "packets", s.packets);
	json_number(json, "bytes", s.bytes);
	json_number(json, "packets_done", s.packets_done);
	json_number(json, "bytes_done", s.bytes_done);
	json_number(json, "state_bytes", s.state_bytes);
	json_number(json, "config_bytes", s.config_bytes);
	json_number(json, "queued_bytes_max", s.queued_bytes_max);
	json_number(json, "reorder_depth_max", s.reorder_depth_max);
	json_number(json, "next_idx", s.next_idx);
	json_number(json, "starved", s.starved);
	json_number(json, "starved_ns", s.starved_ns);
	json_number(json, "backend_ns", s.backend_ns);
	json_number(json, "config_ns", s.config_ns);
	json_number(json, "nanoseconds", device_ns(m, k));
	json_close(json, '}');
}

static void
channel_json(struct json *json, struct vfiomig_channel *channel)
{
	struct vfiomig_channel_stats s = { .size = sizeof s };

	vfiomig_channel_stats(channel, &s);
	json_open(json, NULL, '{');
	json_signed(json, "id", s.id);
	json_number(json, "packets", s.packets);
	json_number(json, "bytes", s.bytes);
	json_number(json, "wire_bytes", s.wire_bytes);
	json_number(json, "skipped_packets", s.skipped_packets);
	json_number(json, "parked", s.parked);
	json_number(json, "parked_ns", s.parked_ns);
	json_number(json, "system_calls", s.system_calls);
	json_bool(json, "ended", s.ended != 0);
	json_close(json, '}');
}

static void
failure_json(struct json *json, struct migration *m)
{
	char text[TEXT];

	if (!migration_failed(m, text, sizeof text))
		return;
	json_open(json, "failure", '{');
	json_signed(json, "error", vfiomig_failure(m->mig, NULL, 0));
	json_text(json, "why", text);
	json_close(json, '}');
}

static void
json_write(FILE *to, struct migration *m, bool good)
{
	struct vfiomig_stats s = { .size = sizeof s };
	struct json json = { .to = to };
	uint32_t k;

	vfiomig_stats(m->mig, &s);
	json_open(&json, NULL, '{');
	json_text(&json, "outcome", good ? "complete" : "failed");
	failure_json(&json, m);
	json_number(&json, "nanoseconds", m->end > m->begin ?
	    m->end - m->begin : 0);
	json_number(&json, "budget", s.budget);
	json_number(&json, "memory_max", s.memory_max);
	json_number(&json, "process_peak", report_peak());
	json_number(&json, "bytes", s.bytes);
	json_number(&json, "bytes_done", s.bytes_done);
	json_open(&json, "devices", '[');
	for (k = 0; k < m->devices; k++)
		device_json(&json, m, k);
	json_close(&json, ']');
	json_open(&json, "channels", '[');
	for (k = 0; k < m->channels; k++)
		channel_json(&json, m->channel[k]);
	json_close(&json, ']');
	json_close(&json, '}');
}

void
report_write(FILE *to, struct migration *m, bool good)
{
	if (m->options->stats.kind == STATS_JSON)
		json_write(to, m, good);
	else if (m->options->stats.kind == STATS_TABLE)
		table_write(to, m, good);
	tracing_end(m);
	fflush(to);
}

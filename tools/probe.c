/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * probe.c - vfiomig probe: what a device can do, and what it is doing
 *
 * Idea: the backend's own functions are called, and only those that ask, so
 * the device stays as it is.
 */
#define VFIOMIG_BACKEND_API 1
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <vfiomig/backend.h>

#include "command.h"
#include "complain.h"
#include "json.h"
#include "options.h"
#include "units.h"

static const struct usage usage = {
	.command = "probe",
	.about = "Says what a device can do, its state, and how much it has "
	    "to move.",
	.options = "json verbose",
	.operand = "BACKEND[:PARAMS]",
};

/* What was found out of one device. */
struct finding {
	uint32_t can, state;
	struct vfiomig_pending pending;
	int pending_error;		/* negative errno: not known */
};

static const struct {
	uint32_t bit;
	const char *name, *words;
} abilities[] = {
	{ VFIOMIG_CAN_STOP_COPY, "stop_copy", "can be moved" },
	{ VFIOMIG_CAN_P2P, "p2p", "beside other devices" },
	{ VFIOMIG_CAN_PRE_COPY, "pre_copy", "in part while it runs" },
	{ VFIOMIG_CAN_DIRTY, "dirty", "keeps a record of what it writes" },
};

enum { ABILITIES = sizeof abilities / sizeof *abilities };

static bool verbose;

static void
host_log(const struct vfiomig_host *host, enum vfiomig_log_level level,
    const char *line)
{
	(void)host;
	if (verbose || level <= VFIOMIG_LOG_WARNING)
		complain("%s", line);
}

static int
host_cancelled(const struct vfiomig_host *host)
{
	(void)host;
	return 0;
}

static const struct vfiomig_host host = {
	.size = sizeof host,
	.log = host_log,
	.cancelled = host_cancelled
};

/* 0, or a negative errno and *@step that failed. */
static int
device_ask(const struct vfiomig_backend *backend, void *device,
    struct finding *f, const char **step)
{
	int r;

	*step = "asked what it can do";
	r = backend->query(device, &f->can);
	if (r < 0)
		return r;
	*step = "asked for its state";
	r = backend->get_state(device, &f->state);
	if (r < 0)
		return r;
	f->pending.size = sizeof f->pending;
	f->pending_error = backend->pending == NULL ? -EOPNOTSUPP :
	    backend->pending(device, &f->pending);
	return 0;
}

static void
finding_json(const struct device_spec *spec, const struct finding *f)
{
	struct json json = { .to = stdout };
	int k;

	json_open(&json, NULL, '{');
	json_text(&json, "backend", spec->backend);
	json_text(&json, "params", spec->params);
	json_open(&json, "can", '{');
	for (k = 0; k < ABILITIES; k++)
		json_bool(&json, abilities[k].name, f->can &
		    abilities[k].bit);
	json_close(&json, '}');
	json_text(&json, "state", units_state(f->state));
	if (f->pending_error == 0) {
		json_open(&json, "pending", '{');
		json_number(&json, "initial", f->pending.initial);
		json_number(&json, "dirty", f->pending.dirty);
		json_number(&json, "stop_copy", f->pending.stop_copy);
		json_close(&json, '}');
	}
	json_close(&json, '}');
}

static void
finding_print(const struct device_spec *spec, const struct finding *f)
{
	struct units units;
	int k;

	printf("%s%s%s\n", spec->backend, spec->params[0] ? ":" : "",
	    spec->params);
	for (k = 0; k < ABILITIES; k++)
		printf("  %-10s %-3s  %s\n", abilities[k].name, f->can &
		    abilities[k].bit ? "yes" : "no", abilities[k].words);
	printf("  %-10s %s\n", "state", units_state(f->state));
	if (f->pending_error != 0) {
		printf("  %-10s not known (%s)\n", "pending",
		    strerror(-f->pending_error));
		return;
	}
	printf("  %-10s %s before it stops", "pending",
	    units_bytes(&units, f->pending.initial));
	printf(", %s changed", units_bytes(&units, f->pending.dirty));
	printf(", %s when it stands still\n",
	    units_bytes(&units, f->pending.stop_copy));
}

/* One operand of the command line. */
static int
probe_one(const char *operand, bool as_json)
{
	const struct vfiomig_backend *backend;
	struct finding finding = { 0 };
	struct device_spec spec;
	const char *why, *step = "opened";
	void *device;
	int r;

	why = backend_parse(&spec, operand);
	if (why != NULL) {
		complain("expected %s: \"%s\"", why, operand);
		return EXIT_USAGE;
	}
	backend = devices_builtin(spec.backend);
	if (backend == NULL) {
		complain("no such backend: \"%s\"", spec.backend);
		return EXIT_USAGE;
	}
	r = backend->open(&host, spec.params, 0, &device);
	if (r == 0) {
		r = device_ask(backend, device, &finding, &step);
		backend->close(device);
	}
	if (r < 0) {
		complain("%s: cannot be %s: %s", operand, step,
		    strerror(-r));
		return EXIT_FAILED;
	}
	if (as_json)
		finding_json(&spec, &finding);
	else
		finding_print(&spec, &finding);
	return EXIT_DONE;
}

int
command_probe(int argc, char **argv)
{
	static struct options o;
	int k, status, worst = EXIT_DONE;

	if (!options_read(&o, &usage, argc, argv, &status))
		return status;
	verbose = o.verbose;
	for (k = 0; k < o.operands; k++) {
		status = probe_one(o.operand[k], o.json);
		if (status > worst)
			worst = status;
	}
	options_free(&o);
	return worst;
}

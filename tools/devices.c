/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * devices.c - the devices of a command line; see devices.h
 */
#define VFIOMIG_BACKEND_API 1
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <vfiomig/backend.h>

#include "complain.h"
#include "devices.h"
#include "plugins/builtin.h"
#include "plugins/params.h"

static const struct vfiomig_backend *(*const builtin[])(void) = {
	vfiomig_backend_v1_null_backend,
	vfiomig_backend_v1_file_backend,
	vfiomig_backend_v1_sim_backend,
	vfiomig_backend_v1_vfio_backend,
	vfiomig_backend_v1_vfio_user_backend,
};

const char *
backend_parse(struct device_spec *spec, const char *value)
{
	size_t size = strcspn(value, ":");

	if (size == 0 || size >= sizeof spec->backend)
		return "a backend's name, and perhaps :PARAMS";
	memcpy(spec->backend, value, size);
	spec->backend[size] = '\0';
	spec->params = value[size] == ':' ? value + size + 1 : "";
	return NULL;
}

/* Cut "#INSTANCE" off the idstr, where it has one. */
static bool
instance_cut(struct device_spec *spec)
{
	char *hash = strrchr(spec->idstr, '#');
	uint64_t n;

	if (hash == NULL)
		return true;
	if (hash == spec->idstr || param_number(&n, hash + 1) != NULL ||
	    n > UINT32_MAX)
		return false;
	spec->instance = (uint32_t)n;
	*hash = '\0';
	return true;
}

const char *
device_parse(void *target, const char *value)
{
	static const char expected[] = "IDSTR[#INSTANCE]=BACKEND[:PARAMS]";
	struct device_list *list = target;
	struct device_spec *spec = &list->item[list->count];
	size_t size = strcspn(value, "="), k;
	const char *why;

	if (list->count == DEVICES_MAX)
		return "256 devices at most";
	memset(spec, 0, sizeof *spec);
	if (size == 0 || size >= sizeof spec->idstr || value[size] == '\0')
		return expected;
	memcpy(spec->idstr, value, size);
	if (!instance_cut(spec))
		return expected;
	why = backend_parse(spec, value + size + 1);
	if (why != NULL)
		return why;
	for (k = 0; k < list->count; k++)
		if (list->item[k].instance == spec->instance &&
		    strcmp(list->item[k].idstr, spec->idstr) == 0)
			return "another name: this one is taken";
	list->count++;
	return NULL;
}

const struct vfiomig_backend *
devices_builtin(const char *name)
{
	size_t k;

	for (k = 0; k < sizeof builtin / sizeof *builtin; k++)
		if (strcmp(builtin[k]()->name, name) == 0)
			return builtin[k]();
	return NULL;
}

int
devices_register(void)
{
	size_t k;
	int r;

	for (k = 0; k < sizeof builtin / sizeof *builtin; k++) {
		r = vfiomig_backend_register(builtin[k]());
		if (r < 0) {
			complain("backend cannot be registered: "
			    "number=%zu, error=%s", k, strerror(-r));
			return r;
		}
	}
	return 0;
}

int
devices_plugin(const char *path)
{
	char text[512];
	int r;

	r = vfiomig_backend_load(path, text, sizeof text);
	if (r < 0)
		complain("plugin cannot be loaded: path=%s, error=%s, "
		    "why=\"%s\"", path, strerror(-r), text);
	return r;
}

int
devices_add(struct vfiomig *mig, const struct device_list *list,
    struct vfiomig_device **device)
{
	size_t k;
	int r;

	for (k = 0; k < list->count; k++) {
		const struct device_spec *spec = &list->item[k];
		const struct vfiomig_device_config config = {
			.size = sizeof config,
			.idstr = spec->idstr,
			.instance_id = spec->instance,
			.backend = spec->backend,
			.params = spec->params
		};

		r = vfiomig_device_add(mig, &config, &device[k]);
		if (r < 0) {
			bool none = vfiomig_backend_describe(spec->backend,
			    NULL, 0) < 0;

			complain("device cannot be added: device=\"%s\", "
			    "backend=%s, error=%s", spec->idstr,
			    spec->backend, none ? "no such backend" :
			    strerror(-r));
			return none ? -EINVAL : r;
		}
	}
	return 0;
}

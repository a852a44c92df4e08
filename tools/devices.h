/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * devices.h - the devices of a command line:
 * IDSTR[#INSTANCE]=BACKEND[:PARAMS]
 */
#ifndef TOOLS_DEVICES_H
#define TOOLS_DEVICES_H

#include <stddef.h>
#include <stdint.h>

struct vfiomig;
struct vfiomig_backend;
struct vfiomig_device;

enum { DEVICES_MAX = 256 };

struct device_spec {
	char idstr[256];
	uint32_t instance;
	char backend[64];
	const char *params;	/* the command line's */
};

struct device_list {
	struct device_spec item[DEVICES_MAX];
	size_t count;
};

/* Add @value to the struct device_list at @target: NULL, or what was
 * expected. */
const char *device_parse(void *target, const char *value);

/* As device_parse(), without IDSTR: BACKEND[:PARAMS]. */
const char *backend_parse(struct device_spec *spec, const char *value);

/* The built-in backend of that name, or NULL. */
const struct vfiomig_backend *devices_builtin(const char *name);

/* Register the backends that are built in.  0, or said why not. */
int devices_register(void);

/* Load the backend of a shared object.  0, or said why not. */
int devices_plugin(const char *path);

/* Add every device of @list to @mig; @device has room for all.  0, or said
 * why not. */
int devices_add(struct vfiomig *mig, const struct device_list *list,
    struct vfiomig_device **device);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * digest.c - a backend that has another do the work; see digest.h
 *
 * Idea: the parameters of a digesting device are its number in a table, where
 * the real backend and its parameters are.  There is one such backend for
 * those that bear one call at a time in all, and one for the others.
 */
#define VFIOMIG_BACKEND_API 1
#define VFIOMIG_BACKEND_STATIC
#include <vfiomig/backend.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "digest.h"

struct handle {
	const struct vfiomig_backend *ops;	/* of the real device */
	void *device;
	struct digest *digest;
};

static struct digest digests[DEVICES_MAX];
static char numbers[DEVICES_MAX][24];

/* ---- the functions: each passes on, some keep what went by ---- */

static int
digest_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	struct digest *digest = &digests[strtoul(params, NULL, 10)];
	struct handle *h;
	int r;

	h = malloc(sizeof *h);
	if (h == NULL)
		return -ENOMEM;
	h->ops = digest->backend;
	h->digest = digest;
	sha256_init(&digest->data);
	sha256_init(&digest->config);
	r = h->ops->open(host, digest->params, incoming, &h->device);
	if (r < 0) {
		free(h);
		return r;
	}
	*device = h;
	return 0;
}

static void
digest_close(void *device)
{
	struct handle *h = device;

	h->ops->close(h->device);
	free(h);
}

static int
digest_query(void *device, uint32_t *can)
{
	struct handle *h = device;

	return h->ops->query(h->device, can);
}

static int
digest_get_state(void *device, uint32_t *state)
{
	struct handle *h = device;

	return h->ops->get_state(h->device, state);
}

static int
digest_set_state(void *device, uint32_t state)
{
	struct handle *h = device;

	return h->ops->set_state(h->device, state);
}

static ssize_t
digest_read(void *device, void *data, size_t size)
{
	struct handle *h = device;

	return h->ops->read(h->device, data, size);
}

static ssize_t
digest_write(void *device, const void *data, size_t size)
{
	struct handle *h = device;
	ssize_t r = h->ops->write(h->device, data, size);

	if (r > 0)
		sha256_add(&h->digest->data, data, (size_t)r);
	return r;
}

static int
digest_reset(void *device)
{
	struct handle *h = device;

	return h->ops->reset != NULL ? h->ops->reset(h->device) : -ENOTSUP;
}

static void
digest_cancel(void *device)
{
	struct handle *h = device;

	if (h->ops->cancel != NULL)
		h->ops->cancel(h->device);
}

static int
digest_config_load(void *device, const void *data, size_t size)
{
	struct handle *h = device;

	sha256_add(&h->digest->config, data, size);
	return h->ops->config_load != NULL ?
	    h->ops->config_load(h->device, data, size) : 0;
}

#define FUNCTIONS					\
	.description	= "takes digests",		\
	.open		= digest_open,			\
	.close		= digest_close,			\
	.query		= digest_query,			\
	.get_state	= digest_get_state,		\
	.set_state	= digest_set_state,		\
	.read		= digest_read,			\
	.write		= digest_write,			\
	.reset		= digest_reset,			\
	.cancel		= digest_cancel,		\
	.config_load	= digest_config_load

static struct vfiomig_backend digest_one = {
	.name = "digest-one",
	.threads = VFIOMIG_THREADS_ONE_DEVICE,
	FUNCTIONS
};
static struct vfiomig_backend digest_each = {
	.name = "digest",
	.threads = VFIOMIG_THREADS_PER_DEVICE,
	FUNCTIONS
};

VFIOMIG_BACKEND(digest_one)
VFIOMIG_BACKEND(digest_each)

/* ---- whom they pass on to ---- */

/* What a shared object exports, if that is a backend called @name. */
static const struct vfiomig_backend *
plugin_find(const char *path, const char *name)
{
	const struct vfiomig_backend *(*entry)(void);
	const struct vfiomig_backend *ops = NULL;
	char full[4096];
	void *object;

	snprintf(full, sizeof full, path[0] == '/' ? "%s%s%s" : "%s/%s.so",
	    path[0] == '/' ? "" : VFIOMIG_BACKENDDIR, path, "");
	object = dlopen(full, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL)
		return NULL;
	*(void **)&entry = dlsym(object, "vfiomig_backend_v1");
	if (entry != NULL)
		ops = entry();
	return ops != NULL && ops->name != NULL &&
	    strcmp(ops->name, name) == 0 ? ops : NULL;
}

/* The backend of that name, as the library adopts it: its own size of it. */
static const struct vfiomig_backend *
backend_copy(const struct plugin_list *plugins, const char *name)
{
	const struct vfiomig_backend *ops = devices_builtin(name);
	struct vfiomig_backend *copy;
	size_t k;

	for (k = 0; ops == NULL && k < plugins->count; k++)
		ops = plugin_find(plugins->path[k], name);
	if (ops == NULL)
		return NULL;
	copy = calloc(1, sizeof *copy);		/* for the process's life */
	if (copy != NULL)
		memcpy(copy, ops, ops->size < sizeof *copy ? ops->size :
		    sizeof *copy);
	return copy;
}

int
digest_wrap(struct device_list *list, const struct plugin_list *plugins)
{
	struct device_spec *spec;
	size_t k;
	int r;

	r = vfiomig_backend_register(vfiomig_backend_v1_digest_one());
	if (r == 0)
		r = vfiomig_backend_register(vfiomig_backend_v1_digest_each());
	if (r < 0)
		return r;
	for (k = 0; k < list->count; k++) {
		spec = &list->item[k];
		digests[k].backend = backend_copy(plugins, spec->backend);
		if (digests[k].backend == NULL) {
			complain("device cannot be added: device=\"%s\", "
			    "backend=%s, error=no such backend", spec->idstr,
			    spec->backend);
			return -ENOENT;
		}
		digests[k].params = spec->params;
		snprintf(numbers[k], sizeof numbers[k], "%zu", k);
		spec->params = numbers[k];
		strcpy(spec->backend, digests[k].backend->threads ==
		    VFIOMIG_THREADS_ONE_DEVICE ? "digest-one" : "digest");
	}
	return 0;
}

struct digest *
digest_of(size_t k)
{
	return &digests[k];
}

void
digest_restart(size_t k)
{
	sha256_init(&digests[k].data);
}

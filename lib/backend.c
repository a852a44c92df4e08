/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.c - the backends this process knows
 *
 * Idea
 *
 *   A list that only grows: an entry, once it can be seen, never changes and
 *   never goes, so looking needs no lock and no backend is unloaded under a
 *   device.  The library keeps a copy of the struct, of its own size: what
 *   the backend predates is NULL, what it has beyond is not looked at.
 *
 *   This list is the library's only writable global.
 *
 * Ordering (C11)
 *
 *   B1 -> B2   an entry is whole  before  who finds the list's head reads it
 *   X          relaxed: an entry's successor, which its adder has looked at
 *              through B2
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#ifndef BACKEND_B1		/* the mutation test overrides these */
#define BACKEND_B1 memory_order_release
#endif
#ifndef BACKEND_B2
#define BACKEND_B2 memory_order_acquire
#endif

static _Atomic(struct backend *) backends;

#define END_OF(field) (offsetof(struct vfiomig_backend, field) +	\
    sizeof ((struct vfiomig_backend *)0)->field)

struct backend *
backend_find(const char *name)
{
	struct backend *b;

	b = atomic_load_explicit(&backends, BACKEND_B2);
	while (b != NULL && strcmp(b->name, name) != 0)
		b = b->older;
	return b;
}

/* Copy what the backend has; -EINVAL when that is not enough. */
static int
backend_adopt(const struct vfiomig_backend *from, struct vfiomig_backend *to,
    const char **why)
{
	size_t size;

	memset(to, 0, sizeof *to);
	if (from->api != 1) {
		*why = "its api is not one this library knows";
		return -EPROTONOSUPPORT;
	}
	*why = "its struct is too small";
	if (from->size < END_OF(write))
		return -EINVAL;
	size = END_OF(write) + (from->size - END_OF(write)) /
	    sizeof(void *) * sizeof(void *);	/* whole fields only */
	if (size > sizeof *to)
		size = sizeof *to;
	memcpy(to, from, size);
	to->size = size;
	*why = "it has no name";
	if (to->name == NULL || to->name[0] == '\0')
		return -EINVAL;
	*why = "a required function is missing";
	if (!to->open || !to->close || !to->query || !to->get_state ||
	    !to->set_state || !to->read || !to->write)
		return -EINVAL;
	*why = "its concurrency is none that this library knows";
	if (to->threads < VFIOMIG_THREADS_ONE_DEVICE ||
	    to->threads > VFIOMIG_THREADS_ANY)
		return -EINVAL;
	return 0;
}

static int
backend_add(const struct vfiomig_backend *ops, const char **why)
{
	struct backend *b, *seen, *old;
	struct vfiomig_backend copy;
	int r;

	r = backend_adopt(ops, &copy, why);
	if (r < 0)
		return r;
	*why = "no memory";
	b = calloc(1, sizeof *b + strlen(copy.name) + 1);
	if (b == NULL)
		return -ENOMEM;
	strcpy(b->name, copy.name);
	b->ops = copy;
	b->ops.name = b->name;
	pthread_mutex_init(&b->lock, NULL);
	seen = atomic_load_explicit(&backends, relaxed);
	do {
		old = backend_find(b->name);
		if (old != NULL) {
			r = old->ops.open == copy.open ? 0 : -EEXIST;
			*why = "another backend has its name";
			pthread_mutex_destroy(&b->lock);
			free(b);
			return r;
		}
		b->older = seen;
	} while (!atomic_compare_exchange_strong_explicit(&backends, &seen, b,
	    BACKEND_B1, relaxed));
	return 0;
}

API int
vfiomig_backend_register(const struct vfiomig_backend *backend)
{
	const char *why;

	if (backend == NULL)
		return -EINVAL;
	return backend_add(backend, &why);
}

/* Say @text, in the caller's room for it. */
static int
backend_refuse(int code, char *text, size_t size, const char *name,
    const char *why)
{
	if (text != NULL && size != 0)
		snprintf(text, size, "backend refused: name=\"%s\", "
		    "why=\"%s\"", name, why);
	return code;
}

API int
vfiomig_backend_load(const char *name, char *text, size_t size)
{
	const struct vfiomig_backend *(*entry)(void);
	const struct vfiomig_backend *ops;
	char path[4096];
	const char *why;
	void *object;
	int r;

	if (name == NULL || name[0] == '\0')
		return -EINVAL;
	if (name[0] == '/')
		r = snprintf(path, sizeof path, "%s", name);
	else if (strchr(name, '/') == NULL)
		r = snprintf(path, sizeof path, "%s/%s.so",
		    VFIOMIG_BACKENDDIR, name);
	else
		return backend_refuse(-EINVAL, text, size, name,
		    "neither an absolute path nor a bare name");
	if ((size_t)r >= sizeof path)
		return backend_refuse(-EINVAL, text, size, name,
		    "the path is too long");
	if (access(path, F_OK) < 0)
		return backend_refuse(-ENOENT, text, size, path,
		    "no such file");
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (object == NULL)
		return backend_refuse(-ELIBBAD, text, size, path, dlerror());
	*(void **)&entry = dlsym(object, "vfiomig_backend_v1");
	ops = entry != NULL ? entry() : NULL;
	if (ops == NULL) {
		r = -ELIBBAD;
		why = "it has no vfiomig_backend_v1";
	} else {
		r = backend_add(ops, &why);
	}
	if (r < 0) {
		backend_refuse(r, text, size, path, why);
		dlclose(object);
	}
	return r;
}

API int
vfiomig_backend_describe(const char *name, char *text, size_t size)
{
	static const char *const threads[] = { "", "one-device",
	    "per-device", "any" };
	const struct vfiomig_backend *o;
	struct backend *b;

	if (name == NULL || (text == NULL && size != 0))
		return -EINVAL;
	b = backend_find(name);
	if (b == NULL)
		return -ENOENT;
	o = &b->ops;
	return snprintf(text, size,
	    "name=%s\ndescription=%s\napi=%u\nsize=%zu\nthreads=%s\n"
	    "has_open=1\nhas_close=1\nhas_query=1\nhas_get_state=1\n"
	    "has_set_state=1\nhas_read=1\nhas_write=1\n"
	    "has_writev=%d\nhas_reset=%d\nhas_cancel=%d\n"
	    "has_config_load=%d\nhas_config_save=%d\nhas_pending=%d\n"
	    "has_dirty_start=%d\nhas_dirty_report=%d\nhas_dirty_stop=%d\n",
	    o->name, o->description ? o->description : "", o->api, o->size,
	    threads[o->threads],
	    o->writev != NULL, o->reset != NULL, o->cancel != NULL,
	    o->config_load != NULL, o->config_save != NULL,
	    o->pending != NULL, o->dirty_start != NULL,
	    o->dirty_report != NULL, o->dirty_stop != NULL);
}

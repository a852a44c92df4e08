/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vice.c - the source of modules with one vice each: compiled with -DVICE_...
 * (see local.mk), or with none for a module that is as it should be
 */
#include <stddef.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#define END_OF(field) (offsetof(struct vfiomig_backend, field) +	\
    sizeof ((struct vfiomig_backend *)0)->field)

__attribute__((visibility("default")))
const struct vfiomig_backend *vfiomig_backend_v1(void);

#ifdef VICE_UNDEFINED
int no_such_function_anywhere(void);
#endif

static int
vice_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	(void)host;
	(void)params;
	(void)incoming;
	*device = NULL;
#ifdef VICE_UNDEFINED
	return no_such_function_anywhere();
#else
	return 0;
#endif
}

static void
vice_close(void *device)
{
	(void)device;
}

static int
vice_query(void *device, uint32_t *can)
{
	(void)device;
	*can = VFIOMIG_CAN_STOP_COPY;
	return 0;
}

static int
vice_get_state(void *device, uint32_t *state)
{
	(void)device;
	*state = VFIOMIG_STATE_RUNNING;
	return 0;
}

static int
vice_set_state(void *device, uint32_t state)
{
	(void)device;
	(void)state;
	return 0;
}

static ssize_t
vice_read(void *device, void *data, size_t size)
{
	(void)device;
	(void)data;
	(void)size;
	return 0;
}

static ssize_t
vice_write(void *device, const void *data, size_t size)
{
	(void)device;
	(void)data;
	return (ssize_t)size;
}

#define BACKEND {					\
	.size		= sizeof(struct vfiomig_backend),	\
	.api		= 1,				\
	.threads	= VFIOMIG_THREADS_PER_DEVICE,	\
	.name		= VICE_NAME,			\
	.open		= vice_open,			\
	.close		= vice_close,			\
	.query		= vice_query,			\
	.get_state	= vice_get_state,		\
	.set_state	= vice_set_state,		\
	.read		= vice_read,			\
	.write		= vice_write,			\
}

#if defined(VICE_FUTURE)
/* As a later release's: more functions than this one knows. */
static struct {
	struct vfiomig_backend backend;
	char more[4096 - sizeof(struct vfiomig_backend)];
} vice = { BACKEND, { 0 } };
#else
static struct {
	struct vfiomig_backend backend;
} vice = { BACKEND };
#endif

/* As an earlier release's: the struct ends with its last required field. */
static union {
	size_t aligned;
	char bytes[END_OF(write)];
} past;

const struct vfiomig_backend *
vfiomig_backend_v1(void)
{
	struct vfiomig_backend *b = &vice.backend;

#if defined(VICE_SHRANK)
	b->size = END_OF(write) - 1;
#elif defined(VICE_API)
	b->api = 2;
#elif defined(VICE_MISSING)
	b->write = NULL;
#elif defined(VICE_UNNAMED)
	b->name = NULL;
#elif defined(VICE_THREADS)
	b->threads = (enum vfiomig_threads)99;
#elif defined(VICE_FUTURE)
	memset(vice.more, 0xa5, sizeof vice.more);
	b->size = sizeof vice;
#elif defined(VICE_PAST)
	b->size = sizeof past.bytes;
	memcpy(past.bytes, b, sizeof past.bytes);
	return (const struct vfiomig_backend *)(const void *)past.bytes;
#elif defined(VICE_NULL)
	return NULL;
#endif
	(void)past;
	return b;
}

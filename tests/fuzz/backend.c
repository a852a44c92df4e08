/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.c - plugin structs of any size, api and contents
 *
 * Idea: the struct lies in exactly as much memory as it says, and each of its
 * functions is one of ours, or absent.  The header's rules are applied a
 * second time here: what vfiomig_backend_register() must say, and, of a
 * backend that is taken, which functions it has and so which may ever be
 * called: a load is done with it.
 *
 * Input: size (two bytes), api, threads, two bytes of name, a word that tells
 * which functions are there.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "fuzz.h"

enum {
	OPEN, CLOSE, QUERY, GET_STATE, SET_STATE, READ, WRITE, WRITEV, RESET,
	CANCEL, CONFIG_LOAD, CONFIG_SAVE, PENDING, DIRTY_START, DIRTY_REPORT,
	DIRTY_STOP, FUNCTIONS,
	REQUIRED = (1 << (WRITE + 1)) - 1
};

/* The functions that each backend of ours that was registered has. */
static uint32_t registered[16 * 17];
static uint32_t had;		/* by the one in use now */
static uint32_t state;
static size_t loaded;

static void
called(unsigned int function)
{
	ORACLE(had & 1u << function);
}

static int
f_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	(void)host;
	ORACLE(params != NULL && incoming);
	*device = &state;
	state = VFIOMIG_STATE_RUNNING;
	loaded = 0;
	return 0;
}

static void
f_close(void *device)
{
	ORACLE(device == &state);
}

static int
f_query(void *device, uint32_t *can)
{
	(void)device;
	*can = VFIOMIG_CAN_STOP_COPY;
	return 0;
}

static int
f_get_state(void *device, uint32_t *now)
{
	(void)device;
	*now = state;
	return 0;
}

static int
f_set_state(void *device, uint32_t to)
{
	(void)device;
	state = to;
	return 0;
}

static ssize_t
f_read(void *device, void *data, size_t size)
{
	(void)device;
	(void)data;
	(void)size;
	return 0;
}

static ssize_t
f_write(void *device, const void *data, size_t size)
{
	(void)device;
	(void)data;
	loaded += size;
	return (ssize_t)size;
}

static ssize_t
f_writev(void *device, const struct iovec *iov, int count)
{
	size_t before = loaded;

	(void)device;
	called(WRITEV);
	for (; count > 0; count--, iov++)
		loaded += iov->iov_len;
	return (ssize_t)(loaded - before);
}

static int
f_reset(void *device)
{
	(void)device;
	called(RESET);
	return 0;
}

static void
f_cancel(void *device)
{
	(void)device;
	called(CANCEL);
}

static int
f_config_load(void *device, const void *data, size_t size)
{
	(void)device;
	(void)data;
	called(CONFIG_LOAD);
	loaded += size;
	return 0;
}

/* A function is absent, or ours; those that a load never calls are a trap. */
static void
put(unsigned char *bytes, size_t size, size_t offset, uint32_t mask,
    unsigned int function, const void *pointer)
{
	static void (*const trap)(void) = abort;

	if (!(mask & 1u << function) || offset >= size)
		return;
	if (pointer == NULL)
		pointer = &trap;
	memcpy(bytes + offset, pointer, size - offset < sizeof trap ?
	    size - offset : sizeof trap);
}

#define PUT(field, number, type)					\
	do {								\
		type = f_##field;					\
		put(bytes, size, offsetof(struct vfiomig_backend, field), \
		    mask, number, &pointer);				\
	} while (0)

static void
fill(unsigned char *bytes, size_t size, uint32_t mask)
{
	PUT(open, OPEN, int (*pointer)(const struct vfiomig_host *,
	    const char *, int, void **));
	PUT(close, CLOSE, void (*pointer)(void *));
	PUT(query, QUERY, int (*pointer)(void *, uint32_t *));
	PUT(get_state, GET_STATE, int (*pointer)(void *, uint32_t *));
	PUT(set_state, SET_STATE, int (*pointer)(void *, uint32_t));
	PUT(read, READ, ssize_t (*pointer)(void *, void *, size_t));
	PUT(write, WRITE, ssize_t (*pointer)(void *, const void *, size_t));
	PUT(writev, WRITEV, ssize_t (*pointer)(void *, const struct iovec *,
	    int));
	PUT(reset, RESET, int (*pointer)(void *));
	PUT(cancel, CANCEL, void (*pointer)(void *));
	PUT(config_load, CONFIG_LOAD, int (*pointer)(void *, const void *,
	    size_t));
#define TRAP(field, number)						\
	put(bytes, size, offsetof(struct vfiomig_backend, field), mask,	\
	    number, NULL)
	TRAP(config_save, CONFIG_SAVE);
	TRAP(pending, PENDING);
	TRAP(dirty_start, DIRTY_START);
	TRAP(dirty_report, DIRTY_REPORT);
	TRAP(dirty_stop, DIRTY_STOP);
}

/* The functions that fit whole into @size bytes. */
static uint32_t
fits(size_t size)
{
	size_t first = offsetof(struct vfiomig_backend, open);
	size_t n = size < first ? 0 : (size - first) / sizeof(void *);

	return n >= FUNCTIONS ? (1u << FUNCTIONS) - 1 : (1u << n) - 1;
}

/* Load a device of two packets with it, and fail another one. */
static void
use(const char *name, bool fail)
{
	static const uint8_t packet[2][13] = { { 0 },
	    { 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1 } };
	struct vfiomig_config config = {
		.size = sizeof config, .channels = 1, .budget = 256 << 10,
		.packet_max = 4096
	};
	struct vfiomig_device_config dc = {
		.size = sizeof dc, .idstr = "vfio", .backend = name
	};
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1 };
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	struct vfiomig *mig;

	ORACLE(vfiomig_new(&mig, VFIOMIG_INCOMING, &config) == 0);
	ORACLE(vfiomig_device_add(mig, &dc, &device) == 0);
	ORACLE(vfiomig_channel_open(mig, &cc, &channel) == 0);
	ORACLE(vfiomig_packet_submit(channel, device, packet[0], 13) == 0);
	if (!fail)
		ORACLE(vfiomig_packet_submit(channel, device, packet[1],
		    13) == 0);
	vfiomig_channel_close(channel);
	ORACLE(vfiomig_buffer_drain(device) == (fail ? -EPIPE : 0));
	ORACLE(loaded == (fail || !(had & 1 << CONFIG_LOAD) ? 1 : 2));
	vfiomig_free(mig);
	ORACLE(state == VFIOMIG_STATE_STOP);
}

static int
expected(size_t size, uint32_t api, uint32_t threads, const char *name,
    uint32_t mask)
{
	if (api != 1)
		return -EPROTONOSUPPORT;
	if ((fits(size) & REQUIRED) != REQUIRED || name[0] == '\0' ||
	    (mask & REQUIRED) != REQUIRED || threads < 1 || threads > 3)
		return -EINVAL;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t input_size)
{
	struct input input = { data, input_size };
	size_t size = (size_t)input_byte(&input) << 8;
	struct vfiomig_backend *backend;
	uint32_t api, threads, mask, *seen;
	char name[3] = "", *text;
	const char *description = "made of noise";
	unsigned char *bytes;
	int r;

	size |= input_byte(&input);
	if (size < offsetof(struct vfiomig_backend, name))
		return 0;	/* api itself is not there: not a struct */
	api = input_byte(&input);
	threads = input_byte(&input);
	name[0] = (char)(input_byte(&input) % 17);
	name[0] += name[0] != 0 ? 'a' - 1 : 0;
	name[1] = (char)('a' + input_byte(&input) % 16);
	mask = input_word(&input);
	bytes = calloc(1, size);
	backend = (struct vfiomig_backend *)(void *)bytes;
	backend->size = size;
	memcpy(bytes + offsetof(struct vfiomig_backend, api), &api, 4);
	memcpy(bytes + offsetof(struct vfiomig_backend, threads), &threads,
	    size >= offsetof(struct vfiomig_backend, threads) + 4 ? 4 : 0);
	text = name;
	put(bytes, size, offsetof(struct vfiomig_backend, name), 1, 0, &text);
	put(bytes, size, offsetof(struct vfiomig_backend, description), 1, 0,
	    &description);
	fill(bytes, size, mask);
	r = vfiomig_backend_register(backend);
	free(bytes);		/* the library has a copy */
	ORACLE(r == expected(size, api, threads, name, mask));
	if (r < 0)
		return 0;
	seen = &registered[(name[0] - 'a') * 16 + name[1] - 'a'];
	if (*seen == 0)		/* else the older one stays */
		*seen = mask & fits(size);
	had = *seen;
	use(name, false);
	use(name, true);
	return 0;
}

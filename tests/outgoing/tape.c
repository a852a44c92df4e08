/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tape.c - a device whose stream is bytes of the test's; see tape.h
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#define VFIOMIG_BACKEND_STATIC
#include <vfiomig/backend.h>

#include "tape.h"

static struct tape *table;
static size_t table_size;

static ssize_t
hook(struct tape *tape, enum tape_call call)
{
	return tape->hook != NULL ? tape->hook(tape, call) : 0;
}

static int
tape_open(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	size_t number = (size_t)atoi(params);
	struct tape *tape = &table[number];
	int r;

	(void)host;
	(void)incoming;
	ck_assert_uint_lt(number, table_size);
	r = (int)hook(tape, TAPE_OPEN);
	if (r != 0)
		return r;
	if (tape->opens++ == 0)
		tape->state = VFIOMIG_STATE_RUNNING;
	tape->is_open++;
	*device = tape;
	return 0;
}

static void
tape_close(void *device)
{
	struct tape *tape = device;

	tape->is_open--;
}

static int
tape_query(void *device, uint32_t *can)
{
	struct tape *tape = device;

	*can = tape->can ? tape->can : VFIOMIG_CAN_STOP_COPY |
	    VFIOMIG_CAN_P2P | VFIOMIG_CAN_PRE_COPY;
	return (int)hook(tape, TAPE_QUERY);
}

static int
tape_get_state(void *device, uint32_t *state)
{
	struct tape *tape = device;

	*state = tape->state;
	return (int)hook(tape, TAPE_GET_STATE);
}

static int
tape_saving(uint32_t state)
{
	return state == VFIOMIG_STATE_STOP_COPY ||
	    state == VFIOMIG_STATE_PRE_COPY ||
	    state == VFIOMIG_STATE_PRE_COPY_P2P;
}

static int
tape_set_state(void *device, uint32_t state)
{
	struct tape *tape = device;
	int r;

	tape->asked = state;
	r = (int)hook(tape, TAPE_SET_STATE);
	if (r != 0)
		return r;
	if (tape_saving(state) && !tape_saving(tape->state))
		tape->played = 0;
	if (state == VFIOMIG_STATE_RESUMING)
		tape->recorded = 0;
	tape->state = state;
	if (tape->steps < TAPE_LOG)
		tape->log[tape->steps] = (uint8_t)state;
	tape->steps++;
	return 0;
}

static ssize_t
tape_read(void *device, void *data, size_t size)
{
	struct tape *tape = device;
	size_t end = tape->state == VFIOMIG_STATE_STOP_COPY ? tape->size :
	    tape->initial;
	ssize_t r = hook(tape, TAPE_READ);

	if (r != 0)
		return r;
	if (!tape_saving(tape->state))
		return -ENODEV;
	if (tape->reads < tape->pieces && size > tape->piece[tape->reads])
		size = tape->piece[tape->reads];
	if (tape->played >= end)
		return 0;
	if (size > end - tape->played)
		size = end - tape->played;
	memcpy(data, (const char *)tape->data + tape->played, size);
	tape->played += size;
	tape->reads++;
	tape->read_into = data;
	return (ssize_t)size;
}

static ssize_t
tape_record(struct tape *tape, const void *data, size_t size)
{
	if (tape->state != VFIOMIG_STATE_RESUMING)
		return -ENODEV;
	if (size > tape->room_size - tape->recorded)
		return -ENOSPC;
	memcpy((char *)tape->room + tape->recorded, data, size);
	tape->recorded += size;
	return (ssize_t)size;
}

static ssize_t
tape_write(void *device, const void *data, size_t size)
{
	ssize_t r = hook(device, TAPE_WRITE);

	return r != 0 ? r : tape_record(device, data, size);
}

static ssize_t
tape_writev(void *device, const struct iovec *iov, int count)
{
	ssize_t r = hook(device, TAPE_WRITEV), sum = 0;
	int k;

	for (k = 0; r == 0 && k < count; k++) {
		ssize_t n = tape_record(device, iov[k].iov_base,
		    iov[k].iov_len);

		if (n < 0)
			return n;
		sum += n;
	}
	return r != 0 ? r : sum;
}

static int
tape_reset(void *device)
{
	struct tape *tape = device;
	int r = (int)hook(tape, TAPE_RESET);

	if (r != 0)
		return r;
	tape->resets++;
	tape->blank = 1;
	tape->state = VFIOMIG_STATE_RUNNING;
	return 0;
}

static int
tape_config_load(void *device, const void *data, size_t size)
{
	struct tape *tape = device;
	int r = (int)hook(tape, TAPE_CONFIG_LOAD);

	if (r != 0)
		return r;
	if (size > sizeof tape->config_got)
		return -ENOSPC;
	memcpy(tape->config_got, data, size);
	tape->config_got_size = size;
	tape->configs++;
	return 0;
}

static ssize_t
tape_config_save(void *device, void *data, size_t size)
{
	struct tape *tape = device;
	ssize_t r = hook(tape, TAPE_CONFIG_SAVE);

	if (r != 0)
		return r;
	if (tape->config_size > size)
		return -EMSGSIZE;
	if (tape->config_size != 0)
		memcpy(data, tape->config, tape->config_size);
	return (ssize_t)tape->config_size;
}

static int
tape_pending(void *device, struct vfiomig_pending *pending)
{
	struct tape *tape = device;

	pending->stop_copy = tape->size;
	return (int)hook(tape, TAPE_PENDING);
}

static struct vfiomig_backend tape_backend = {
	.threads	= VFIOMIG_THREADS_PER_DEVICE,
	.name		= "tape",
	.open		= tape_open,
	.close		= tape_close,
	.query		= tape_query,
	.get_state	= tape_get_state,
	.set_state	= tape_set_state,
	.read		= tape_read,
	.write		= tape_write,
	.writev		= tape_writev,
	.reset		= tape_reset,
	.config_load	= tape_config_load,
	.config_save	= tape_config_save,
	.pending	= tape_pending,
};
VFIOMIG_BACKEND(tape_backend)

void
tape_register(struct tape *tapes, size_t count)
{
	table = tapes;
	table_size = count;
	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_tape_backend()), 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stream.c - what the software device reads and writes, and where it fails
 *
 * Idea: every fault stands at a byte of the session.  A call is first asked
 * whether it begins at one (call_begin), then cut so that it ends before the
 * next one (call_cut); reading and writing differ only in between.
 */
#include <errno.h>

#include "device.h"

/*
 * What befalls a call that begins at the session's position.
 *
 * 0          nothing
 * -ENODATA   it returns 0
 * others     it fails with that
 */
static int
call_begin(struct sim *sim, uint64_t latency, uint64_t zero_after)
{
	const struct sim_options *o = &sim->o;
	int error;

	sim->calls++;
	if (o->eintr_every != 0 && sim->calls % o->eintr_every == 0)
		return -EINTR;
	error = sim_pause(sim, latency * 1000);
	if (error < 0)
		return error;
	if (sim->position >= o->block_after) {
		error = sim_block(sim);
		if (error < 0)
			return error;
	}
	if (sim->position >= zero_after)
		return -ENODATA;
	if (o->fail_after.error != 0 && !o->counted &&
	    sim->position >= o->fail_after.after)
		return o->fail_after.error;
	return 0;
}

static void
cut_at(struct sim *sim, uint64_t offset, size_t *size)
{
	if (offset > sim->position && *size > offset - sim->position)
		*size = (size_t)(offset - sim->position);
}

/* How many of @size bytes the call moves. */
static size_t
call_cut(struct sim *sim, uint64_t zero_after, size_t size)
{
	const struct sim_options *o = &sim->o;

	if (o->chunk != 0 && size > o->chunk)
		size = (size_t)o->chunk;
	cut_at(sim, zero_after, &size);
	cut_at(sim, o->block_after, &size);
	if (o->fail_after.error != 0 && !o->counted)
		cut_at(sim, o->fail_after.after, &size);
	return size;
}

/* @size bytes were moved by a call that began at @began. */
static ssize_t
call_end(struct sim *sim, uint64_t began, size_t size)
{
	const struct sim_options *o = &sim->o;
	int error;

	sim->position += size;
	sim_view_lock(sim)->bytes = sim->position;
	sim_view_unlock(sim);
	error = sim_pace(sim, began, size);
	if (error < 0)
		return error;
	if (o->counted && o->fail_after.error != 0 && !sim->faulted &&
	    sim->position >= o->fail_after.after) {
		sim->faulted = 1;
		return o->fail_after.error;
	}
	return (ssize_t)size;
}

/* Bytes of initial data, read or not. */
static uint64_t
initial_end(const struct sim *sim)
{
	uint64_t end = sim->o.initial;

	if (sim->reinit_told)
		end += sim->o.reinit;
	return end;
}

/* Bytes that can be had in the state it is in, read or not. */
static uint64_t
available_end(const struct sim *sim)
{
	uint64_t size = sim->o.size == SIM_NONE ? 0 : sim->o.size;
	uint64_t end, come;
	double grown;

	if (sim->state == VFIOMIG_STATE_STOP_COPY)
		return size;
	grown = (double)(sim_now() - sim->precopy_since) / 1e9 *
	    (double)sim->o.dirty_rate;
	come = grown < (double)sim->o.dirty ? (uint64_t)grown : sim->o.dirty;
	end = initial_end(sim) + come;
	return end < size ? end : size;
}

ssize_t
sim_stream_read(struct sim *sim, void *data, size_t size)
{
	uint64_t began = sim_now(), end;
	int error;

	sim_view_lock(sim)->reads++;
	sim_view_unlock(sim);
	if (!states_saving(sim->state) || sim->over)
		return -ENODEV;
	error = call_begin(sim, sim->o.read_latency, sim->o.read_zero_after);
	if (error < 0)
		return error == -ENODATA ? 0 : error;
	end = available_end(sim);
	if (end <= sim->position)
		return sim->state != VFIOMIG_STATE_STOP_COPY &&
		    sim->o.enomsg ? -ENOMSG : 0;
	if (size > end - sim->position)
		size = (size_t)(end - sim->position);
	size = call_cut(sim, sim->o.read_zero_after, size);
	content_fill(sim->o.seed, sim->position, data, size);
	return call_end(sim, began, size);
}

/* Compare the first @size bytes of the pieces. */
static int
pieces_verify(struct sim *sim, const struct iovec *iov, size_t size)
{
	uint64_t offset = sim->position;
	size_t piece, right;

	for (; size > 0; iov++) {
		piece = iov->iov_len < size ? iov->iov_len : size;
		right = content_verify(sim->o.seed, offset, iov->iov_base,
		    piece);
		offset += right;
		size -= right;
		if (right < piece)
			break;
	}
	sim_view_lock(sim)->verified += offset - sim->position;
	sim_view_unlock(sim);
	if (size == 0)
		return 0;
	sim->spoiled = 1;
	return say_error(sim->host, -EILSEQ, "sim: a byte is wrong: "
	    "offset=%llu, seed=%llu", (unsigned long long)offset,
	    (unsigned long long)sim->o.seed);
}

ssize_t
sim_stream_write(struct sim *sim, const struct iovec *iov, int count)
{
	uint64_t began = sim_now();
	size_t size = 0;
	int i, error;

	for (i = 0; i < count; i++)
		size += iov[i].iov_len;
	if (!states_loading(sim->state) || sim->over || sim->spoiled)
		return -ENODEV;
	error = call_begin(sim, sim->o.write_latency, sim->o.write_zero_after);
	if (error < 0)
		return error == -ENODATA ? 0 : error;
	if (sim->o.size != SIM_NONE && size > sim->o.size - sim->position)
		return say_error(sim->host, -ENOMEM, "sim: too much: "
		    "bytes=%llu, more=%zu, size=%llu",
		    (unsigned long long)sim->position, size,
		    (unsigned long long)sim->o.size);
	size = call_cut(sim, sim->o.write_zero_after, size);
	if (sim->o.verify) {
		error = pieces_verify(sim, iov, size);
		if (error < 0)
			return error;
	}
	return call_end(sim, began, size);
}

int
sim_stream_pending(struct sim *sim, struct vfiomig_pending *pending)
{
	uint64_t size = sim->o.size == SIM_NONE ? 0 : sim->o.size;
	uint64_t position = states_saving(sim->state) ? sim->position : 0;
	uint64_t initial, available;

	if (sim->o.fail_pending != 0)
		return sim->o.fail_pending;
	pending->stop_copy = size - position;
	if (!states_saving(sim->state) ||
	    sim->state == VFIOMIG_STATE_STOP_COPY)
		return 0;
	if (sim->o.reinit != 0 && !sim->reinit_told &&
	    position >= sim->o.initial) {
		sim->reinit_told = 1;
		pending->reinit = 1;
	}
	available = available_end(sim);
	initial = initial_end(sim);
	if (initial > available)
		initial = available;
	if (initial > position)
		pending->initial = initial - position;
	if (available > position)
		pending->dirty = available - position - pending->initial;
	return 0;
}

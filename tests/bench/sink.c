/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sink.c - what a device is in the benchmark; see sink.h
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "counts.h"
#include "sink.h"

enum { LATENCIES = 1 << 16 };

struct sink {
	struct run *run;
	int fd;
	size_t room, at;
	double pace;
	bool ordered;
	uint64_t packets, bytes, left;
	uint64_t begin, end, inside;
	uint64_t quarter;		/* bytes, when the steady state begins */
	struct counts then;
	uint64_t *latency;
	uint32_t latencies;
};

struct sink *
sink_new(struct run *run, size_t room, double pace, bool ordered)
{
	static const char page[1 << 16];
	const struct plan *plan = run->plan;
	struct sink *s = calloc(1, sizeof *s);
	size_t at;

	must(s != NULL);
	s->run = run;
	s->room = room;
	s->pace = pace;
	s->ordered = ordered;
	s->quarter = (uint64_t)plan->size * plan->packets * plan->devices / 4 /
	    run->sinks;
	s->fd = memfd_create("sink", MFD_CLOEXEC);
	must(s->fd >= 0);
	for (at = 0; at < room; at += sizeof page)
		must(write(s->fd, page, sizeof page) == sizeof page);
	must(lseek(s->fd, 0, SEEK_SET) == 0);
	if (plan->late) {
		s->latency = calloc(LATENCIES, sizeof s->latency[0]);
		must(s->latency != NULL);
	}
	return s;
}

/* From here on the steady state is measured: once, by one sink. */
static void
sink_steady(struct sink *s)
{
	struct outcome *o = s->run->outcome;
	uint64_t none = 0;

	s->quarter = UINT64_MAX;
	if (__atomic_compare_exchange_n(&o->steady_packets, &none, 1, false,
	    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		counts_read(&o->steady);
}

static void
sink_note(struct sink *s, const struct iovec *iov, int n, uint64_t now)
{
	int k;

	for (k = 0; k < n; k++) {
		struct mark mark;
		uint64_t sent;

		if (s->ordered) {
			memcpy(&mark, iov[k].iov_base, sizeof mark);
			must(mark.idx == s->packets);
		}
		s->packets++;
		s->bytes += iov[k].iov_len;
		if (s->latency == NULL)
			continue;
		memcpy(&sent, (char *)iov[k].iov_base + iov[k].iov_len -
		    sizeof sent, sizeof sent);
		if (sent != 0 && s->latencies < LATENCIES)
			s->latency[s->latencies++] = now - sent;
	}
	if (s->bytes >= s->quarter)
		sink_steady(s);
}

void
sink_write(struct sink *s, const struct iovec *iov, int n)
{
	uint64_t start = 0;
	size_t size = 0;
	int k;

	for (k = 0; k < n; k++)
		size += iov[k].iov_len;
	if (s->pace != 0 || s->latency != NULL || s->bytes == 0)
		start = clock_ns();
	if (s->bytes == 0)
		s->begin = start;
	sink_note(s, iov, n, start);
	if (s->at + size > s->room) {
		must(lseek(s->fd, 0, SEEK_SET) == 0);
		s->at = 0;
	}
	must((n == 1 ? write(s->fd, iov->iov_base, iov->iov_len) :
	    writev(s->fd, iov, n)) == (ssize_t)size);
	s->at += size;
	if (s->pace != 0) {
		sleep_until(start + (uint64_t)((double)size * 1e9 / s->pace));
		s->end = clock_ns();
		s->inside += s->end - start;
	}
}

void
sink_load(struct sink *s, uint32_t packets)
{
	s->left = packets;
}

size_t
sink_read(struct sink *s, void *data, size_t size)
{
	if (s->left == 0)
		return 0;
	if (size > s->run->plan->size)
		size = s->run->plan->size;
	if (s->at + size > s->room) {
		must(lseek(s->fd, 0, SEEK_SET) == 0);
		s->at = 0;
	}
	must(read(s->fd, data, size) == (ssize_t)size);
	s->at += size;
	s->left--;
	s->packets++;
	s->bytes += size;
	if (s->bytes >= s->quarter)
		sink_steady(s);
	return size;
}

uint64_t
sink_begin(const struct sink *s)
{
	return s->begin;
}

uint64_t
sink_end(const struct sink *s)
{
	return s->end;
}

uint64_t
sink_ns(const struct sink *s)
{
	return s->inside;
}

uint64_t
sink_bytes(const struct sink *s)
{
	return s->bytes;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

uint64_t
sink_latency(struct sink *s, double share)
{
	if (s->latencies == 0)
		return 0;
	qsort(s->latency, s->latencies, sizeof s->latency[0], compare);
	return s->latency[(uint32_t)(share * (s->latencies - 1))];
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * progress.c - what is seen while a migration runs; see progress.h
 *
 * Idea: everything shown is read from the library's figures at that moment.
 * A frame is made whole in memory and written at once.  Between frames the
 * cursor stands below the view, and whoever wants to write a line erases the
 * view first; the next frame draws it again.
 *
 * Invariant: no line of a frame is wider than 79 columns.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "migration.h"
#include "progress.h"
#include "units.h"

enum { BAR = 24, NAME = 20, FRAME = 8192, ROWS = 24 };

struct progress {
	bool live;			/* a terminal */
	uint64_t total;			/* of each device, or 0 */
	uint64_t drawn;			/* ns, of the last frame */
	uint64_t bytes, rate;		/* then, and a second since */
	uint64_t said;			/* bytes and channels of the last line */
	int lines;			/* of the frame on the screen */
	uint8_t quarter[DEVICES_MAX];	/* said of each, as plain lines */
	size_t used;
	char frame[FRAME];
};

struct progress *
progress_new(uint64_t total)
{
	struct progress *p = calloc(1, sizeof *p);
	const char *term = getenv("TERM");

	if (p == NULL)
		return NULL;
	p->total = total;
	p->live = isatty(STDERR_FILENO) && term != NULL &&
	    strcmp(term, "dumb") != 0;
	return p;
}

void
progress_free(struct progress *p)
{
	free(p);
}

__attribute__((format(printf, 2, 3)))
static void
put(struct progress *p, const char *format, ...)
{
	size_t room = sizeof p->frame - p->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(p->frame + p->used, room, format, args);
	va_end(args);
	p->used += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

static void
flush(struct progress *p)
{
	(void)!write(STDERR_FILENO, p->frame, p->used);
	p->used = 0;
}

void
progress_erase(struct progress *p)
{
	if (p == NULL || p->lines == 0)
		return;
	put(p, "\r\033[%dA\033[J", p->lines);
	p->lines = 0;
	flush(p);
}

/* A long name keeps its end, where names differ. */
static const char *
name_cut(const char *idstr)
{
	size_t n = strlen(idstr);

	return n > NAME ? idstr + n - NAME : idstr;
}

/* @part of @whole as a bar of @width. */
static void
put_bar(struct progress *p, uint64_t part, uint64_t whole, int width)
{
	char bar[BAR + 1];
	int full = width;

	if (part < whole)
		full = (int)((double)part * width / (double)whole);
	memset(bar, '.', sizeof bar);
	memset(bar, '#', (size_t)full);
	put(p, "[%.*s]", width, bar);
}

static uint32_t
percent(uint64_t part, uint64_t whole)
{
	return part >= whole ? 100 : (uint32_t)(100.0 * (double)part /
	    (double)whole);
}

/* A device whose size is known: how far it is. */
static void
put_known(struct progress *p, const char *idstr,
    const struct vfiomig_device_stats *s)
{
	struct units done, queued;

	put(p, "%-*.*s ", NAME, NAME, name_cut(idstr));
	put_bar(p, s->bytes_done, p->total, BAR);
	put(p, " %3u%% %8s  queued %8s\n", percent(s->bytes_done, p->total),
	    units_bytes(&done, s->bytes_done),
	    units_bytes(&queued, s->queued_bytes));
}

/* Any other: what of the budget it holds. */
static void
put_unknown(struct progress *p, const char *idstr,
    const struct vfiomig_device_stats *s, uint64_t budget)
{
	struct units done, queued;

	put(p, "%-*.*s %8s ", NAME, NAME, name_cut(idstr),
	    units_bytes(&done, s->bytes_done + s->state_bytes));
	put_bar(p, s->queued_bytes, budget, BAR / 2);
	put(p, " %8s %8u  %s\n", units_bytes(&queued, s->queued_bytes),
	    s->next_idx, s->complete ? "complete" : units_state(s->state));
}

static void
put_summary(struct progress *p, const struct migration *m,
    const struct vfiomig_stats *s)
{
	struct units done, rate, memory, budget;

	put(p, "%u of %u devices, %u of %u channels, %s, %s/s, "
	    "memory %s of %s\n", s->devices_complete, s->devices,
	    s->channels, (uint32_t)m->options->channels,
	    units_bytes(&done, s->bytes_done), units_bytes(&rate, p->rate),
	    units_bytes(&memory, s->memory), units_bytes(&budget, s->budget));
}

static int
rows(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row < 6)
		return ROWS;
	return size.ws_row < 60 ? size.ws_row : 60;
}

static void
draw_live(struct progress *p, const struct migration *m,
    const struct vfiomig_stats *s)
{
	bool out = m->direction == VFIOMIG_OUTGOING;
	struct vfiomig_device_stats ds = { .size = sizeof ds };
	uint32_t k, most = (uint32_t)rows() - 4;
	int lines = 1;

	if (p->lines != 0)
		put(p, "\r\033[%dA\033[J", p->lines);
	if (p->total == 0 && lines++)
		put(p, "%-*s %8s %-14s %8s %8s  state\n", NAME, "device",
		    out ? "sent" : "loaded", "of the budget",
		    out ? "in line" : "queued", out ? "next" : "waits for");
	for (k = 0; k < m->devices && k < most; k++, lines++) {
		const char *idstr = m->options->device.item[k].idstr;

		vfiomig_device_stats(m->device[k], &ds);
		if (p->total != 0)
			put_known(p, idstr, &ds);
		else
			put_unknown(p, idstr, &ds, s->budget);
	}
	if (k < m->devices && lines++)
		put(p, "and %u more devices\n", m->devices - k);
	put_summary(p, m, s);
	p->lines = lines;
	flush(p);
}

/* A line a device at each quarter of a known size, else one a second when
 * something has moved. */
static void
draw_plain(struct progress *p, const struct migration *m,
    const struct vfiomig_stats *s)
{
	struct vfiomig_device_stats ds = { .size = sizeof ds };
	struct units done;
	uint32_t k, now;

	if (p->total == 0 && p->said != s->bytes_done + s->channels) {
		p->said = s->bytes_done + s->channels;
		put_summary(p, m, s);
	}
	for (k = 0; p->total != 0 && k < m->devices; k++) {
		vfiomig_device_stats(m->device[k], &ds);
		now = percent(ds.bytes_done, p->total) / 25;
		if (now == p->quarter[k])
			continue;
		p->quarter[k] = (uint8_t)now;
		put(p, "%s: %u%%, %s\n", m->options->device.item[k].idstr,
		    now * 25, units_bytes(&done, ds.bytes_done));
	}
	flush(p);
}

void
progress_draw(struct progress *p, struct migration *m, bool now)
{
	struct vfiomig_stats s = { .size = sizeof s };
	uint64_t time = clock_ns();
	uint64_t pause = p == NULL ? 0 : p->live || p->total != 0 ?
	    90000000 : 1000000000;

	if (p == NULL || (!now && time - p->drawn < pause))
		return;
	vfiomig_stats(m->mig, &s);
	if (p->drawn != 0 && time > p->drawn)
		p->rate = (uint64_t)((double)(s.bytes_done - p->bytes) * 1e9 /
		    (double)(time - p->drawn));
	p->bytes = s.bytes_done;
	p->drawn = time;
	pthread_mutex_lock(&m->lock);
	if (p->live)
		draw_live(p, m, &s);
	else
		draw_plain(p, m, &s);
	pthread_mutex_unlock(&m->lock);
}

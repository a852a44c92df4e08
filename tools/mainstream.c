/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mainstream.c - the VFIO devices' part in QEMU's main migration stream
 *
 * Idea
 *
 *   The stream is a row of sections.  Their headers tell where they begin,
 *   but nothing tells how long they are.  Three kinds matter:
 *
 *   a VFIO device's	its content is a row of 64-bit markers, each with what
 *			it announces; read to the byte.  A section is one when
 *			its START begins with the marker for that.
 *   RAM's		multifd leaves flags and zero pages of it here; read to
 *			the byte, because a guest can write its own pages and
 *			so must not be able to have them read as sections.
 *   all others		cannot be known.  Their end is looked for: the footer,
 *			which repeats the section's number, with a header that
 *			makes sense behind it.
 *
 *   What is needed is held back until it is there whole, HOLD bytes at most;
 *   a device's data is passed on as it comes.
 *
 * Invariants
 *
 *   A step returns the bytes it has used, or -EAGAIN for "not enough yet" and
 *   has then changed nothing.  It uses a byte, or goes to another state, from
 *   which no way leads back without using one.  None wants more than HOLD.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "mainstream.h"
#include "section.h"

#define MAGIC		0x5145564du	/* "QEVM" */
#define VERSION		3u

enum { HOLD = 1024, WORDS = 160 };

enum {			/* RAM: flags in an offset's low bits */
	RAM_ZERO	= 0x02,
	RAM_PAGE	= 0x08,
	RAM_END		= 0x10,
	RAM_CONTINUE	= 0x20,
	RAM_FLUSH	= 0x200,
	RAM_FLAGS	= 0x3ff
};

#define VFIO_MARKER	0xffffffffef100000u	/* of VFIO, with a number: */
enum {
	VFIO_END	  = 1,
	VFIO_CONFIG	  = 2,
	VFIO_SETUP	  = 3,
	VFIO_DATA	  = 4,
	VFIO_INITIAL	  = 5,
	VFIO_CONFIG_READY = 6
};

enum state {
	BEGIN, CONFIGURATION, HEADER, CONTENT, RAM, VFIO, VFIO_MAYBE, SCAN,
	FOOTER, SKIP, DATA, TAIL, DONE
};

struct mainstream {
	int (*event)(void *, const struct mainstream_event *);
	void *opaque;
	uint32_t page_size;
	int error;
	const char *why;
	char words[WORDS];
	enum state state, after;	/* after: where SKIP and DATA lead */
	uint64_t offset;		/* of hold's first byte, in the stream */
	uint64_t left;			/* for SKIP and DATA */
	int whole;			/* the end of the stream was seen */
	struct section_header at;		/* of the section we are in */
	struct section *in;		/* the same; NULL where it is none */
	struct sections sections;
	size_t have;
	uint8_t hold[HOLD];
};

static int
refuse(struct mainstream *ms, int code, const char *why)
{
	snprintf(ms->words, sizeof ms->words, "main stream refused: "
	    "offset=%llu, why=\"%s\"", (unsigned long long)ms->offset, why);
	ms->why = why;
	ms->error = code;
	return code;
}

/* Tell the caller; 0 or its error, kept. */
static int
tell(struct mainstream *ms, enum mainstream_kind kind, const void *data,
    size_t size)
{
	struct mainstream_event event = {
		.kind = kind,
		.data = data,
		.size = size,
		.offset = ms->offset
	};
	int r;

	if (ms->in != NULL) {
		event.idstr = ms->in->idstr;
		event.instance_id = ms->in->instance_id;
	}
	r = ms->event(ms->opaque, &event);
	return r < 0 ? refuse(ms, r, "it was not taken") : 0;
}

/* Magic and version, and a look at what is first. */
static ssize_t
step_begin(struct mainstream *ms, const uint8_t *p, size_t n)
{
	if (n < 9)
		return -EAGAIN;
	if (section_get32(p) != MAGIC)
		return refuse(ms, -EBADMSG, "wrong magic");
	if (section_get32(p + 4) != VERSION)
		return refuse(ms, -EBADMSG, "unknown version");
	if (p[8] == KIND_CONFIGURATION && n < 13)
		return -EAGAIN;
	ms->state = HEADER;
	if (p[8] != KIND_CONFIGURATION)
		return 8;
	ms->left = section_get32(p + 9);
	ms->state = SKIP;
	ms->after = CONFIGURATION;
	return 13;
}

/*
 * After the machine's name: subsections of the configuration, whose length
 * nothing tells, until a header makes sense.
 */
static ssize_t
step_configuration(struct mainstream *ms, const uint8_t *p, size_t n)
{
	struct section_header h;
	size_t k;
	ssize_t r;

	for (k = 0; k < n; k++) {
		if (p[k] != KIND_START && p[k] != KIND_FULL &&
		    p[k] != KIND_COMMAND)
			continue;
		r = section_header(&ms->sections, p + k, n - k, &h);
		if (r == -EAGAIN)
			return k > 0 ? (ssize_t)k : r;
		if (r > 0) {
			ms->state = HEADER;
			return (ssize_t)k;
		}
	}
	return n > 0 ? (ssize_t)n : -EAGAIN;
}

static ssize_t
step_command(struct mainstream *ms, const struct section_header *h, ssize_t used)
{
	int r = 0;

	if (h->id == COMMAND_PACKAGED)
		return refuse(ms, -ENOTSUP, "it goes over to postcopy");
	ms->in = NULL;
	if (h->id == COMMAND_SWITCHOVER)
		r = tell(ms, MAINSTREAM_SWITCHOVER, NULL, 0);
	ms->left = h->length;
	ms->state = SKIP;
	ms->after = HEADER;
	return r < 0 ? r : used;
}

static ssize_t
step_header(struct mainstream *ms, const uint8_t *p, size_t n)
{
	struct section_header *h = &ms->at;
	ssize_t used;

	used = section_header(&ms->sections, p, n, h);
	if (used == -EBADMSG)
		return refuse(ms, -EBADMSG, "no section begins here");
	if (used < 0)
		return used;
	if (h->kind == KIND_COMMAND)
		return step_command(ms, h, used);
	ms->state = CONTENT;
	switch (h->kind) {
	case KIND_END_OF_STREAM:
		ms->state = TAIL;
		break;
	case KIND_START:
		ms->in = section_add(&ms->sections, h);
		if (ms->in == NULL)
			return refuse(ms, -EBADMSG, "too many sections");
		break;
	case KIND_FULL:
		ms->in = section_vfio(&ms->sections, h);
		ms->state = ms->in != NULL ? VFIO : SCAN;
		break;
	default:
		ms->in = section_find(&ms->sections, h->id);
		ms->in->ended = h->kind == KIND_END;
		ms->state = ms->in->owner == OWNER_VFIO ? VFIO :
		    ms->in->owner == OWNER_RAM ? RAM : SCAN;
	}
	return used;
}

/* A START's content: by its first bytes we know whose it is. */
static ssize_t
step_content(struct mainstream *ms, const uint8_t *p, size_t n)
{
	static const uint8_t setup[8] = {
		0xff, 0xff, 0xff, 0xff, 0xef, 0x10, 0x00, VFIO_SETUP
	};

	if (strcmp(ms->in->idstr, "ram") == 0) {
		ms->in->owner = OWNER_RAM;
		ms->state = SCAN;	/* block names and sizes */
		return 0;
	}
	if (memcmp(p, setup, n < sizeof setup ? n : sizeof setup) != 0) {
		ms->state = SCAN;
		return 0;
	}
	if (n < sizeof setup)
		return -EAGAIN;
	ms->in->owner = OWNER_VFIO;
	ms->state = VFIO;
	return 0;
}

/* RAM's PART and END: flags, and pages that multifd has left over. */
static ssize_t
step_ram(struct mainstream *ms, const uint8_t *p, size_t n)
{
	uint32_t flags;
	size_t used = 8;

	if (n < used)
		return -EAGAIN;
	flags = (uint32_t)section_get64(p) & RAM_FLAGS;
	if (flags == RAM_END) {
		ms->state = FOOTER;
		return 8;
	}
	if (flags == RAM_FLUSH)
		return 8;
	if ((flags & ~RAM_CONTINUE) != RAM_ZERO &&
	    (flags & ~RAM_CONTINUE) != RAM_PAGE)
		return refuse(ms, -ENOTSUP, "RAM of a kind that does not go "
		    "with multifd");
	if (!(flags & RAM_CONTINUE)) {
		if (n < used + 1)
			return -EAGAIN;
		used += 1u + p[used];
		if (n < used)
			return -EAGAIN;
	}
	ms->left = flags & RAM_ZERO ? 1 : ms->page_size;
	ms->state = SKIP;
	ms->after = RAM;
	return (ssize_t)used;
}

/* A marker of a VFIO device and what it announces. */
static ssize_t
step_vfio(struct mainstream *ms, const uint8_t *p, size_t n)
{
	int moving = ms->at.kind == KIND_PART || ms->at.kind == KIND_END;
	ssize_t used = 8;
	uint64_t marker;
	int r = 0;

	if (n < 8)
		return -EAGAIN;
	marker = section_get64(p);
	if (marker == (VFIO_MARKER | VFIO_END)) {
		ms->state = FOOTER;
	} else if (marker == (VFIO_MARKER | VFIO_SETUP) &&
	    ms->at.kind == KIND_START) {
		r = tell(ms, MAINSTREAM_DEVICE, NULL, 0);
	} else if (marker == (VFIO_MARKER | VFIO_DATA) && moving) {
		used = 16;
		if (n < 16)
			return -EAGAIN;
		ms->left = section_get64(p + 8);
		ms->state = DATA;
		ms->after = VFIO;
	} else if (marker == (VFIO_MARKER | VFIO_INITIAL) && moving) {
		r = tell(ms, MAINSTREAM_INITIAL, NULL, 0);
		ms->state = VFIO_MAYBE;
	} else if (marker == (VFIO_MARKER | VFIO_CONFIG_READY)) {
		r = tell(ms, MAINSTREAM_CONFIG, NULL, 0);
		ms->state = VFIO_MAYBE;
	} else if (marker == (VFIO_MARKER | VFIO_CONFIG) && !moving) {
		ms->state = SCAN;
	} else {
		return refuse(ms, -EBADMSG,
		    "a VFIO device's marker that may not be here");
	}
	return r < 0 ? r : used;
}

/* After a marker that ends a section with or without another. */
static ssize_t
step_vfio_maybe(struct mainstream *ms, const uint8_t *p, size_t n)
{
	if (n < 1)
		return -EAGAIN;
	ms->state = p[0] == 0xff ? VFIO : FOOTER;
	return 0;
}

/* Content that is not known: look for the footer with a header after it. */
static ssize_t
step_scan(struct mainstream *ms, const uint8_t *p, size_t n)
{
	const uint8_t *q;
	struct section_header h;
	ssize_t r;

	q = memchr(p, KIND_FOOTER, n);
	if (q == NULL)
		return n > 0 ? (ssize_t)n : -EAGAIN;
	if (q > p)
		return q - p;
	if (n < 5)
		return -EAGAIN;
	if (section_get32(p + 1) != ms->at.id)
		return 1;
	r = section_header(&ms->sections, p + 5, n - 5, &h);
	if (r == -EAGAIN)
		return r;
	if (r < 0)
		return 1;
	ms->state = HEADER;
	return 5;
}

/* A footer, which machines of long ago do without. */
static ssize_t
step_footer(struct mainstream *ms, const uint8_t *p, size_t n)
{
	if (n < 1)
		return -EAGAIN;
	if (p[0] == KIND_FOOTER) {
		if (n < 5)
			return -EAGAIN;
		if (section_get32(p + 1) != ms->at.id)
			return refuse(ms, -EBADMSG,
			    "the footer is another section's");
	}
	ms->state = HEADER;
	return p[0] == KIND_FOOTER ? 5 : 0;
}

/*
 * What looks like the end of the stream.  A description (its length, and a
 * JSON object) may follow it; if it is anything else, we have been inside a
 * section of unknown content.
 */
static ssize_t
step_tail(struct mainstream *ms, const uint8_t *p, size_t n)
{
	ms->whole = (n < 1 || p[0] == KIND_DESCRIPTION) &&
	    (n < 6 || p[5] == '{');
	ms->in = NULL;
	if (ms->whole && n < 6)
		return -EAGAIN;
	ms->state = ms->whole ? DONE : SCAN;
	return ms->whole ? tell(ms, MAINSTREAM_END, NULL, 0) : 0;
}

static ssize_t
step_done(struct mainstream *ms, const uint8_t *p, size_t n)
{
	(void)ms;
	(void)p;
	return n > 0 ? (ssize_t)n : -EAGAIN;
}

/* Pass on or skip what is there of the bytes announced. */
static ssize_t
step_bytes(struct mainstream *ms, const uint8_t *p, size_t n)
{
	int r = 0;

	if (n > ms->left)
		n = (size_t)ms->left;
	if (n == 0 && ms->left > 0)
		return -EAGAIN;
	if (ms->state == DATA && n > 0)
		r = tell(ms, MAINSTREAM_DATA, p, n);
	ms->left -= n;
	if (ms->left == 0)
		ms->state = ms->after;
	return r < 0 ? r : (ssize_t)n;
}

static ssize_t
step(struct mainstream *ms, const uint8_t *p, size_t n)
{
	static ssize_t (*const steps[])(struct mainstream *, const uint8_t *,
	    size_t) = {
		[BEGIN] = step_begin,
		[CONFIGURATION] = step_configuration,
		[HEADER] = step_header,
		[CONTENT] = step_content,
		[RAM] = step_ram,
		[VFIO] = step_vfio,
		[VFIO_MAYBE] = step_vfio_maybe,
		[SCAN] = step_scan,
		[FOOTER] = step_footer,
		[SKIP] = step_bytes,
		[DATA] = step_bytes,
		[TAIL] = step_tail,
		[DONE] = step_done
	};
	ssize_t used = steps[ms->state](ms, p, n);

	if (used > 0)
		ms->offset += (uint64_t)used;
	return used;
}

/* Let the steps have what is held, as far as it goes. */
static void
run_held(struct mainstream *ms)
{
	size_t done = 0;
	ssize_t used;

	while ((used = step(ms, ms->hold + done, ms->have - done)) >= 0)
		done += (size_t)used;
	ms->have -= done;
	memmove(ms->hold, ms->hold + done, ms->have);
}

int
mainstream_feed(struct mainstream *ms, const void *data, size_t size)
{
	const uint8_t *p = data;
	ssize_t used;
	size_t n;

	while (ms->error == 0 && size > 0) {
		if (ms->have == 0 && (ms->state == SKIP || ms->state == DATA ||
		    ms->state == DONE)) {
			used = step(ms, p, size);
			if (used < 0)
				break;
			n = (size_t)used;
		} else {
			n = size < HOLD - ms->have ? size : HOLD - ms->have;
			memcpy(ms->hold + ms->have, p, n);
			ms->have += n;
			run_held(ms);
		}
		p += n;
		size -= n;
	}
	return ms->error;
}

int
mainstream_end(struct mainstream *ms)
{
	if (ms->error != 0)
		return ms->error;
	if (!ms->whole) {
		ms->offset += ms->have;
		return refuse(ms, -EPIPE, "it ended too soon");
	}
	if (ms->state == TAIL) {
		ms->state = DONE;
		ms->in = NULL;
		return tell(ms, MAINSTREAM_END, NULL, 0);
	}
	return 0;
}

const char *
mainstream_why(const struct mainstream *ms, uint64_t *offset)
{
	*offset = ms->offset;
	return ms->why;
}

const char *
mainstream_words(const struct mainstream *ms)
{
	return ms->words;
}

int
mainstream_new(struct mainstream **mainstream, uint32_t page_size,
    int (*event)(void *opaque, const struct mainstream_event *event),
    void *opaque)
{
	struct mainstream *ms;

	ms = calloc(1, sizeof *ms);
	if (ms == NULL)
		return -ENOMEM;
	ms->page_size = page_size;
	ms->event = event;
	ms->opaque = opaque;
	*mainstream = ms;
	return 0;
}

void
mainstream_free(struct mainstream *ms)
{
	free(ms);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mainstream.h - the VFIO devices' part in QEMU's main migration stream
 *
 * Bytes are fed in as they come, in pieces of any size; what concerns VFIO
 * devices comes out as events.  No I/O; one allocation, of fixed size.
 */
#ifndef TOOLS_MAINSTREAM_H
#define TOOLS_MAINSTREAM_H

#include <stddef.h>
#include <stdint.h>

struct mainstream;

enum mainstream_kind {
	MAINSTREAM_DEVICE = 1,	/* a device announces itself */
	MAINSTREAM_DATA,	/* its pre-copy data, the next piece */
	MAINSTREAM_INITIAL,	/* its initial data was sent */
	MAINSTREAM_CONFIG,	/* its config state may be loaded now */
	MAINSTREAM_SWITCHOVER,	/* the source has stopped: no pre-copy data
				 * comes after this */
	MAINSTREAM_END		/* the stream is whole */
};

struct mainstream_event {
	enum mainstream_kind kind;
	const char *idstr;	/* of the device, where it is about one */
	uint32_t instance_id;
	const void *data;	/* of MAINSTREAM_DATA; lives in the callback */
	size_t size;
	uint64_t offset;	/* in the stream */
};

/*
 * @page_size: of the target.  @event: called from mainstream_feed(); a
 * negative return ends the parsing with that code.  0 or -ENOMEM.
 */
int mainstream_new(struct mainstream **mainstream, uint32_t page_size,
    int (*event)(void *opaque, const struct mainstream_event *event),
    void *opaque);
void mainstream_free(struct mainstream *mainstream);

/*
 * The next bytes of the stream, its first four ("QEVM") included.
 *
 * 0          all were taken
 * -EBADMSG   they are not a main stream of a known form
 * -ENOTSUP   it is one that cannot go with multifd device state
 * others     from the callback
 * An error is kept, and returned by every later call.
 */
int mainstream_feed(struct mainstream *mainstream, const void *data,
    size_t size);

/* Nothing more comes.  0, -EPIPE when that is too soon, or the error. */
int mainstream_end(struct mainstream *mainstream);

/* The error in words, with its offset; "" without one. */
const char *mainstream_words(const struct mainstream *mainstream);

/* The rule that was broken, and where; NULL without an error. */
const char *mainstream_why(const struct mainstream *mainstream,
    uint64_t *offset);

#endif

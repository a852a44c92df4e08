/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mainstream.c - QEMU's main stream: however it is cut into pieces, the same
 * events come, in the same order, and the same verdict; and what an event
 * shows is inside the stream
 *
 * Input: how to cut it, then the stream.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "tools/mainstream.h"

/* What came out, but for how data was cut. */
struct record {
	uint64_t events, digest, data, last;
	bool ended;
};

static void
digest_add(struct record *record, const void *data, size_t size)
{
	const uint8_t *b = data;

	for (; size > 0; b++, size--)
		record->digest = (record->digest ^ *b) * 1099511628211u;
}

static int
event(void *opaque, const struct mainstream_event *e)
{
	struct record *record = opaque;

	ORACLE(!record->ended);
	ORACLE(e->offset >= record->last);
	record->last = e->offset;
	record->ended = e->kind == MAINSTREAM_END;
	if (e->kind == MAINSTREAM_DATA) {	/* in pieces of any size */
		digest_add(record, e->data, e->size);
		record->data += e->size;
		return 0;
	}
	if (e->idstr != NULL) {
		ORACLE(strlen(e->idstr) < 256);
		digest_add(record, e->idstr, strlen(e->idstr));
		digest_add(record, &e->instance_id, sizeof e->instance_id);
	}
	digest_add(record, &e->kind, sizeof e->kind);
	record->events++;
	return 0;
}

/* Feed it in pieces; what the last call said. */
static int
feed(struct record *record, const struct input *input, size_t piece,
    int *end)
{
	struct mainstream *mainstream;
	size_t at, n;
	uint8_t *copy;
	int r = 0;

	memset(record, 0, sizeof *record);
	ORACLE(mainstream_new(&mainstream, 4096, event, record) == 0);
	for (at = 0; at < input->left && r == 0; at += n) {
		n = input->left - at < piece ? input->left - at : piece;
		copy = malloc(n);	/* so that an overrun shows */
		memcpy(copy, input->data + at, n);
		r = mainstream_feed(mainstream, copy, n);
		free(copy);
	}
	ORACLE(r == 0 || r == -EBADMSG || r == -ENOTSUP);
	ORACLE((r == 0) == (mainstream_words(mainstream)[0] == '\0'));
	*end = mainstream_end(mainstream);
	ORACLE(r == 0 ? *end == 0 || *end == -EPIPE || *end == -EBADMSG :
	    *end == r);
	mainstream_free(mainstream);
	ORACLE(record->data <= input->left);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	size_t piece = input_byte(&input) % 64 + 1;
	struct record whole, cut;
	int r, r_cut, end, end_cut;

	r = feed(&whole, &input, input.left + 1, &end);
	r_cut = feed(&cut, &input, piece, &end_cut);
	ORACLE(r == r_cut && end == end_cut);
	ORACLE(whole.events == cut.events && whole.data == cut.data);
	ORACLE(whole.digest == cut.digest && whole.ended == cut.ended);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* main_stream_yields_precopy.c - the pre-copy data of each device is found in
 * what a real QEMU sent, in any pieces, and nothing else is taken for it */
#include <errno.h>
#include <stdbool.h>

#include "captures.h"
#include "suite.h"
#include "tools/mainstream.h"

enum { DEVICES = 4, PAGE = 4096 };

/* What came out of a stream. */
struct heard {
	struct {
		char idstr[256];
		uint32_t instance_id;
		uint8_t data[PRECOPY_MAX];
		size_t size;
	} device[DEVICES];
	size_t devices;
	int switchovers, ends;
	bool late;			/* data after the switchover */
};

static int
hear(void *opaque, const struct mainstream_event *event)
{
	struct heard *h = opaque;
	size_t k;

	if (event->kind == MAINSTREAM_SWITCHOVER)
		h->switchovers++;
	else if (event->kind == MAINSTREAM_END)
		h->ends++;
	if (event->kind == MAINSTREAM_DEVICE) {
		ck_assert_uint_lt(h->devices, DEVICES);
		strcpy(h->device[h->devices].idstr, event->idstr);
		h->device[h->devices++].instance_id = event->instance_id;
	} else if (event->kind == MAINSTREAM_DATA) {
		for (k = 0; strcmp(h->device[k].idstr, event->idstr) != 0; k++)
			ck_assert_uint_lt(k, h->devices);
		if (h->device[k].size + event->size <= PRECOPY_MAX)
			memcpy(h->device[k].data + h->device[k].size,
			    event->data, event->size);
		h->device[k].size += event->size;
		h->late |= h->switchovers > 0;
	} else {
		ck_assert_int_ne(event->kind, MAINSTREAM_CONFIG);
	}
	return 0;
}

/* Feed the first @size bytes in pieces of @piece, or random for 0. */
static int
listen_to(struct heard *heard, const uint8_t *data, size_t size, size_t piece)
{
	struct mainstream *ms;
	size_t k, n;
	int r;

	memset(heard, 0, sizeof *heard);
	ck_assert_int_eq(mainstream_new(&ms, PAGE, hear, heard), 0);
	for (k = 0; k < size; k += n) {
		n = piece ? piece : (size_t)rand() % 300 + 1;
		n = n < size - k ? n : size - k;
		ck_assert_msg(mainstream_feed(ms, data + k, n) == 0, "%s",
		    mainstream_words(ms));
	}
	r = mainstream_end(ms);
	ck_assert(r == 0 || mainstream_words(ms)[0] != '\0');
	mainstream_free(ms);
	return r;
}

/* What was heard of the case is all, or a beginning, of what is expected. */
static void
expect(const struct heard *heard, const struct capture *list, size_t count,
    const char *name, bool all)
{
	size_t devices = 0, k, i;

	for (k = 0; k < count; k++) {
		if (strcmp(list[k].name, name) != 0)
			continue;
		devices++;
		for (i = 0; i < heard->devices; i++)
			if (strcmp(heard->device[i].idstr, list[k].idstr) == 0)
				break;
		ck_assert(i < heard->devices || !all);
		if (i == heard->devices)
			continue;
		ck_assert_uint_eq(heard->device[i].instance_id,
		    list[k].instance_id);
		ck_assert_uint_le(heard->device[i].size, list[k].precopy_size);
		ck_assert_mem_eq(heard->device[i].data, list[k].precopy,
		    heard->device[i].size);
		ck_assert(!all ||
		    heard->device[i].size == list[k].precopy_size);
	}
	ck_assert_uint_le(heard->devices, devices);
	ck_assert(!heard->late);
	ck_assert_int_eq(heard->ends, all);
	ck_assert(!all || heard->switchovers == 1);
}

/* For each case of the captures. */
static void
each_case(void (*run)(const uint8_t *, size_t, const struct capture *, size_t,
    const char *))
{
	struct capture list[CAPTURES_MAX];
	size_t count = capture_list(list), size, k;
	uint8_t *data;

	for (k = 0; k < count; k++) {
		if (k > 0 && strcmp(list[k].name, list[k - 1].name) == 0)
			continue;
		data = capture_read(list[k].name, "chan00.bin", &size);
		run(data, size, list, count, list[k].name);
		free(data);
	}
}

static void
run_pieces(const uint8_t *data, size_t size, const struct capture *list,
    size_t count, const char *name)
{
	static const size_t piece[] = { 1, 2, 3, 7, 64, 255, 1023, 1024, 1025,
	    4096, 1 << 20, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct heard heard;
	size_t k;

	for (k = 0; k < sizeof piece / sizeof piece[0]; k++) {
		ck_assert_int_eq(listen_to(&heard, data, size, piece[k]), 0);
		expect(&heard, list, count, name, true);
	}
}

START_TEST(any_pieces_yield_the_same)
{
	each_case(run_pieces);
}
END_TEST

static void
run_truncated(const uint8_t *data, size_t size, const struct capture *list,
    size_t count, const char *name)
{
	struct heard heard;
	size_t k;
	int r;

	for (k = 0; k < size; k += k < 1500 || k > size - 300 ? 1 : 97) {
		r = listen_to(&heard, data, k, 0);
		if (r != 0)
			ck_assert_int_eq(r, -EPIPE);
		expect(&heard, list, count, name, r == 0);
		ck_assert(r != 0 || k > size - 45000);	/* JSON is last */
	}
}

START_TEST(a_beginning_yields_a_beginning)
{
	each_case(run_truncated);
}
END_TEST

/* One byte is wrong: its end is in words, or there is no harm in it. */
static void
run_hostile(const uint8_t *data, size_t size, const struct capture *list,
    size_t count, const char *name)
{
	static const uint8_t flip[] = { 0x01, 0x80, 0xff, 0x7e };
	uint8_t *copy = malloc(size);
	struct mainstream *ms;
	struct heard heard;
	size_t k, i;
	int r;

	(void)list;
	(void)count;
	(void)name;
	ck_assert_ptr_nonnull(copy);
	for (k = 0; k < 600; k++) {
		memcpy(copy, data, size);
		copy[k] ^= flip[k % 4];
		memset(&heard, 0, sizeof heard);
		ck_assert_int_eq(mainstream_new(&ms, PAGE, hear, &heard), 0);
		r = mainstream_feed(ms, copy, size);
		if (r == 0)
			r = mainstream_end(ms);
		ck_assert(r == 0 || r == -EBADMSG || r == -EPIPE ||
		    r == -ENOTSUP);
		ck_assert((r == 0) == (mainstream_words(ms)[0] == '\0'));
		ck_assert(r != 0 || heard.ends == 1);
		for (i = 0; i < heard.devices; i++)
			ck_assert_uint_lt(heard.device[i].size, size);
		mainstream_free(ms);
	}
	free(copy);
}

START_TEST(wrong_bytes_are_refused_or_harmless)
{
	each_case(run_hostile);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("main_stream_yields_precopy");

	srand(1);
	tcase_add_test(tests, any_pieces_yield_the_same);
	tcase_add_test(tests, a_beginning_yields_a_beginning);
	tcase_add_test(tests, wrong_bytes_are_refused_or_harmless);
	return suite_run(tests);
}

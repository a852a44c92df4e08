/* SPDX-License-Identifier: BSD-3-Clause */
/* main_stream_is_read_with_care.c - main streams made by hand: what a guest
 * or a hostile source could put there, and what newer sources do */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "tools/mainstream.h"

/*
 * Streams in a language of their own: two hex digits a byte, words for what
 * is used often.
 */
#define BEGIN	"5145564d 00000003 "
#define RAM	"01 00000001 03 72616d 00000000 00000004 " /* "ram" */	\
		"0000000000080004 02 7063 0000000000080000 "		\
		"0000000000000010 7e 00000001 "
#define A_START	"01 00000002 06 612f7666696f 00000000 00000001 " /* "a/vfio" */
#define A_FULL	"04 00000002 06 612f7666696f 00000000 00000001 "
#define A_PART	"02 00000002 "
#define A_END	"03 00000002 "
#define A_FOOT	"7e 00000002 "
#define MARK	"ffffffffef10000"
#define SETUP	MARK "3 " MARK "1 "
#define A	A_START SETUP A_FOOT
#define DATA3	MARK "4 0000000000000003 c0ffee " MARK "1 "
#define A_DATA	A_PART DATA3 A_FOOT
#define SWITCH	"08 000b 0000 "
#define FINISH	A_END MARK "1 " A_FOOT "00 06 00000002 7b7d "
#define HALF	BEGIN RAM A

/* What is expected: D device, d:N data, i initial, c config, s switchover, e
 * end; then the result. */
static const struct {
	const char *what;
	const char *stream;
	const char *events;
	int result;
} row[] = {
	{ "the least", BEGIN RAM A A_DATA SWITCH FINISH, "D d:3 s e ", 0 },
	{ "twice data", HALF A_DATA A_DATA SWITCH FINISH, "D d:6 s e ", 0 },
	{ "no RAM at all", BEGIN A A_DATA FINISH, "D d:3 e ", 0 },
	{ "a machine's name, subsections", BEGIN "07 00000002 7063 05 01 61 "
	    "00000001 0000000c " RAM A A_DATA FINISH, "D d:3 e ", 0 },
	{ "a return path", BEGIN "08 0001 0000 08 0002 0004 00000000 " RAM A
	    SWITCH FINISH, "D s e ", 0 },
	{ "no description", BEGIN A A_END MARK "1 " A_FOOT "00 ", "D e ", 0 },
	{ "no data", HALF A_PART MARK "4 0000000000000000 " MARK "1 " A_FOOT
	    FINISH, "D e ", 0 },
	{ "initial data ends a section", HALF A_PART MARK "4 0000000000000001 "
	    "aa " MARK "5 " A_FOOT A_DATA FINISH, "D d:1 i d:3 e ", 0 },
	{ "initial data and an end", HALF A_PART MARK "5 " MARK "1 " A_FOOT
	    FINISH, "D i e ", 0 },
	{ "the config may be loaded", HALF SWITCH A_END MARK "1 " A_FOOT
	    "04 00000007 02 6776 00000000 00000001 abcdef 7e 00000007 "
	    A_FULL MARK "6 " MARK "1 " A_FOOT "00 ", "D s c e ", 0 },
	{ "no footers", BEGIN A_START SETUP A_PART DATA3 SWITCH A_END MARK "1 "
	    "00 ", "D d:3 s e ", 0 },
	{ "a footer inside unknown content", BEGIN A A_DATA A_END MARK "1 "
	    A_FOOT "04 00000009 01 78 00000000 00000001 7e 7e00000009 "
	    "7e0000000900 00 7e00000009 04 ff 7e00000009 00 ",
	    "D d:3 e ", 0 },
	{ "zero pages", HALF "02 00000001 0000000000001002 02 7063 00 "
	    "0000000000002022 00 0000000000000200 0000000000000010 "
	    "7e 00000001 " A_DATA FINISH, "D d:3 e ", 0 },
	{ "a section of another kind goes on", BEGIN
	    "01 00000008 01 78 00000000 00000001 01 7e 00000008 " A
	    "02 00000008 " "0000 7e 00000008 " A_DATA FINISH, "D d:3 e ", 0 },

	/* the source may be wrong */
	{ "nothing", "", "", -EPIPE },
	{ "a channel", "11223344 00000001 00 ", "", -EBADMSG },
	{ "version 2", "5145564d 00000002 00 ", "", -EBADMSG },
	{ "a kind that is none", HALF "09 ", "D ", -EBADMSG },
	{ "the footer of another", HALF A_PART DATA3 "7e 00000001 ", "D d:3 ",
	    -EBADMSG },
	{ "an unknown marker", HALF A_PART MARK "9 ", "D ", -EBADMSG },
	{ "no marker", HALF A_PART "0011223344556677 ", "D ", -EBADMSG },
	{ "data at the start", BEGIN A_START MARK "3 " DATA3, "D ", -EBADMSG },
	{ "data at the very end", HALF A_END MARK "1 " A_FOOT A_FULL DATA3,
	    "D ", -EBADMSG },
	{ "a part of what did not begin", HALF "02 00000003 " DATA3, "D ",
	    -EBADMSG },
	{ "a part of what has ended", HALF A_END MARK "1 " A_FOOT A_DATA, "D ",
	    -EBADMSG },
	{ "begun twice", HALF A, "D ", -EBADMSG },
	{ "postcopy", HALF "08 0008 0004 00001000 ", "D ", -ENOTSUP },
	{ "compressed RAM", HALF "02 00000001 0000000000001100 ", "D ",
	    -ENOTSUP },
	{ "data without an end", HALF A_PART MARK "4 ffffffffffffffff c0ffee ",
	    "D d:3 ", -EPIPE },
	{ "it ends in between", HALF A_DATA, "D d:3 ", -EPIPE },
};

static int
hear(void *opaque, const struct mainstream_event *event)
{
	char *heard = opaque;
	size_t n = strlen(heard);
	unsigned long last;
	char *p;

	switch (event->kind) {
	case MAINSTREAM_DATA:
		ck_assert_str_eq(event->idstr, "a/vfio");
		p = strrchr(heard, 'd');
		if (p != NULL && strchr(p, ' ') == NULL) {
			last = strtoul(p + 2, NULL, 10);
			sprintf(p, "d:%zu", last + event->size);
		} else {
			sprintf(heard + n, "d:%zu", event->size);
		}
		return 0;
	case MAINSTREAM_DEVICE:
		ck_assert_str_eq(event->idstr, "a/vfio");
		break;
	default:
		break;
	}
	if (n > 0 && heard[n - 1] != ' ')
		strcat(heard, " ");
	strcat(heard, event->kind == MAINSTREAM_DEVICE ? "D " :
	    event->kind == MAINSTREAM_INITIAL ? "i " :
	    event->kind == MAINSTREAM_CONFIG ? "c " :
	    event->kind == MAINSTREAM_SWITCHOVER ? "s " : "e ");
	return 0;
}

static size_t
bytes_of(uint8_t *bytes, const char *hex)
{
	unsigned int byte;
	size_t n = 0;

	for (; *hex != '\0'; hex++)
		if (*hex != ' ') {
			ck_assert_int_eq(sscanf(hex++, "%2x", &byte), 1);
			bytes[n++] = (uint8_t)byte;
		}
	return n;
}

/* The stream in pieces; what was heard, with a blank at its end. */
static int
listen_to(const uint8_t *bytes, size_t size, size_t piece, char *heard)
{
	struct mainstream *ms;
	size_t k;
	int r = 0;

	heard[0] = '\0';
	ck_assert_int_eq(mainstream_new(&ms, 4096, hear, heard), 0);
	for (k = 0; k < size && r == 0; k += piece)
		r = mainstream_feed(ms, bytes + k,
		    size - k < piece ? size - k : piece);
	if (r == 0)
		r = mainstream_end(ms);
	else
		ck_assert_int_eq(mainstream_end(ms), r);
	ck_assert((r == 0) == (mainstream_words(ms)[0] == '\0'));
	mainstream_free(ms);
	if (heard[0] != '\0' && heard[strlen(heard) - 1] != ' ')
		strcat(heard, " ");
	return r;
}

START_TEST(what_comes_is_told_apart)
{
	uint8_t bytes[4096];
	char heard[4096];
	size_t size = bytes_of(bytes, row[_i].stream), piece;
	int r;

	for (piece = 1; piece <= size + 1; piece++) {
		r = listen_to(bytes, size, piece, heard);
		ck_assert_msg(r == row[_i].result, "%s, in pieces of %zu: %d",
		    row[_i].what, piece, r);
		ck_assert_msg(strcmp(heard, row[_i].events) == 0,
		    "%s, in pieces of %zu: heard %s", row[_i].what, piece,
		    heard);
	}
}
END_TEST

/* A guest writes into its own page what would be sections elsewhere. */
START_TEST(a_guests_page_is_not_read_as_sections)
{
	static uint8_t bytes[3 * 4096];
	char heard[256];
	size_t size, evil;

	size = bytes_of(bytes, HALF "02 00000001 0000000000001008 02 7063 ");
	evil = bytes_of(bytes + size, "0000000000000010 7e 00000001 " A_PART
	    DATA3 A_FOOT SWITCH "00 06 00000002 7b7d ");
	ck_assert_uint_lt(evil, 4096);
	size += 4096;
	size += bytes_of(bytes + size, "0000000000000010 7e 00000001 " FINISH);
	ck_assert_int_eq(listen_to(bytes, size, 100, heard), 0);
	ck_assert_str_eq(heard, "D e ");
}
END_TEST

/* The table of sections is of fixed size. */
START_TEST(too_many_sections_are_refused)
{
	static uint8_t bytes[64 * 1024];
	char heard[256], text[128];
	size_t size = bytes_of(bytes, HALF), k;

	for (k = 0; k < 200; k++) {
		snprintf(text, sizeof text, "01 %08zx 01 78 00000000 00000001 "
		    "00 7e %08zx ", k + 16, k + 16);
		size += bytes_of(bytes + size, text);
	}
	ck_assert_int_eq(listen_to(bytes, size, 1000, heard), -EBADMSG);
	ck_assert_str_eq(heard, "D ");
}
END_TEST

static int
refuse(void *opaque, const struct mainstream_event *event)
{
	(void)opaque;
	return event->kind == MAINSTREAM_DATA ? -ENOSPC : 0;
}

START_TEST(the_callers_error_is_kept)
{
	uint8_t bytes[4096];
	size_t size = bytes_of(bytes, HALF A_DATA FINISH);
	struct mainstream *ms;

	ck_assert_int_eq(mainstream_new(&ms, 4096, refuse, NULL), 0);
	ck_assert_int_eq(mainstream_feed(ms, bytes, size), -ENOSPC);
	ck_assert_int_eq(mainstream_feed(ms, bytes, 1), -ENOSPC);
	ck_assert_int_eq(mainstream_end(ms), -ENOSPC);
	mainstream_free(ms);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("main_stream_is_read_with_care");

	tcase_add_loop_test(tests, what_comes_is_told_apart, 0,
	    sizeof row / sizeof row[0]);
	tcase_add_test(tests, a_guests_page_is_not_read_as_sections);
	tcase_add_test(tests, too_many_sections_are_refused);
	tcase_add_test(tests, the_callers_error_is_kept);
	return suite_run(tests);
}

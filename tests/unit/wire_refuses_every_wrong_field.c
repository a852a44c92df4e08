/* SPDX-License-Identifier: BSD-3-Clause */
/* Each field that can be wrong is changed alone, to every kind of wrong value,
 * and refused with words that name it. */
#include <errno.h>
#include <string.h>

#include "suite.h"

#include "lib/wire.h"

/* What to decode, from the bytes of a hello or of a whole packet's head. */
enum what { HELLO, HEADER, DEVICE, STATE };

static const struct {
	enum what what;
	size_t offset;		/* in the bytes of that part */
	uint32_t value;		/* 32 bits, big-endian */
	const char *words;	/* NULL: it is right */
} row[] = {
	{ HELLO, 0, 0x11223345, "hello: wrong magic" },
	{ HELLO, 0, 0x44332211, "hello: wrong magic" },
	{ HELLO, 0, 0, "hello: wrong magic" },
	{ HELLO, 0, 0x5145564d, "hello: wrong magic" },
	{ HELLO, 4, 0, "hello: unknown version" },
	{ HELLO, 4, 2, "hello: unknown version" },
	{ HELLO, 4, 0x01000000, "hello: unknown version" },
	{ HELLO, 24, 0xff123456, NULL },	/* any id, unused bytes */
	{ HELLO, 60, 0xffffffff, NULL },

	{ HEADER, 0, 0x11223340, "packet header: wrong magic" },
	{ HEADER, 0, 0x44332211, "packet header: wrong magic" },
	{ HEADER, 4, 0, "packet header: unknown version" },
	{ HEADER, 4, 2, "packet header: unknown version" },
	{ HEADER, 4, 0xffffffff, "packet header: unknown version" },
	{ HEADER, 8, 0x80, "unknown flag" },
	{ HEADER, 8, 0x100, "unknown flag" },
	{ HEADER, 8, 0x80000000, "unknown flag" },
	{ HEADER, 8, 0xc0, "unknown flag" },
	{ HEADER, 8, 0x41, "device state with another flag" },
	{ HEADER, 8, 0x42, "device state with another flag" },
	{ HEADER, 8, 0x60, "device state with another flag" },
	{ HEADER, 8, 0x7f, "device state with another flag" },
	{ HEADER, 8, 0x40, NULL },
	{ HEADER, 8, 0x00, NULL },
	{ HEADER, 8, 0x01, NULL },
	{ HEADER, 8, 0x04, NULL },
	{ HEADER, 8, 0x3f, NULL },

	{ DEVICE, 264, 0x00000001, "idstr does not end" },
	{ DEVICE, 264, 0x41414141, "idstr does not end" },
	{ DEVICE, 264, 0x41414100, NULL },
	{ DEVICE, 12, 0x00414141, "idstr is empty" },
	{ DEVICE, 268, 0xffffffff, NULL },		/* any instance */
	{ DEVICE, 272, 0, "payload shorter than its header" },
	{ DEVICE, 272, 11, "payload shorter than its header" },
	{ DEVICE, 272, 12, NULL },
	{ DEVICE, 272, 0xffffffff, NULL },	/* judged by who knows more */

	{ STATE, 0, 1, "state packet: unknown version" },
	{ STATE, 0, 0x01000000, "state packet: unknown version" },
	{ STATE, 4, 0xffffffff, "idx is reserved" },
	{ STATE, 4, 0xfffffffe, NULL },
	{ STATE, 8, 2, "state packet: unknown flag" },
	{ STATE, 8, 3, "state packet: unknown flag" },
	{ STATE, 8, 0x01000000, "state packet: unknown flag" },
	{ STATE, 8, 0x80000001, "state packet: unknown flag" },
	{ STATE, 8, 1, NULL },
	{ STATE, 8, 0, NULL },
};

static void
put(uint8_t *bytes, uint32_t value)
{
	int k;

	for (k = 3; k >= 0; k--, value >>= 8)
		bytes[k] = (uint8_t)value;
}

static int
decode(enum what what, const uint8_t *bytes, const char **why)
{
	struct wire_hello hello;
	struct wire_device device;
	struct wire_state state;
	uint32_t flags;

	switch (what) {
	case HELLO:
		return wire_hello_decode(bytes, &hello, why);
	case HEADER:
		return wire_header_decode(bytes, &flags, why);
	case DEVICE:
		return wire_device_decode(bytes, &device, why);
	default:
		return wire_state_decode(bytes, &state, why);
	}
}

START_TEST(one_field_at_a_time)
{
	static const struct wire_state state = { .idx = 5, .flags = 0 };
	static const struct wire_hello hello = { .uuid = { 1, 2 }, .id = 3 };
	uint8_t bytes[WIRE_FULL];
	const char *why = NULL;
	uint8_t *part;

	if (row[_i].what == HELLO)
		wire_hello_encode(bytes, &hello);
	else
		wire_packet_encode(bytes, "0000:00:05.0/vfio", 7, &state, 9);
	part = row[_i].what == STATE ? bytes + WIRE_DEVICE : bytes;
	ck_assert_int_eq(decode(row[_i].what, part, &why), 0);
	put(part + row[_i].offset, row[_i].value);
	if (row[_i].words == NULL) {
		ck_assert_int_eq(decode(row[_i].what, part, &why), 0);
		return;
	}
	ck_assert_int_eq(decode(row[_i].what, part, &why), -EBADMSG);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, row[_i].words) != NULL, "said: %s", why);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, one_field_at_a_time, 0, COUNT_OF(row));
}
SUITE(wire, cases)

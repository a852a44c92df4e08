/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is encoded is, byte for byte, what QEMU sends (the offsets are written
 * out here), and decoding gives back what was encoded.
 */
#include <string.h>

#include "suite.h"

#include "lib/wire.h"

static const char idstr[] = "0000:00:05.0/vfio";

START_TEST(hello)
{
	static const uint8_t head[] = { 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1 };
	struct wire_hello in = { .id = (uint8_t)_i }, out;
	uint8_t bytes[WIRE_HELLO], zero[39] = { 0 };
	const char *why;
	int k;

	for (k = 0; k < 16; k++)
		in.uuid[k] = (uint8_t)(k * 17 + _i);
	memset(bytes, 0xff, sizeof bytes);
	wire_hello_encode(bytes, &in);
	ck_assert_mem_eq(bytes, head, sizeof head);
	ck_assert_mem_eq(bytes + 8, in.uuid, 16);
	ck_assert_uint_eq(bytes[24], (uint8_t)_i);
	ck_assert_mem_eq(bytes + 25, zero, sizeof zero);
	ck_assert_int_eq(wire_hello_decode(bytes, &out, &why), 0);
	ck_assert_mem_eq(&out, &in, sizeof in);
	ck_assert(!wire_is_main(bytes));
	ck_assert(wire_is_main("QEVM"));
}
END_TEST

static const struct {
	uint32_t idx, flags, size;
	uint8_t tail[20];	/* instance, length, version, idx, flags */
} packet[] = {
	{ 0, 0, 0, { 0, 0, 0, 9, 0, 0, 0, 12, 0, 0, 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 0 } },
	{ 0x01020304, 1, 4132, { 0, 0, 0, 9, 0, 0, 0x10, 0x30, 0, 0, 0, 0,
	    1, 2, 3, 4, 0, 0, 0, 1 } },
	{ 0xfffffffe, 0, 1 << 20, { 0, 0, 0, 9, 0, 0x10, 0, 12, 0, 0, 0, 0,
	    0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0 } },
	{ 76, 1, UINT32_MAX - 12, { 0, 0, 0, 9, 0xff, 0xff, 0xff, 0xff,
	    0, 0, 0, 0, 0, 0, 0, 76, 0, 0, 0, 1 } },
};

START_TEST(device_packet)
{
	static const uint8_t head[] = { 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1,
	    0, 0, 0, 0x40 };
	struct wire_state in = { .idx = packet[_i].idx,
	    .flags = packet[_i].flags }, state;
	uint8_t bytes[WIRE_FULL], zero[WIRE_IDSTR] = { 0 };
	struct wire_device device;
	const char *why;
	uint32_t flags;

	memset(bytes, 0xff, sizeof bytes);
	wire_packet_encode(bytes, idstr, 9, &in, packet[_i].size);
	ck_assert_mem_eq(bytes, head, sizeof head);
	ck_assert_mem_eq(bytes + 12, idstr, sizeof idstr);
	ck_assert_mem_eq(bytes + 12 + sizeof idstr, zero,
	    WIRE_IDSTR - sizeof idstr);
	ck_assert_mem_eq(bytes + 268, packet[_i].tail, 20);

	ck_assert_int_eq(wire_header_decode(bytes, &flags, &why), 0);
	ck_assert_uint_eq(flags, WIRE_FLAG_DEVICE_STATE);
	ck_assert_int_eq(wire_device_decode(bytes, &device, &why), 0);
	ck_assert_str_eq(device.idstr, idstr);
	ck_assert_uint_eq(device.instance_id, 9);
	ck_assert_uint_eq(device.size, packet[_i].size + 12);
	ck_assert_int_eq(wire_state_decode(bytes + WIRE_DEVICE, &state, &why),
	    0);
	ck_assert_mem_eq(&state, &in, sizeof in);
}
END_TEST

START_TEST(longest_name)
{
	struct wire_state state = { .idx = 1 };
	uint8_t bytes[WIRE_FULL];
	struct wire_device device;
	char name[WIRE_IDSTR];
	const char *why;

	memset(name, 'n', sizeof name);
	name[WIRE_IDSTR - 1] = '\0';
	wire_packet_encode(bytes, name, 0, &state, 0);
	ck_assert_int_eq(wire_device_decode(bytes, &device, &why), 0);
	ck_assert_str_eq(device.idstr, name);
}
END_TEST

START_TEST(ram_headers)
{
	static const uint32_t page[] = { 1024, 2048, 4096, 16384, 65536 };
	static const size_t size[] = { 4416, 2368, 1344, 576, 384 };
	uint8_t bytes[WIRE_RAM] = { 0 };
	size_t k;

	for (k = 0; k < COUNT_OF(page); k++)
		ck_assert_uint_eq(wire_ram_header(page[k]), size[k]);
	bytes[20] = 0x12;
	bytes[23] = 0x34;
	ck_assert_uint_eq(wire_ram_payload(bytes), 0x12000034);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, hello, 0, 256);
	tcase_add_loop_test(tests, device_packet, 0, COUNT_OF(packet));
	tcase_add_test(tests, longest_name);
	tcase_add_test(tests, ram_headers);
}
SUITE(wire, cases)

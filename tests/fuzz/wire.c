/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wire.c - packet decoding: what is taken and what is refused is decided here
 * a second time, from vfiomig-wire(7), and what was taken is encoded again
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "lib/wire.h"

static uint32_t
be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static bool
begins(const uint8_t *b)
{
	return be32(b) == 0x11223344 && be32(b + 4) == 1;
}

static void
hello(const uint8_t *b)
{
	uint8_t again[WIRE_HELLO];
	struct wire_hello hello;
	const char *why = NULL;
	int r = wire_hello_decode(b, &hello, &why);

	ORACLE(wire_is_main(b) == (memcmp(b, "QEVM", 4) == 0));
	ORACLE(r == (begins(b) ? 0 : -EBADMSG));
	ORACLE((r < 0) == (why != NULL));
	if (r < 0)
		return;
	wire_hello_encode(again, &hello);
	ORACLE(memcmp(again, b, 25) == 0);
}

/* True: a device packet. */
static bool
header(const uint8_t *b)
{
	uint32_t flags = UINT32_MAX, f = be32(b + 8);
	const char *why = NULL;
	int r = wire_header_decode(b, &flags, &why);
	bool good = begins(b) && (f == 0x40 || f < 0x40);

	ORACLE(r == (good ? 0 : -EBADMSG));
	ORACLE((r < 0) == (why != NULL));
	ORACLE(r < 0 || flags == f);
	ORACLE(wire_ram_payload(b) == be32(b + 20));
	return r == 0 && f == 0x40;
}

static void
packet(const uint8_t *b)
{
	uint8_t again[WIRE_FULL], same[WIRE_FULL];
	struct wire_device device;
	struct wire_state state;
	const char *why = NULL;
	int r = wire_device_decode(b, &device, &why), s;

	ORACLE(r == (b[12] != 0 && b[267] == 0 && be32(b + 272) >= 12 ? 0 :
	    -EBADMSG));
	ORACLE((r < 0) == (why != NULL));
	why = NULL;
	s = wire_state_decode(b + WIRE_DEVICE, &state, &why);
	ORACLE(s == (be32(b + 276) == 0 && be32(b + 280) != UINT32_MAX &&
	    be32(b + 284) <= 1 ? 0 : -EBADMSG));
	ORACLE((s < 0) == (why != NULL));
	if (r < 0 || s < 0)
		return;
	wire_packet_encode(again, device.idstr, device.instance_id, &state,
	    device.size - WIRE_STATE);
	memcpy(same, b, sizeof same);
	memset(same + 12 + strlen((char *)same + 12), 0,
	    WIRE_IDSTR - strlen((char *)same + 12));
	ORACLE(memcmp(again, same, sizeof same) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t bytes[WIRE_FULL] = { 0 };

	memcpy(bytes, data, size < sizeof bytes ? size : sizeof bytes);
	hello(bytes);
	if (header(bytes))
		packet(bytes);
	return 0;
}

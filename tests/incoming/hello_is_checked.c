/* SPDX-License-Identifier: BSD-3-Clause */
/* Weakness 10, and the rest of what a channel begins with. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

static const uint8_t uuid[16] = "0123456789abcdef";
static const uint8_t other[16] = "0123456789abcdeF";
static const uint8_t none[16];

/* Of three channels expected, this one comes after ids @before. */
static const struct {
	const char *before;
	int id;
	const uint8_t *ours, *theirs;
	int code;
	const char *words;
} row[] = {
	{ "", 0, NULL, NULL, 0, "" },
	{ "", 2, NULL, uuid, 0, "" },
	{ "02", 1, uuid, uuid, 0, "" },
	{ "20", 1, none, NULL, 0, "" },
	{ "", 3, NULL, NULL, -EPROTO, "channel=0|id=3|out of range" },
	{ "0", 4, NULL, NULL, -EPROTO, "channel=1|id=4|out of range" },
	{ "", 255, NULL, NULL, -EPROTO, "channel=0|id=255|out of range" },
	{ "0", 0, NULL, NULL, -EPROTO, "channel=1|id=0|came twice" },
	{ "12", 2, NULL, NULL, -EPROTO, "channel=2|id=2|came twice" },
	{ "", 0, uuid, other, -EPROTO, "channel=0|uuid is another VM's" },
	{ "", 0, uuid, NULL, -EPROTO, "channel=0|uuid is another VM's" },
	{ "", 0, none, uuid, -EPROTO, "channel=0|uuid is another VM's" },
};

START_TEST(id_and_uuid)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 3,
	    .uuid = row[_i].ours);
	const char *before = row[_i].before;
	struct script script = { 0 };
	struct dest dest;
	int n, r;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	for (n = 0; before[n] != '\0'; n++) {
		script_hello(&script, before[n] - '0', row[_i].theirs);
		ck_assert_int_eq(dest_run(&dest, n, &script, SOCKET), 0);
		ck_assert_int_eq(channel_stats(dest.channel[n]).id,
		    before[n] - '0');
		script_free(&script);
	}
	script_hello(&script, row[_i].id, row[_i].theirs);
	r = dest_run(&dest, n, &script, FILE_FD);
	ck_assert_int_eq(r, row[_i].code);
	if (r < 0)
		dest_expect_failure(&dest, row[_i].code, row[_i].words);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

/* Each of the largest number of channels has an id of its own. */
START_TEST(all_256_ids)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 256);
	struct vfiomig_channel_config cc = { .size = sizeof cc };
	struct vfiomig_channel *channel;
	struct script script = { 0 };
	struct dest dest;
	int k, r = 0;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	for (k = 0; k < 256; k++) {
		script_hello(&script, k, NULL);
		cc.fd = script_fd(&script, FILE_FD);
		ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc,
		    &channel), 0);
		r = vfiomig_channel_run(channel);
		ck_assert_int_eq(r, 0);
		ck_assert_int_eq(channel_stats(channel).id, k);
		close(cc.fd);
		script_free(&script);
	}
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    -EBUSY);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EPIPE);
	dest_close(&dest);
}
END_TEST

static const struct {
	size_t at;
	uint8_t byte;
	const char *words;
} wrong[] = {
	{ 0, 0x12, "channel=0|offset=64|hello: wrong magic" },
	{ 3, 0x45, "channel=0|hello: wrong magic" },
	{ 7, 2, "channel=0|hello: unknown version" },
	{ 4, 1, "channel=0|hello: unknown version" },
	{ 64, 0x12, "channel=0|offset=64|packet header: wrong magic" },
	{ 64 + 7, 2, "channel=0|packet header: unknown version" },
	{ 64 + 11, 0x41, "channel=0|device state with another flag" },
	{ 64 + 10, 1, "channel=0|unknown flag" },
	{ 64 + 12 + 255, 1, "channel=0|idstr does not end" },
	{ 64 + 12, 0, "channel=0|idstr is empty" },
	{ 64 + 272 + 3, 11, "channel=0|payload shorter than its header" },
	{ 64 + 276 + 3, 1, "channel=0|state packet: unknown version" },
	{ 64 + 284 + 3, 2, "channel=0|state packet: unknown flag" },
};

/* One wrong byte: not a packet, and the words say whose and why. */
START_TEST(every_field_of_the_stream)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct script script = { 0 };
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&script, 0, NULL);
	script_packet(&script, 0, 0, 0, 0);
	script.bytes[wrong[_i].at] = wrong[_i].byte;
	ck_assert_int_eq(dest_run(&dest, 0, &script, SOCKET), -EBADMSG);
	dest_expect_failure(&dest, -EBADMSG, wrong[_i].words);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

static const struct {
	const char *idstr;
	uint32_t instance;
} stranger[] = {
	{ "dev1", 0 }, { "dev0", 1 }, { "dev", 0 }, { "dev00", 0 },
	{ "dev0\n1 forged", 0 }, { "\x1b[31m", 7 }
};

/* Routed by idstr and instance; what is not announced is refused, and its
 * name cannot break the log's lines (dest.c looks at each). */
START_TEST(devices_nobody_announced)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct script script = { 0 };
	char text[512];
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&script, 0, NULL);
	script_head(&script, stranger[_i].idstr, stranger[_i].instance, 9, 0,
	    0);
	ck_assert_int_eq(dest_run(&dest, 0, &script, SOCKET), -EPROTO);
	dest_expect_failure(&dest, -EPROTO, "channel=0|idx=9|"
	    "no such device");
	vfiomig_failure(dest.mig, text, sizeof text);
	ck_assert_ptr_null(strpbrk(text, "\n\x1b"));
	script_free(&script);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, id_and_uuid, 0, COUNT_OF(row));
	tcase_add_test(tests, all_256_ids);
	tcase_add_loop_test(tests, every_field_of_the_stream, 0,
	    COUNT_OF(wrong));
	tcase_add_loop_test(tests, devices_nobody_announced, 0,
	    COUNT_OF(stranger));
}
SUITE(hello, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A backend that was compiled for libvfiomig 0.1 (first.c) is loaded and loads
 * its device, and every field of its struct is where it was.
 */
#include <stddef.h>

#include "modules.h"

#define SIZE 100000

static uint8_t stream[SIZE];

START_TEST(it_is_described)
{
	char text[2048];

	ck_assert_int_gt(vfiomig_backend_describe("first", text, sizeof text),
	    0);
	ck_assert_ptr_nonnull(strstr(text, "description=as it was written"));
	ck_assert_ptr_nonnull(strstr(text, "threads=per-device\n"));
	ck_assert_ptr_nonnull(strstr(text, "has_writev=1\n"));
	ck_assert_ptr_nonnull(strstr(text, "has_dirty_stop=1\n"));
}
END_TEST

START_TEST(it_loads)
{
	device_loads("first", "f", stream, SIZE);
	ck_assert_ptr_nonnull(strstr(bench_line, "first: closed"));
}
END_TEST

START_TEST(it_refuses)
{
	struct vfiomig_device *device;
	struct vfiomig_channel *channel;
	struct vfiomig *migration;

	migration = migration_new(VFIOMIG_INCOMING, "first", "f", &device);
	channel = channel_open(migration);
	ck_assert_int_eq(packet_submit(channel, device, 0, 0, "xyz", 3), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(device), -EILSEQ);
	ck_assert_int_eq(vfiomig_recover(migration), 0);
	vfiomig_free(migration);
}
END_TEST

/* Where each field was in 0.1, in words of the machine. */
#if defined(__LP64__)
#define WAS(field, offset) \
	_Static_assert(offsetof(struct vfiomig_backend, field) == (offset), \
	    #field " has moved")

WAS(size, 0);		WAS(api, 8);		WAS(threads, 12);
WAS(name, 16);		WAS(description, 24);	WAS(open, 32);
WAS(close, 40);		WAS(query, 48);		WAS(get_state, 56);
WAS(set_state, 64);	WAS(read, 72);		WAS(write, 80);
WAS(writev, 88);	WAS(reset, 96);		WAS(cancel, 104);
WAS(config_load, 112);	WAS(config_save, 120);	WAS(pending, 128);
WAS(dirty_start, 136);	WAS(dirty_report, 144);	WAS(dirty_stop, 152);
_Static_assert(sizeof(struct vfiomig_backend) >= 160, "it shrank");
#endif

static void
first_load(void)
{
	char text[512] = "";
	int error, i;

	for (i = 0; i < SIZE; i++)
		stream[i] = (uint8_t)(i % 251);
	error = vfiomig_backend_load(MODULE("first"), text, sizeof text);
	ck_assert_msg(error == 0, "%d: %s", error, text);
}

int
main(void)
{
	TCase *t = tcase_create("first");

	tcase_add_checked_fixture(t, first_load, NULL);
	tcase_add_test(t, it_is_described);
	tcase_add_test(t, it_loads);
	tcase_add_test(t, it_refuses);
	return bench_run(t);
}

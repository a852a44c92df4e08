/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A backend that was compiled for libvfiomig 0.1 (first.c) saves its device,
 * and keeps its record of dirty pages.
 */
#include "modules.h"

#define SIZE 100000

static uint8_t stream[SIZE];

START_TEST(it_keeps_a_record_of_its_writes)
{
	const struct vfiomig_range range = { 4096, 8192 };
	uint64_t page = 1 << 16, bitmap = 1;
	struct vfiomig_pending pending = { .size = sizeof pending };
	struct vfiomig_device *device;
	struct vfiomig *migration;

	migration = migration_new(VFIOMIG_OUTGOING, "first", "f", &device);
	ck_assert_int_eq(vfiomig_pending(device, &pending), 0);
	ck_assert_uint_eq(pending.initial, 1);
	ck_assert_uint_eq(pending.dirty, 2);
	ck_assert_uint_eq(pending.stop_copy, SIZE);
	ck_assert_uint_eq(pending.reinit, 1);
	ck_assert_int_eq(vfiomig_dirty_start(device, &range, 1, &page), 0);
	ck_assert_uint_eq(page, 4096);
	ck_assert_int_eq(vfiomig_dirty_report(device, 4096, 8192, 4096,
	    &bitmap), 0);
	ck_assert_uint_eq(bitmap, 3);
	ck_assert_int_eq(vfiomig_dirty_stop(device), 0);
	vfiomig_free(migration);
}
END_TEST

START_TEST(it_saves)
{
	struct vfiomig_packet packet = { .size = sizeof packet };
	struct vfiomig_device *device;
	struct vfiomig_channel *channel;
	struct vfiomig *migration;
	uint8_t *got = malloc(SIZE + 1);
	size_t have = 0;
	int error;

	migration = migration_new(VFIOMIG_OUTGOING, "first", "f", &device);
	channel = channel_open(migration);
	ck_assert_int_eq(vfiomig_quiesce(migration), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(device), 0);
	while ((error = vfiomig_packet_take(channel, &packet)) == 0) {
		ck_assert_uint_le(have + packet.iov[2].iov_len, SIZE + 1);
		memcpy(got + have, packet.iov[2].iov_base,
		    packet.iov[2].iov_len);
		have += packet.iov[2].iov_len;
		ck_assert_int_eq(vfiomig_packet_release(channel), 0);
	}
	ck_assert_int_eq(error, -ENODATA);
	ck_assert_uint_eq(have, SIZE + 1);
	ck_assert_int_eq(memcmp(got, stream, SIZE), 0);
	ck_assert_int_eq(got[SIZE], 'c');
	free(got);
	vfiomig_free(migration);
}
END_TEST

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
	tcase_add_test(t, it_keeps_a_record_of_its_writes);
	tcase_add_test(t, it_saves);
	return bench_run(t);
}

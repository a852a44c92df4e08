/* SPDX-License-Identifier: BSD-3-Clause */
/* Weakness 7: a write that is interrupted is tried again, one that is short is
 * continued, one that takes nothing, lies or fails ends the migration, and one
 * that blocks is ended by cancel. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 3000, PACKETS = 5 };

static int
load(struct dest *dest, const char *backend)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	uint32_t k;

	dest_open(dest, 1, &config, 0, backend);
	dest_channel(dest, 0, -1, 0);
	for (k = 0; k < PACKETS; k++)
		ck_assert_int_eq(dest_submit(dest, 0, 0, k, SIZE), 0);
	ck_assert_int_eq(dest_submit_config(dest, 0, 0, PACKETS), 0);
	return vfiomig_buffer_drain(dest->device[0]);
}

static const char *const backend[] = { "record", "plain" };

static ssize_t
interrupted(struct record *r, size_t size)
{
	return r->writes % 4 != 0 ? -EINTR : (ssize_t)size;
}

static ssize_t
short_by_turns(struct record *r, size_t size)
{
	uint64_t seed = r->writes;
	size_t n = seeded(&seed) % (SIZE + 500) + 1;

	return n < size ? (ssize_t)n : (ssize_t)size;
}

static ssize_t
byte_by_byte(struct record *r, size_t size)
{
	(void)r;
	(void)size;
	return 1;
}

static const struct {
	ssize_t (*write)(struct record *, size_t);
	uint64_t writes;	/* at least */
} good[] = {
	{ interrupted, 4 }, { short_by_turns, 2 },
	{ byte_by_byte, PACKETS * SIZE },
};

START_TEST(every_byte_once)
{
	struct dest dest;

	record_start();
	record[0].write = good[_i / 2].write;
	ck_assert_int_eq(load(&dest, backend[_i % 2]), 0);
	dest_expect_whole(&dest, 0, PACKETS * SIZE);
	ck_assert_uint_ge(record[0].writes, good[_i / 2].writes);
	ck_assert_uint_eq(device_stats(dest.device[0]).bytes_done,
	    PACKETS * SIZE + DEST_CONFIG);
	dest_close(&dest);
}
END_TEST

static ssize_t
takes_no_more(struct record *r, size_t size)
{
	return r->loaded == 0 ? (ssize_t)(size / 2) : 0;
}

static ssize_t
is_broken(struct record *r, size_t size)
{
	return r->loaded == 0 ? (ssize_t)(size / 2) : -EFAULT;
}

static ssize_t
takes_more_than_there_is(struct record *r, size_t size)
{
	(void)r;
	return (ssize_t)size + 1;
}

static const struct {
	ssize_t (*write)(struct record *, size_t);
	int code;
	const char *words;
} bad[] = {
	{ takes_no_more, -EIO, "device takes no more|device=\"dev0\"" },
	{ is_broken, -EFAULT, "failed to load|device=\"dev0\"|error=-14" },
	{ takes_more_than_there_is, -EIO, "device=\"dev0\"|idx=0" },
};

START_TEST(a_failed_write_is_the_last)
{
	struct dest dest;
	uint64_t writes;

	record_start();
	record[0].write = bad[_i / 2].write;
	ck_assert_int_eq(load(&dest, backend[_i % 2]), bad[_i / 2].code);
	dest_expect_failure(&dest, bad[_i / 2].code, bad[_i / 2].words);
	writes = record[0].writes;
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]),
	    bad[_i / 2].code);
	ck_assert_int_eq(vfiomig_resume(dest.mig), bad[_i / 2].code);
	ck_assert_uint_eq(record[0].writes, writes);
	ck_assert_int_eq(dest.config[0].loads, 0);
	ck_assert_int_eq(vfiomig_recover(dest.mig), 0);
	ck_assert_uint_eq(record[0].state, VFIOMIG_STATE_STOP);
	ck_assert_int_eq(record[0].resets, 1);
	ck_assert_uint_eq(device_stats(dest.device[0]).was_reset, 1);
	dest_close(&dest);
}
END_TEST

/* It blocks until the library calls cancel, as a driver that lets go. */
static ssize_t
blocks(struct record *r, size_t size)
{
	(void)size;
	AWAIT(atomic_load(&r->cancels) != 0);
	ck_assert_int_ne(r->host->cancelled(r->host), 0);
	return -ECANCELED;
}

START_TEST(cancel_ends_a_blocked_write)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct thread drain;
	struct dest dest;

	record_start();
	record[0].write = blocks;
	dest_open(&dest, 1, &config, 0, backend[_i]);
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, SIZE), 0);
	drain_start(&drain, dest.device[0]);
	AWAIT(atomic_load(&record[0].inside) == 1);
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(thread_join(&drain), -ECANCELED);
	ck_assert_int_eq(record[0].cancels, 1);
	dest_expect_failure(&dest, -ECANCELED, "cancelled by the caller");
	dest_close(&dest);
}
END_TEST

/* -EINTR for ever is a device that never lets go; cancel ends that too. */
static ssize_t
always_interrupted(struct record *r, size_t size)
{
	(void)r;
	(void)size;
	usleep(100);
	return -EINTR;
}

START_TEST(cancel_ends_endless_interruption)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct thread drain;
	struct dest dest;

	record_start();
	record[0].write = always_interrupted;
	dest_open(&dest, 1, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, SIZE), 0);
	drain_start(&drain, dest.device[0]);
	AWAIT(atomic_load(&record[0].inside) == 1);
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(thread_join(&drain), -ECANCELED);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, every_byte_once, 0, 2 * COUNT_OF(good));
	tcase_add_loop_test(tests, a_failed_write_is_the_last, 0,
	    2 * COUNT_OF(bad));
	tcase_add_loop_test(tests, cancel_ends_a_blocked_write, 0, 2);
	tcase_add_test(tests, cancel_ends_endless_interruption);
}
SUITE(writes, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each code of the calls about dirty pages is provoked: of wrong arguments, of
 * a backend without them, of one that fails, and of one that bears a single
 * call while another is in it; and what the backend says comes out as it is.
 */
#include <errno.h>
#include <semaphore.h>

#include "dest.h"
#include "tests/unit/suite.h"

static sem_t entered, leave;
static int dirty_result, dirty_calls;

/* Stays in the call until it is let go. */
static ssize_t
write_stays(struct record *r, size_t size)
{
	(void)r;
	sem_post(&entered);
	sem_wait(&leave);
	return (ssize_t)size;
}

static int
dirty_start(void *device, const struct vfiomig_range *ranges, uint32_t count,
    uint64_t *page_size)
{
	(void)device;
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(ranges->length, 1 << 20);
	*page_size *= 2;
	dirty_calls++;
	return dirty_result;
}

static int
dirty_report(void *device, uint64_t iova, uint64_t length,
    uint64_t page_size, uint64_t *bitmap)
{
	(void)device;
	ck_assert_uint_eq(length, 64 * page_size);
	*bitmap |= iova;
	dirty_calls++;
	return dirty_result;
}

static int
dirty_stop(void *device)
{
	(void)device;
	dirty_calls++;
	return dirty_result;
}

static struct vfiomig *mig;
static struct vfiomig_device *device;
static const struct vfiomig_range range = { 0, 1 << 20 };

/* A recorder that bears @threads, and keeps a record of dirty pages if it
 * @can. */
static void
device_open(enum vfiomig_threads threads, bool can)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "dev", .backend = "dirty", .params = "0" };
	struct vfiomig_backend backend;

	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	record_start();
	record[0].write = write_stays;
	backend = record_plain();
	backend.name = "dirty";
	backend.threads = threads;
	if (can) {
		backend.dirty_start = dirty_start;
		backend.dirty_report = dirty_report;
		backend.dirty_stop = dirty_stop;
	}
	ck_assert_int_eq(vfiomig_backend_register(&backend), 0);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_INCOMING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
}

/* All three; each returns @result. */
static void
expect_each(int result)
{
	uint64_t page_size = 4096, bitmap = 1;

	ck_assert_int_eq(vfiomig_dirty_start(device, &range, 1, &page_size),
	    result);
	ck_assert_int_eq(vfiomig_dirty_report(device, 8, 64 * 4096, 4096,
	    &bitmap), result);
	ck_assert_int_eq(vfiomig_dirty_stop(device), result);
	ck_assert_uint_eq(page_size, dirty_calls ? 8192 : 4096);
	ck_assert_uint_eq(bitmap, dirty_calls ? 9 : 1);
}

START_TEST(what_the_backend_says_comes_out)
{
	device_open(VFIOMIG_THREADS_ONE_DEVICE + _i, true);
	expect_each(0);
	ck_assert_int_eq(dirty_calls, 3);
	dirty_result = -E2BIG;
	expect_each(-E2BIG);
	ck_assert_int_eq(dirty_calls, 6);
	ck_assert_int_eq(vfiomig_failure(mig, NULL, 0), 0);
	vfiomig_free(mig);
}
END_TEST

START_TEST(backend_without_them_is_told_so)
{
	device_open(VFIOMIG_THREADS_PER_DEVICE, false);
	expect_each(-EOPNOTSUPP);
	vfiomig_free(mig);
}
END_TEST

START_TEST(arguments_are_checked)
{
	uint64_t page_size, bits = 0;
	static const uint64_t none[] = { 0, 3, 4097 };
	int k;

	device_open(VFIOMIG_THREADS_PER_DEVICE, true);
	for (k = 0; k < 3; k++) {
		page_size = none[k];
		ck_assert_int_eq(vfiomig_dirty_start(device, &range, 1,
		    &page_size), -EINVAL);
		ck_assert_int_eq(vfiomig_dirty_report(device, 0, 4096,
		    page_size, &bits), -EINVAL);
	}
	page_size = 4096;
	ck_assert_int_eq(vfiomig_dirty_start(NULL, &range, 1, &page_size),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_dirty_start(device, NULL, 1, &page_size),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_dirty_start(device, &range, 0, &page_size),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_dirty_start(device, &range, 1, NULL),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_dirty_report(NULL, 0, 4096, 4096, &bits),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_dirty_report(device, 0, 4096, 4096, NULL),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_dirty_stop(NULL), -EINVAL);
	ck_assert_int_eq(dirty_calls, 0);
	vfiomig_free(mig);
}
END_TEST

static int
load(void *arg)
{
	(void)arg;
	return vfiomig_state_load(device, "abc", 3);
}

/* The load is in the backend's write all the while. */
START_TEST(call_beside_a_load_is_busy_unless_the_backend_bears_it)
{
	struct thread thread;

	device_open(_i ? VFIOMIG_THREADS_ANY : VFIOMIG_THREADS_PER_DEVICE,
	    true);
	thread_start(&thread, load, NULL);
	sem_wait(&entered);
	expect_each(_i ? 0 : -EBUSY);
	ck_assert_int_eq(dirty_calls, _i ? 3 : 0);
	sem_post(&leave);
	ck_assert_int_eq(thread_join(&thread), 0);
	dirty_calls = 3;
	expect_each(0);
	vfiomig_free(mig);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, what_the_backend_says_comes_out, 0, 3);
	tcase_add_test(tests, backend_without_them_is_told_so);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_loop_test(tests,
	    call_beside_a_load_is_busy_unless_the_backend_bears_it, 0, 2);
}
SUITE(dirty, cases)

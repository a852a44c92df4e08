/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each code of the calls about dirty pages is provoked: of wrong arguments, of
 * a backend without them, of one that fails, and of one that bears a single
 * call while another is in it; and what the backend says comes out as it is.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>
#include <vfiomig/vfiomig.h>

#include "tests/outgoing/suite.h"

static sem_t entered, leave;
static uint32_t state;
static int dirty_result, dirty_calls;

static int
open_it(const struct vfiomig_host *host, const char *params, int incoming,
    void **device)
{
	(void)host;
	(void)params;
	(void)incoming;
	state = VFIOMIG_STATE_RUNNING;
	*device = &state;
	return 0;
}

static void
close_it(void *device)
{
	(void)device;
}

static int
query(void *device, uint32_t *can)
{
	(void)device;
	*can = VFIOMIG_CAN_STOP_COPY;
	return 0;
}

static int
get_state(void *device, uint32_t *to)
{
	*to = *(uint32_t *)device;
	return 0;
}

static int
set_state(void *device, uint32_t to)
{
	*(uint32_t *)device = to;
	return 0;
}

static ssize_t
read_it(void *device, void *data, size_t size)
{
	(void)device;
	(void)data;
	(void)size;
	return 0;
}

/* Stays in the call until it is let go. */
static ssize_t
write_it(void *device, const void *data, size_t size)
{
	(void)device;
	(void)data;
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

static struct vfiomig_backend backend = {
	.size		= sizeof backend,
	.api		= VFIOMIG_BACKEND_API,
	.name		= "one",
	.open		= open_it,
	.close		= close_it,
	.query		= query,
	.get_state	= get_state,
	.set_state	= set_state,
	.read		= read_it,
	.write		= write_it,
	.dirty_start	= dirty_start,
	.dirty_report	= dirty_report,
	.dirty_stop	= dirty_stop,
};

static struct vfiomig *mig;
static struct vfiomig_device *device;
static const struct vfiomig_range range = { 0, 1 << 20 };

static void
device_open(enum vfiomig_threads threads)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "dev", .backend = "one", .params = "" };

	sem_init(&entered, 0, 0);
	sem_init(&leave, 0, 0);
	backend.threads = threads;
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
	device_open(VFIOMIG_THREADS_ONE_DEVICE + _i);
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
	backend.dirty_start = NULL;
	backend.dirty_report = NULL;
	backend.dirty_stop = NULL;
	device_open(VFIOMIG_THREADS_PER_DEVICE);
	expect_each(-EOPNOTSUPP);
	vfiomig_free(mig);
}
END_TEST

START_TEST(arguments_are_checked)
{
	uint64_t page_size, bits = 0;
	static const uint64_t none[] = { 0, 3, 4097 };
	int k;

	device_open(VFIOMIG_THREADS_PER_DEVICE);
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

static void *
load(void *result)
{
	*(int *)result = vfiomig_state_load(device, "abc", 3);
	return NULL;
}

/* The load is in the backend's write all the while. */
START_TEST(call_beside_a_load_is_busy_unless_the_backend_bears_it)
{
	pthread_t thread;
	int loaded = 77;

	device_open(_i ? VFIOMIG_THREADS_ANY : VFIOMIG_THREADS_PER_DEVICE);
	pthread_create(&thread, NULL, load, &loaded);
	sem_wait(&entered);
	expect_each(_i ? 0 : -EBUSY);
	ck_assert_int_eq(dirty_calls, _i ? 3 : 0);
	sem_post(&leave);
	pthread_join(thread, NULL);
	ck_assert_int_eq(loaded, 0);
	dirty_calls = 3;
	expect_each(0);
	vfiomig_free(mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("dirty");

	tcase_add_loop_test(tests, what_the_backend_says_comes_out, 0, 3);
	tcase_add_test(tests, backend_without_them_is_told_so);
	tcase_add_test(tests, arguments_are_checked);
	tcase_add_loop_test(tests,
	    call_beside_a_load_is_busy_unless_the_backend_bears_it, 0, 2);
	return suite_run("dirty", tests);
}

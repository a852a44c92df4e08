/* SPDX-License-Identifier: BSD-3-Clause */
/* A device or channel that cannot be made for want of memory or descriptors
 * is as if it had not been asked for: nothing of the caller's is closed,
 * nothing stays open, and the next attempt succeeds. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dest.h"
#include "lib/pool.h"
#include "lib/ring.h"
#include "tests/unit/suite.h"

/* Stand-ins for the library's own, which fail when told. */
static bool no_ring, no_aside, no_reader;

struct ring *__real_ring_new(uint32_t size, uint64_t first);
struct ring *__wrap_ring_new(uint32_t size, uint64_t first);
bool __real_pool_set_aside(struct pool *pool, uint32_t *block);
bool __wrap_pool_set_aside(struct pool *pool, uint32_t *block);

int __real_reader_open(struct vfiomig_channel *ch);
int __wrap_reader_open(struct vfiomig_channel *ch);

int
__wrap_reader_open(struct vfiomig_channel *ch)
{
	return no_reader ? -ENOMEM : __real_reader_open(ch);
}

struct ring *
__wrap_ring_new(uint32_t size, uint64_t first)
{
	return no_ring ? NULL : __real_ring_new(size, first);
}

bool
__wrap_pool_set_aside(struct pool *pool, uint32_t *block)
{
	return !no_aside && __real_pool_set_aside(pool, block);
}

static struct vfiomig_device_config dc = { .size = sizeof dc,
	.idstr = "late", .backend = "record", .params = "1" };

START_TEST(a_device_without_memory)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_device *device = NULL;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	no_ring = _i == 0;
	no_aside = _i == 1;
	ck_assert_int_ge(fcntl(0, F_GETFD), 0);
	ck_assert_int_eq(vfiomig_device_add(dest.mig, &dc, &device),
	    _i == 0 ? CODE(vfiomig_device_add, ENOMEM) : -ENOBUFS);
	ck_assert_int_ge(fcntl(0, F_GETFD), 0);		/* stdin is ours */
	ck_assert_ptr_null(device);
	ck_assert(!record[1].open);
	ck_assert_uint_eq(dest_stats(&dest).devices, 1);
	ck_assert_ptr_null(vfiomig_device_find(dest.mig, "late", 0));
	no_ring = no_aside = false;
	ck_assert_int_eq(vfiomig_device_add(dest.mig, &dc, &device), 0);
	ck_assert_ptr_eq(vfiomig_device_find(dest.mig, "late", 0), device);
	dest_close(&dest);
}
END_TEST

START_TEST(a_channel_without_memory)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = 0,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };
	struct vfiomig_channel *channel = NULL;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	no_reader = true;
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    CODE(vfiomig_channel_open, ENOMEM));
	ck_assert_int_ge(fcntl(0, F_GETFD), 0);
	ck_assert_ptr_null(channel);
	ck_assert_uint_eq(dest_stats(&dest).channels, 0);
	no_reader = false;
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel), 0);
	dest_close(&dest);
}
END_TEST

/* Let no descriptor be opened any more, or as before. */
static void
descriptors(bool some)
{
	static struct rlimit before;
	struct rlimit none;

	if (!some) {
		getrlimit(RLIMIT_NOFILE, &before);
		none = before;
		none.rlim_cur = 0;
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	} else {
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	}
}

START_TEST(no_descriptor_is_left)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .budget = 1 << 20);
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };
	struct vfiomig_channel *channel = NULL;
	struct vfiomig_device *device = NULL;
	struct vfiomig *mig = NULL;
	struct dest dest;
	int r;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dc.flags = VFIOMIG_DEVICE_NONBLOCK;
	descriptors(false);
	r = vfiomig_new(&mig, VFIOMIG_INCOMING, &config);
	descriptors(true);
	ck_assert_int_eq(r, CODE(vfiomig_new, EMFILE));
	ck_assert_ptr_null(mig);
	descriptors(false);
	r = vfiomig_device_add(dest.mig, &dc, &device);
	descriptors(true);
	ck_assert_int_eq(r, -EMFILE);
	ck_assert_ptr_null(device);
	descriptors(false);
	r = vfiomig_channel_open(dest.mig, &cc, &channel);
	descriptors(true);
	ck_assert_int_eq(r, CODE(vfiomig_channel_open, EMFILE));
	ck_assert_ptr_null(channel);
	ck_assert_uint_eq(dest_stats(&dest).channels, 0);
	ck_assert_int_eq(vfiomig_device_add(dest.mig, &dc, &device), 0);
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel), 0);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, a_device_without_memory, 0, 2);
	tcase_add_test(tests, a_channel_without_memory);
	tcase_add_test(tests, no_descriptor_is_left);
}
SUITE(additions, cases)

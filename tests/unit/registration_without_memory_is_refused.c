/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A backend that there is no memory for is not registered, and can be when
 * there is.  Linked with --wrap=calloc.
 */
#include <errno.h>
#include <stdlib.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>
#include <vfiomig/vfiomig.h>

#include "plugins/builtin.h"
#include "suite.h"

static int failing;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *
__wrap_calloc(size_t n, size_t size)
{
	return failing ? NULL : __real_calloc(n, size);
}

START_TEST(no_memory_no_backend)
{
	const struct vfiomig_backend *null =
	    vfiomig_backend_v1_null_backend();
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "dev", .backend = "null", .params = "" };
	struct vfiomig_device *device;
	struct vfiomig *mig;
	int r;

	failing = 1;
	r = vfiomig_backend_register(null);
	failing = 0;
	ck_assert_int_eq(r, -ENOMEM);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_INCOMING, &config), 0);
	ck_assert_int_lt(vfiomig_device_add(mig, &dc, &device), 0);
	ck_assert_int_eq(vfiomig_backend_register(null), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
	vfiomig_free(mig);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, no_memory_no_backend);
}
SUITE(memory, cases)

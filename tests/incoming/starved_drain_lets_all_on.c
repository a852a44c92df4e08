/* SPDX-License-Identifier: BSD-3-Clause */
/* R3: a drain lets on whom it can before it waits, also one that gave nothing
 * back itself; when courtesy was dropped before, nobody does it later, and
 * free memory would be taken for a deadlock. */
#include <errno.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = PACKET_ROOM };		/* a whole span */

struct waiter;
void __real_waiter_arm(struct waiter *waiter);
void __wrap_waiter_arm(struct waiter *waiter);

/* What happens when a waiter is about to be armed next. */
static struct dest *meanwhile;

void
__wrap_waiter_arm(struct waiter *waiter)
{
	struct dest *dest = meanwhile;

	meanwhile = NULL;
	if (dest != NULL)
		ck_assert_int_eq(vfiomig_buffer_drain(dest->device[1]),
		    -EAGAIN);
	__real_waiter_arm(waiter);
}

/* Four devices of which two are done: one span is free for all, which is less
 * than a packet and the margin. */
static void
open_four(struct dest *dest)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2,
	    .budget = 5 * PACKET_ROOM);
	int k;

	record_start();
	dest_open(dest, 4, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(dest, 0, -1, VFIOMIG_CHANNEL_NONBLOCK);
	dest_channel(dest, 1, -1, VFIOMIG_CHANNEL_NONBLOCK);
	for (k = 2; k < 4; k++) {
		ck_assert_int_eq(dest_submit_config(dest, 0, k, 0), 0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest->device[k]), 0);
	}
}

/* Everybody waits, for courtesy only: it is dropped. */
static void
drop_courtesy(struct dest *dest)
{
	int k;

	for (k = 0; k < 2; k++)
		ck_assert_int_eq(dest_submit(dest, k, k, 2, SIZE), -EAGAIN);
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(vfiomig_buffer_drain(dest->device[k]),
		    -EAGAIN);
	ck_assert_int_eq(vfiomig_failure(dest->mig, NULL, 0), 0);
}

/* Device 1 gives the span back between the last give of device 0 and its
 * wait, so neither is starved when it does. */
START_TEST(in_between)
{
	struct dest dest;
	int k;

	open_four(&dest);
	drop_courtesy(&dest);
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 0, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 2, SIZE), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 2, SIZE), -EAGAIN);
	meanwhile = &dest;
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_ptr_null(meanwhile);
	for (k = 0; k < 2; k++)
		ck_assert(dest_told(&dest, k));
	ck_assert_int_eq(dest_submit(&dest, 1, 1, 2, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 1, 0, 1, SIZE), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -EAGAIN);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 2, SIZE), 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 1, 1, SIZE), 0);
	for (k = 0; k < 2; k++) {
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[k]),
		    -EAGAIN);
		ck_assert_int_eq(dest_submit_config(&dest, k, k, 3), 0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest.device[k]), 0);
		dest_expect_whole(&dest, k, 3 * SIZE);
	}
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, in_between);
}
SUITE(starved, cases)

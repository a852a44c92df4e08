/* SPDX-License-Identifier: BSD-3-Clause */
/* Weakness 11, section 6: nothing but a whole device runs; all to P2P first;
 * and after a failure each is where it is safe. */
#include <errno.h>
#include <string.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = 400 };

/* Two devices: @whole0 and @whole1 say which have all. */
static void
come(struct dest *dest, bool whole0, bool whole1)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	int k;

	dest_open(dest, 2, &config, VFIOMIG_DEVICE_NONBLOCK, "record");
	dest_channel(dest, 0, -1, 0);
	for (k = 0; k < 2; k++) {
		bool whole = k == 0 ? whole0 : whole1;

		ck_assert_int_eq(dest_submit(dest, 0, k, 0, SIZE), 0);
		if (whole)
			ck_assert_int_eq(dest_submit_config(dest, 0, k, 1),
			    0);
		ck_assert_int_eq(vfiomig_buffer_drain(dest->device[k]),
		    whole ? 0 : -EAGAIN);
	}
}

START_TEST(all_are_p2p_before_one_runs)
{
	struct dest dest;
	int k, j;

	record_start();
	come(&dest, true, true);
	ck_assert_int_eq(vfiomig_resume(dest.mig), 0);
	for (k = 0; k < 2; k++) {
		static const uint8_t way[] = { VFIOMIG_STATE_RESUMING,
		    VFIOMIG_STATE_STOP, VFIOMIG_STATE_RUNNING_P2P,
		    VFIOMIG_STATE_RUNNING };

		ck_assert_int_eq(record[k].states, 4);
		ck_assert_mem_eq(record[k].log, way, sizeof way);
		for (j = 0; j < 2; j++)
			ck_assert_int_lt(record[k].order[2],
			    record[j].order[3]);
		ck_assert_uint_eq(device_stats(dest.device[k]).state,
		    VFIOMIG_STATE_RUNNING);
	}
	dest_close(&dest);
}
END_TEST

START_TEST(a_device_without_p2p_goes_alone)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	record[0].can = VFIOMIG_CAN_STOP_COPY;
	dest_open(&dest, 1, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 0), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), 0);
	ck_assert_int_eq(vfiomig_resume(dest.mig), 0);
	ck_assert_int_eq(record[0].states, 3);
	ck_assert_uint_eq(record[0].log[2], VFIOMIG_STATE_RUNNING);
	dest_close(&dest);
}
END_TEST

START_TEST(an_incomplete_device_is_named_and_nothing_done)
{
	struct dest dest;

	record_start();
	come(&dest, true, false);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EBUSY);
	words_are_in(dest.log, "resume refused|device=\"dev1\"|not complete");
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 0), 0);
	ck_assert_uint_eq(record[0].state, VFIOMIG_STATE_STOP);
	ck_assert_uint_eq(record[1].state, VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 1, 1), 0);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EBUSY);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), 0);
	ck_assert_int_eq(vfiomig_resume(dest.mig), 0);
	dest_close(&dest);
}
END_TEST

/* The device's own check, RESUMING to STOP, is the last word. */
START_TEST(a_device_that_refuses_what_it_got)
{
	struct dest dest;

	record_start();
	record[1].refuse = VFIOMIG_STATE_STOP;
	record[1].refuse_error = -EINVAL;
	come(&dest, true, false);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 1, 1), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[1]), -EINVAL);
	dest_expect_failure(&dest, -EINVAL, "refuses what was loaded|"
	    "device=\"dev1\"");
	ck_assert_uint_eq(device_stats(dest.device[1]).complete, 0);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EINVAL);
	record[1].refuse_error = 0;
	ck_assert_int_eq(vfiomig_recover(dest.mig), 0);
	ck_assert_int_eq(record[0].resets, 0);	/* whole, and stays so */
	ck_assert_int_eq(record[1].resets, 1);
	ck_assert_uint_eq(record[0].state, VFIOMIG_STATE_STOP);
	ck_assert_uint_eq(record[1].state, VFIOMIG_STATE_STOP);
	dest_close(&dest);
}
END_TEST

static const uint32_t step[] = {
	VFIOMIG_STATE_RUNNING_P2P, VFIOMIG_STATE_RUNNING
};

/* One does not run: none does in the end, and nothing is reset. */
START_TEST(a_device_that_does_not_run)
{
	struct dest dest;
	int k;

	record_start();
	come(&dest, true, true);
	record[1].refuse = step[_i];
	record[1].refuse_error = -EIO;
	ck_assert_int_eq(vfiomig_resume(dest.mig), -EIO);
	dest_expect_failure(&dest, -EIO, _i == 0 ?
	    "device=\"dev1\"|asked=RUNNING_P2P|is=STOP" :
	    "device=\"dev1\"|asked=RUNNING|is=RUNNING_P2P");
	ck_assert_int_eq(vfiomig_recover(dest.mig), 0);
	for (k = 0; k < 2; k++) {
		ck_assert_uint_eq(record[k].state, VFIOMIG_STATE_STOP);
		ck_assert_int_eq(record[k].resets, 0);
		ck_assert_uint_eq(device_stats(dest.device[k]).was_reset, 0);
	}
	dest_close(&dest);
}
END_TEST

START_TEST(recovery_is_for_failures)
{
	struct dest dest;

	record_start();
	come(&dest, true, false);
	ck_assert_int_eq(vfiomig_recover(dest.mig), -EBUSY);
	ck_assert_int_eq(vfiomig_recover(NULL), -EINVAL);
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(vfiomig_recover(dest.mig), 0);
	ck_assert_int_eq(record[0].resets, 0);
	ck_assert_int_eq(record[1].resets, 1);
	ck_assert_uint_eq(record[1].state, VFIOMIG_STATE_STOP);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, all_are_p2p_before_one_runs);
	tcase_add_test(tests, a_device_without_p2p_goes_alone);
	tcase_add_test(tests, an_incomplete_device_is_named_and_nothing_done);
	tcase_add_test(tests, a_device_that_refuses_what_it_got);
	tcase_add_loop_test(tests, a_device_that_does_not_run, 0, 2);
	tcase_add_test(tests, recovery_is_for_failures);
}
SUITE(resume, cases)

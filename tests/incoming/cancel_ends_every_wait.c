/* SPDX-License-Identifier: BSD-3-Clause */
/* Whatever is waited for, cancel ends the wait with -ECANCELED, every later
 * call says the same, and the devices are left where they are safe. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dest.h"
#include "tests/unit/suite.h"

enum { SIZE = PACKET_ROOM };

/* A drain that lacks its packet. */
START_TEST(a_starved_drain)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct thread drain;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	drain_start(&drain, dest.device[0]);
	AWAIT(device_stats(dest.device[0]).starved == 1);
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(thread_join(&drain), -ECANCELED);
	dest_close(&dest);
}
END_TEST

/* A channel that is parked for memory, and for the window. */
static int
bring_four(void *arg)
{
	return dest_submit(arg, 0, 0, 4, SIZE);
}

START_TEST(a_parked_channel)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .window = _i ? 4 : 0, .budget = (_i ? 8 : 2) * PACKET_ROOM);
	struct thread channel;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 1, SIZE), 0);
	thread_start(&channel, bring_four, &dest);
	AWAIT(dest_stats(&dest).channels_parked == 1);
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(thread_join(&channel), -ECANCELED);
	dest_close(&dest);
}
END_TEST

/* A channel that reads: nothing, half a hello, half a header, half a payload,
 * half a RAM packet; from a socket and a pipe. */
static const size_t part[] = { 0, 30, 64, 64 + 100, 64 + 288 + 10,
    64 + 288 + 500 + 50, 64 + 288 + 500 + 700, 64 + 288 + 500 + 1344 + 5 };

START_TEST(a_channel_that_reads)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	size_t n = part[_i / 2];
	struct script script = { 0 };
	struct thread run;
	struct dest dest;
	int fd[2];

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	script_hello(&script, 0, NULL);
	script_packet(&script, 0, 0, 0, 500);
	script_ram(&script, 0, 4096, 4096);
	if (_i % 2)
		ck_assert_int_eq(pipe(fd), 0);
	else
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	ck_assert_int_eq(write(fd[1], script.bytes, n), (ssize_t)n);
	dest_channel(&dest, 0, fd[0], 0);
	run_start(&run, dest.channel[0]);
	AWAIT(channel_stats(dest.channel[0]).wire_bytes == n);
	usleep(2000);
	ck_assert_int_eq(run.done, 0);
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(thread_join(&run), CODE(vfiomig_channel_run,
	    ECANCELED));
	ck_assert_int_eq(vfiomig_channel_run(dest.channel[0]), -ECANCELED);
	close(fd[0]);
	close(fd[1]);
	script_free(&script);
	dest_close(&dest);
}
END_TEST

/* A held config state, blocking. */
START_TEST(a_held_config_state)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct thread drain;
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, VFIOMIG_DEVICE_HOLD_CONFIG, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 100), 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 1), 0);
	drain_start(&drain, dest.device[0]);
	AWAIT(device_stats(dest.device[0]).packets_done == 1);
	usleep(2000);
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(thread_join(&drain), -ECANCELED);
	ck_assert_int_eq(dest.config[0].loads, 0);
	dest_close(&dest);
}
END_TEST

/* From inside callbacks, where no lock is held. */
static int
cancel_inside(struct dest *dest, int number)
{
	(void)number;
	vfiomig_cancel(dest->mig);
	return 0;
}

START_TEST(from_the_config_callback)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct dest dest;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dest.config[0].call = cancel_inside;
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(dest_submit_config(&dest, 0, 0, 0), 0);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -ECANCELED);
	ck_assert_uint_eq(device_stats(dest.device[0]).complete, 0);
	ck_assert_uint_eq(record[0].state, VFIOMIG_STATE_RESUMING);
	dest_close(&dest);
}
END_TEST

/* Every call after it; and the first failure is the one that stays. */
START_TEST(every_later_call_says_so)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 3);
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "late", .backend = "record", .params = "9" };
	struct vfiomig_channel *channel = NULL;
	struct vfiomig_device *device = NULL;
	struct dest dest;
	void *data;

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	if (_i == 0) {
		vfiomig_cancel(dest.mig);
		ck_assert_int_eq(vfiomig_device_add(dest.mig, &dc, &device),
		    -ECANCELED);
		ck_assert_ptr_null(device);
		dest_close(&dest);
		return;
	}
	dest_channel(&dest, 0, -1, 0);
	dest_channel(&dest, 1, -1, 0);
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[1],
	    dest.device[0], packet_header(0, 0, 0), 10, &data), 0);
	vfiomig_cancel(dest.mig);
	vfiomig_cancel(dest.mig);
	vfiomig_cancel(NULL);
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    -ECANCELED);
	ck_assert_int_eq(dest_submit(&dest, 0, 0, 0, 10), -ECANCELED);
	ck_assert_int_eq(vfiomig_packet_reserve(dest.channel[0],
	    dest.device[0], packet_header(0, 0, 0), 10, &data), -ECANCELED);
	ck_assert_int_eq(vfiomig_packet_commit(dest.channel[1]), -ECANCELED);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[1]), -ECANCELED);
	ck_assert_int_eq(vfiomig_buffer_drain(dest.device[0]), -ECANCELED);
	ck_assert_int_eq(vfiomig_state_load(dest.device[0], "x", 1),
	    -ECANCELED);
	ck_assert_int_eq(vfiomig_config_release(dest.device[0]), -ECANCELED);
	ck_assert_int_eq(vfiomig_resume(dest.mig), -ECANCELED);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), -ECANCELED);
	dest_expect_failure(&dest, -ECANCELED, "cancelled by the caller");
	ck_assert_uint_eq(record[0].writes, 0);
	ck_assert_int_eq(vfiomig_recover(dest.mig), 0);
	ck_assert_uint_eq(record[0].state, VFIOMIG_STATE_STOP);
	ck_assert_int_eq(record[0].resets, 0);
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_test(tests, a_starved_drain);
	tcase_add_loop_test(tests, a_parked_channel, 0, 2);
	tcase_add_loop_test(tests, a_channel_that_reads, 0,
	    2 * COUNT_OF(part));
	tcase_add_test(tests, a_held_config_state);
	tcase_add_test(tests, from_the_config_callback);
	tcase_add_loop_test(tests, every_later_call_says_so, 0, 2);
}
SUITE(cancel, cases)

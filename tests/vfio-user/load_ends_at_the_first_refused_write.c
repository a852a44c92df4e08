/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes are answered late; still a refused one ends the load, the device is
 * reset before it may go on, and a cancel leaves a connection that recovery
 * can use.
 */
#include "client.h"

static void *
loading(const char *params)
{
	void *device = opened(params, 1);

	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	return device;
}

START_TEST(refusal_is_told_and_no_write_follows)
{
	static char data[1000];
	unsigned int window = 1u << _i, k;
	char params[32];
	void *device;
	ssize_t n = 1;

	snprintf(params, sizeof params, ",window=%u", window);
	server->refuse_at = 2500;
	device = loading(params);
	for (k = 0; k < 200 && n > 0; k++)
		n = user->write(device, data, sizeof data);
	ck_assert_int_eq(n, -EINVAL);
	ck_assert_uint_le(k, 3 + window + 1);
	ck_assert_int_lt(user->write(device, data, 1), 0);
	ck_assert_int_lt(user->set_state(device, VFIOMIG_STATE_RUNNING), 0);
	ck_assert_int_eq(user->reset(device), 0);
	ck_assert_uint_eq(bench_state(user, device), VFIOMIG_STATE_RUNNING);
	user->close(device);
	shutdown(peer, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	ck_assert_uint_le(server->writes_after_refusal, window);
	server_start(server);
}
END_TEST

/* Only the last write is refused: nothing but the move out can tell. */
START_TEST(late_refusal_stops_the_move_out)
{
	static char data[1000];
	void *device;

	server->refuse_at = 1500;
	device = loading("");
	ck_assert_int_eq(user->write(device, data, 1000), 1000);
	ck_assert_int_eq(user->write(device, data, 1000), 1000);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_STOP), -EINVAL);
	ck_assert_uint_eq(bench_state(user, device), VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_RUNNING), -EIO);
	ck_assert_int_eq(user->reset(device), 0);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_STOP), 0);
	user->close(device);
}
END_TEST

/* libvfio-user's reset leaves the state, and is refused in STOP. */
START_TEST(reset_works_from_any_state_that_servers_have)
{
	static const uint32_t states[] = { VFIOMIG_STATE_RUNNING,
	    VFIOMIG_STATE_STOP, VFIOMIG_STATE_STOP_COPY,
	    VFIOMIG_STATE_RESUMING };
	void *device;

	server->reset_stays = 1;
	device = loading("");
	ck_assert_int_eq(user->set_state(device, states[_i]), 0);
	ck_assert_int_eq(user->reset(device), 0);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_STOP), 0);
	user->close(device);
}
END_TEST

START_TEST(cancel_leaves_the_connection_to_recovery)
{
	uint32_t state;
	void *device;
	char c = 0;

	device = loading("");
	user->cancel(device);
	ck_assert_int_eq(user->write(device, &c, 1), -ECANCELED);
	ck_assert_int_eq(user->get_state(device, &state), 0);
	ck_assert_int_eq(user->reset(device), 0);
	user->close(device);
}
END_TEST

static void *
cancel_soon(void *device)
{
	struct timespec pause = { 0, 100000000 };

	nanosleep(&pause, NULL);
	user->cancel(device);
	return NULL;
}

START_TEST(cancel_ends_a_wait_for_a_silent_server)
{
	pthread_t thread;
	void *device;
	char c;

	server->vice = VICE_SILENT;
	server->vice_command = COMMAND_DATA_READ;
	device = loading(",timeout=3600000");
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	pthread_create(&thread, NULL, cancel_soon, device);
	ck_assert_int_eq(user->read(device, &c, 1), -ECANCELED);
	pthread_join(thread, NULL);
	user->close(device);
}
END_TEST

START_TEST(calls_outside_of_a_session_are_refused)
{
	void *device;
	char c = 0;

	device = loading("");
	ck_assert_int_eq(user->read(device, &c, 1), -ENODEV);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(user->write(device, &c, 1), -ENODEV);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_RUNNING_P2P),
	    -EINVAL);
	ck_assert_int_eq(user->set_state(device, 8), -EINVAL);
	user->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("load");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, refusal_is_told_and_no_write_follows, 0, 7);
	tcase_add_test(tests, late_refusal_stops_the_move_out);
	tcase_add_loop_test(tests,
	    reset_works_from_any_state_that_servers_have, 0, 4);
	tcase_add_test(tests, cancel_leaves_the_connection_to_recovery);
	tcase_add_test(tests, cancel_ends_a_wait_for_a_silent_server);
	tcase_add_test(tests, calls_outside_of_a_session_are_refused);
	return bench_run(tests);
}

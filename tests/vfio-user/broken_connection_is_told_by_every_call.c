/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A reply that is cut, of the wrong kind or an error is told by the call that
 * meets it, and a connection that broke says so to every later call.
 *
 * There is no server: what it would have said lies in the socket before the
 * call is made, and then the stream ends.
 */
#include <stddef.h>

#include "../plugins/bench.h"
#include "../../plugins/vfio-user/device.h"
#include "../../plugins/vfio-user/protocol.h"
#include "server.h"

static struct user_device device;
static int far, near;

static void
setup(void)
{
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	near = fd[0];
	far = fd[1];
	memset(&device, 0, sizeof device);
	device.host = &bench_host;
	device.params.window = 1;
	device.transfer = USER_TRANSFER_MAX;
	device.can = VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_PRE_COPY |
	    VFIOMIG_CAN_DIRTY;
	device.state = VFIOMIG_STATE_RUNNING;
	ck_assert_int_eq(conn_open(&device.conn, NULL, near, 60000), 0);
	bench_line[0] = '\0';
}

static void
teardown(void)
{
	conn_close(&device.conn);
	close(near);
	if (far >= 0)
		close(far);
}

static void
lay(const void *data, size_t size)
{
	ck_assert_int_eq(write(far, data, size), (int)size);
}

/* The reply to request @id: @told bytes of payload, of which @size come. */
static void
lay_reply(uint16_t id, uint16_t command, int error, size_t told,
    const void *payload, size_t size)
{
	struct message head = {
		id, command, (uint32_t)(sizeof head + told),
		MESSAGE_REPLY | (error != 0 ? MESSAGE_ERROR : 0),
		(uint32_t)error
	};

	lay(&head, sizeof head);
	if (size > 0)
		lay(payload, size);
}

/* To a question for the state. */
static void
lay_state(uint16_t id, uint32_t state)
{
	struct {
		struct feature head;
		struct device_state state;
	} reply = {
		{ sizeof reply, FEATURE_GET | FEATURE_DEVICE_STATE },
		{ state, 0 }
	};

	lay_reply(id, COMMAND_FEATURE, 0, sizeof reply, &reply, sizeof reply);
}

/* Nothing more comes; what we send still goes. */
static void
lay_end(void)
{
	ck_assert_int_eq(shutdown(far, SHUT_WR), 0);
}

static void
said(const char *words)
{
	ck_assert_msg(strstr(bench_line, words) != NULL, "said: %s",
	    bench_line);
}

START_TEST(broken_connection_is_not_used)
{
	struct iovec iov = { &device, 1 };
	uint32_t size = 77;
	uint16_t id = 77;
	char c = 1;

	ck_assert_int_eq(conn_distrust(&device.conn, "first"), -EPROTO);
	ck_assert_int_eq(conn_distrust(&device.conn, "second"), -EPROTO);
	ck_assert_str_eq(device.conn.why, "first");
	ck_assert_int_eq(conn_send(&device.conn, 1, &iov, 1, &id), -EPROTO);
	ck_assert_int_eq(conn_reply(&device.conn, 1, 0, 0, 9, &size),
	    -EPROTO);
	ck_assert_int_eq(conn_read(&device.conn, &c, 1), -EPROTO);
	ck_assert_uint_eq(size, 77);
	ck_assert_uint_eq(id, 77);
	ck_assert_int_eq(recv(far, &c, 1, MSG_DONTWAIT), -1);
}
END_TEST

START_TEST(request_of_too_many_pieces_is_not_begun)
{
	struct iovec iov[CONN_PIECES + 1];
	uint16_t id;
	char c = 0;
	int k;

	for (k = 0; k <= CONN_PIECES; k++)
		iov[k] = (struct iovec){ &c, 1 };
	ck_assert_int_eq(conn_send(&device.conn, 1, iov, CONN_PIECES + 1,
	    &id), -EINVAL);
	ck_assert_int_eq(recv(far, &c, 1, MSG_DONTWAIT), -1);
	ck_assert_int_eq(conn_send(&device.conn, 1, iov, CONN_PIECES, &id),
	    0);
	ck_assert_int_eq(device.conn.broken, 0);
}
END_TEST

START_TEST(command_that_wants_no_reply_gets_none)
{
	struct message head = { 5, 11, sizeof head + 3,
	    MESSAGE_COMMAND | MESSAGE_NO_REPLY, 0 };
	struct message sent;

	lay(&head, sizeof head);
	lay("abc", 3);
	lay_reply(0, COMMAND_RESET, 0, 0, NULL, 0);
	ck_assert_int_eq(conn_call(&device.conn, COMMAND_RESET, NULL, 0, NULL,
	    0, 0), 0);
	ck_assert_int_eq(recv(far, &sent, sizeof sent, 0), sizeof sent);
	ck_assert_uint_eq(sent.command, COMMAND_RESET);
	ck_assert_int_eq(recv(far, &sent, 1, MSG_DONTWAIT), -1);
}
END_TEST

START_TEST(command_that_is_cut_breaks)
{
	struct message head = { 5, 11, sizeof head + 3, MESSAGE_COMMAND, 0 };

	lay(&head, sizeof head);
	lay_end();
	ck_assert_int_eq(conn_call(&device.conn, COMMAND_RESET, NULL, 0, NULL,
	    0, 0), -EPIPE);
}
END_TEST

/* No time is left when the first command has been dealt with. */
START_TEST(commands_do_not_hold_up_the_deadline)
{
	struct message head = { 5, 11, sizeof head,
	    MESSAGE_COMMAND | MESSAGE_NO_REPLY, 0 };

	device.conn.timeout = 0;
	lay(&head, sizeof head);
	lay_reply(0, COMMAND_RESET, 0, 0, NULL, 0);
	ck_assert_int_eq(conn_call(&device.conn, COMMAND_RESET, NULL, 0, NULL,
	    0, 0), -ETIMEDOUT);
	ck_assert_ptr_nonnull(strstr(device.conn.why, "in time"));
}
END_TEST

START_TEST(payload_of_an_error_that_is_cut_breaks)
{
	uint64_t bitmap = 0;

	lay_reply(0, COMMAND_FEATURE, ENOSPC, 8, "abc", 3);
	lay_end();
	ck_assert_int_eq(user_dirty_report(&device, 0, 4096, 4096, &bitmap),
	    -EPIPE);
	said("closed the connection");
}
END_TEST

START_TEST(server_that_hung_up_is_told_by_the_next_request)
{
	char c = 0;

	close(far);
	far = -1;
	device.state = VFIOMIG_STATE_RESUMING;
	ck_assert_int_eq(user_write(&device, &c, 1), -EPIPE);
	said("write failed");
	said("closed the connection");
	ck_assert_int_eq(device.load_error, -EPIPE);
	ck_assert_int_eq(user_write(&device, &c, 1), -EIO);
	ck_assert_int_eq(user_set_state(&device, VFIOMIG_STATE_STOP),
	    -EPIPE);
}
END_TEST

/* The kernel resets a connection whose end was closed with bytes unread. */
START_TEST(connection_that_is_reset_is_told)
{
	struct iovec iov = { &device, 1 };
	uint32_t size;
	uint16_t id;

	ck_assert_int_eq(conn_send(&device.conn, 1, &iov, 1, &id), 0);
	close(far);
	far = -1;
	ck_assert_int_eq(conn_reply(&device.conn, 1, id, 0, 0, &size),
	    -ECONNRESET);
	ck_assert_str_eq(device.conn.why, "the connection failed");
}
END_TEST

START_TEST(credentials_that_come_along_are_no_descriptors)
{
	int on = 1, fds = server_count_fds();

	ck_assert_int_eq(setsockopt(near, SOL_SOCKET, SO_PASSCRED, &on,
	    sizeof on), 0);
	lay_reply(0, COMMAND_RESET, 0, 0, NULL, 0);
	ck_assert_int_eq(conn_call(&device.conn, COMMAND_RESET, NULL, 0, NULL,
	    0, 0), 0);
	ck_assert_int_eq(server_count_fds(), fds);
}
END_TEST

START_TEST(dirty_log_that_does_not_start_is_told)
{
	static const struct {
		int error;
		uint32_t flags;
		int result;
	} cases[] = {
		{ ENOSPC, 0, -ENOSPC },
		{ 0, FEATURE_SET | FEATURE_LOGGING_STOP, -EPROTO },
	};
	struct vfiomig_range range = { 0, 4096 };
	uint64_t page_size = 4096;
	struct {
		struct feature head;
		struct logging_start start;
	} reply = { { sizeof reply, cases[_i].flags }, { 8192, 1, 0 } };

	lay_reply(0, COMMAND_FEATURE, cases[_i].error,
	    cases[_i].error ? 0 : sizeof reply, &reply,
	    cases[_i].error ? 0 : sizeof reply);
	ck_assert_int_eq(user_dirty_start(&device, &range, 1, &page_size),
	    cases[_i].result);
	ck_assert_int_eq(device.conn.broken, cases[_i].error ? 0 : -EPROTO);
	ck_assert_uint_eq(page_size, 4096);
}
END_TEST

/* What a server says the pages' size is counts only if it can be one. */
START_TEST(page_size_that_is_none_is_not_taken)
{
	static const uint64_t sizes[] = { 0, 3, 8192 };
	struct vfiomig_range range = { 0, 4096 };
	uint64_t page_size = 4096;
	struct {
		struct feature head;
		struct logging_start start;
	} reply = {
		{ sizeof reply, FEATURE_SET | FEATURE_LOGGING_START },
		{ sizes[_i], 1, 0 }
	};

	lay_reply(0, COMMAND_FEATURE, 0, sizeof reply, &reply, sizeof reply);
	ck_assert_int_eq(user_dirty_start(&device, &range, 1, &page_size), 0);
	ck_assert_uint_eq(page_size, _i == 2 ? 8192 : 4096);
}
END_TEST

/* Of another feature, or a bitmap that is cut: no bit of it is believed. */
START_TEST(dirty_pages_that_do_not_come_are_lost)
{
	struct {
		struct feature head;
		struct logging_report report;
	} reply = {
		{ sizeof reply + 8, FEATURE_GET | FEATURE_LOGGING_REPORT },
		{ 0, 4096, 4096 }
	};
	uint64_t bitmap = 2;

	if (_i == 0)
		reply.head.flags = FEATURE_GET | FEATURE_DATA_SIZE;
	lay_reply(0, COMMAND_FEATURE, 0, sizeof reply + 8, &reply,
	    sizeof reply);
	lay("\377", 1);
	lay_end();
	ck_assert_int_eq(user_dirty_report(&device, 0, 4096, 4096, &bitmap),
	    _i == 0 ? -EPROTO : -EPIPE);
	said("take all as dirty");
	ck_assert_uint_eq(bitmap, 2);
}
END_TEST

START_TEST(move_that_fails_out_of_a_load_taints)
{
	lay_state(0, VFIOMIG_STATE_RESUMING);
	lay_reply(1, COMMAND_FEATURE, EINVAL, 0, NULL, 0);
	ck_assert_int_eq(user_set_state(&device, VFIOMIG_STATE_STOP),
	    -EINVAL);
	said("did not change state");
	lay_state(2, VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(user_set_state(&device, VFIOMIG_STATE_RUNNING),
	    -EIO);
	said("reset first");
}
END_TEST

START_TEST(reset_that_fails_is_told)
{
	lay_state(0, VFIOMIG_STATE_RUNNING);
	lay_reply(1, COMMAND_RESET, EOPNOTSUPP, 0, NULL, 0);
	device.tainted = 1;
	ck_assert_int_eq(user_reset(&device), -EOPNOTSUPP);
	said("reset failed");
	ck_assert_int_eq(device.tainted, 1);
}
END_TEST

START_TEST(nothing_yet_in_precopy_is_no_error)
{
	char c;

	device.state = _i == 0 ? VFIOMIG_STATE_PRE_COPY :
	    VFIOMIG_STATE_STOP_COPY;
	lay_reply(0, COMMAND_DATA_READ, ENOMSG, 0, NULL, 0);
	ck_assert_int_eq(user_read(&device, &c, 1), _i == 0 ? 0 : -ENOMSG);
}
END_TEST

START_TEST(cancelled_device_is_neither_read_nor_written)
{
	char c = 0;

	user_cancel(&device);
	device.state = VFIOMIG_STATE_STOP_COPY;
	ck_assert_int_eq(user_read(&device, &c, 1), -ECANCELED);
	device.state = VFIOMIG_STATE_RESUMING;
	ck_assert_int_eq(user_write(&device, &c, 1), -ECANCELED);
	ck_assert_int_eq(recv(far, &c, 1, MSG_DONTWAIT), -1);
}
END_TEST

START_TEST(data_goes_in_its_states_only)
{
	char c = 0;

	ck_assert_int_eq(user_read(&device, &c, 1), -ENODEV);
	ck_assert_int_eq(user_write(&device, &c, 1), -ENODEV);
	device.state = VFIOMIG_STATE_RESUMING;
	ck_assert_int_eq(user_write(&device, &c, 0), 0);
	ck_assert_int_eq(recv(far, &c, 1, MSG_DONTWAIT), -1);
}
END_TEST

/* An errno that a caller would take for "again" is not the server's to use. */
START_TEST(write_error_is_told_as_one)
{
	static const int errors[] = { EINTR, EAGAIN, ENOSPC };
	char c = 0;

	device.state = VFIOMIG_STATE_RESUMING;
	ck_assert_int_eq(user_write(&device, &c, 1), 1);
	lay_reply(0, COMMAND_DATA_WRITE, errors[_i], 0, NULL, 0);
	ck_assert_int_eq(user_write(&device, &c, 1),
	    errors[_i] == ENOSPC ? -ENOSPC : -EIO);
	said("write failed");
}
END_TEST

/* How much is left is asked of a server that has it; its error is none. */
START_TEST(pending_is_what_the_server_says)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	struct {
		struct feature head;
		uint64_t size;
	} reply = {
		{ sizeof reply, FEATURE_GET | FEATURE_DATA_SIZE }, 12345
	};

	ck_assert_int_eq(user_pending(&device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 0);
	device.have_data_size = 1;
	lay_reply(0, COMMAND_FEATURE, EBUSY, 0, NULL, 0);
	ck_assert_int_eq(user_pending(&device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 0);
	lay_reply(1, COMMAND_FEATURE, 0, sizeof reply, &reply, sizeof reply);
	ck_assert_int_eq(user_pending(&device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 12345);
	lay_end();
	ck_assert_int_eq(user_pending(&device, &pending), -EPIPE);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("broken");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, broken_connection_is_not_used);
	tcase_add_test(tests, request_of_too_many_pieces_is_not_begun);
	tcase_add_test(tests, command_that_wants_no_reply_gets_none);
	tcase_add_test(tests, command_that_is_cut_breaks);
	tcase_add_test(tests, commands_do_not_hold_up_the_deadline);
	tcase_add_test(tests, payload_of_an_error_that_is_cut_breaks);
	tcase_add_test(tests, server_that_hung_up_is_told_by_the_next_request);
	tcase_add_test(tests, connection_that_is_reset_is_told);
	tcase_add_test(tests, credentials_that_come_along_are_no_descriptors);
	tcase_add_loop_test(tests, dirty_log_that_does_not_start_is_told, 0,
	    2);
	tcase_add_loop_test(tests, page_size_that_is_none_is_not_taken, 0, 3);
	tcase_add_loop_test(tests, dirty_pages_that_do_not_come_are_lost, 0,
	    2);
	tcase_add_test(tests, move_that_fails_out_of_a_load_taints);
	tcase_add_test(tests, reset_that_fails_is_told);
	tcase_add_loop_test(tests, nothing_yet_in_precopy_is_no_error, 0, 2);
	tcase_add_test(tests, cancelled_device_is_neither_read_nor_written);
	tcase_add_test(tests, data_goes_in_its_states_only);
	tcase_add_loop_test(tests, write_error_is_told_as_one, 0, 3);
	tcase_add_test(tests, pending_is_what_the_server_says);
	return bench_run(tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whatever a vfio-user server answers, the backend's call returns soon with
 * the right code and words, nothing outside the reply's room is written, and
 * no descriptor stays.
 */
#include "../plugins/bench.h"
#include "server.h"

static const struct {
	enum vice vice;
	uint32_t error;
	uint16_t command;	/* whose reply it is */
	int result;		/* of the call that meets it */
	const char *words;
} cases[] = {
#define EVERY(vice, error, result, words)				\
	{ vice, error, COMMAND_VERSION, result, words },		\
	{ vice, error, COMMAND_FEATURE, result, words },		\
	{ vice, error, COMMAND_DATA_READ, result, words },		\
	{ vice, error, COMMAND_DATA_WRITE, result, words }
	EVERY(VICE_ID, 0, -EPROTO, "another request"),
	EVERY(VICE_COMMAND, 0, -EPROTO, "another request"),
	EVERY(VICE_TYPE, 0, -EPROTO, "unknown type"),
	EVERY(VICE_HEADER_SHORT, 0, -EPROTO, "wrong size"),
	EVERY(VICE_SIZE_HUGE, 0, -EPROTO, "wrong size"),
	EVERY(VICE_ERROR_HUGE, 0, -EPROTO, "wrong size"),
	EVERY(VICE_CLOSE, 0, -EPIPE, "closed the connection"),
	EVERY(VICE_SILENT, 0, -ETIMEDOUT, "in time"),
	EVERY(VICE_ASKS_FOR_EVER, 0, -ETIMEDOUT, "in time"),
	EVERY(VICE_ASKS_HUGE, 0, -EPROTO, "command of a wrong size"),
	{ VICE_DRIP, 0, COMMAND_DATA_READ, 0, NULL },
	{ VICE_SIZE_MORE, 0, COMMAND_FEATURE, -EPROTO, "wrong size" },
	{ VICE_SIZE_MORE, 0, COMMAND_DATA_READ, -EPROTO, "wrong size" },
	{ VICE_SIZE_MORE, 0, COMMAND_DATA_WRITE, -EPROTO, "wrong size" },
	{ VICE_SIZE_LESS, 0, COMMAND_VERSION, -EPROTO, "do not end" },
	{ VICE_SIZE_LESS, 0, COMMAND_FEATURE, -EPROTO, "wrong size" },
	{ VICE_FEATURE, 0, COMMAND_FEATURE, -EPROTO, "another feature" },
	{ VICE_TELLS_MORE, 0, COMMAND_DATA_READ, -EPROTO, "more data" },
	{ VICE_ERROR, ENOSPC, COMMAND_DATA_READ, -ENOSPC, "server says" },
	{ VICE_ERROR, 0, COMMAND_DATA_READ, -EIO, "server says" },
	{ VICE_ERROR, 4096, COMMAND_DATA_READ, -EIO, "server says" },
	{ VICE_ERROR, UINT32_MAX, COMMAND_DATA_READ, -EIO, "server says" },
	{ VICE_ERROR, EINTR, COMMAND_DATA_READ, -EIO, "server says" },
	{ VICE_ERROR_PAYLOAD, 0, COMMAND_DATA_READ, -ENOTCONN, "server says" },
	{ VICE_ERROR_PAYLOAD, 0, COMMAND_FEATURE, -EOPNOTSUPP, "server says" },
	{ VICE_ERROR, ENOSPC, COMMAND_DATA_WRITE, -ENOSPC, "server says" },
	{ VICE_ERROR, EINTR, COMMAND_DATA_WRITE, -EIO, "server says" },
};

static const struct vfiomig_backend *user;
static struct server *server;
static int peer, fds;

static void
setup(void)
{
	user = vfiomig_backend_v1_vfio_user_backend();
	fds = server_count_fds();
	server = server_new(&peer);
	server->give_size = 100000;
}

static void
teardown(void)
{
	close(peer);
	server_stop(server);
	server_free(server);
	ck_assert_int_eq(server_count_fds(), fds);
}

/* What was said while opening, for the vices of VERSION and FEATURE. */
static int
open_result(const char *params, void **device)
{
	char text[128];

	/* what is to run out runs out soon; nothing else is to, ever so slow */
	snprintf(text, sizeof text, "fd=%d,timeout=%d%s%s", peer,
	    server->vice == VICE_SILENT || server->vice == VICE_DRIP ||
	    server->vice == VICE_ASKS_FOR_EVER ? 500 : 60000,
	    params[0] ? "," : "", params);
	bench_line[0] = '\0';
	return user->open(&bench_host, text, 0, device);
}

/* Write until it is told; the move out of RESUMING tells it at the latest. */
static int
write_result(void *device, const void *data, size_t size)
{
	ssize_t n = 1;
	int k;

	for (k = 0; k < 8 && n > 0; k++)
		n = user->write(device, data, size);
	return n < 0 ? (int)n : user->set_state(device, VFIOMIG_STATE_STOP);
}

static int
vice_met(uint16_t command)
{
	static unsigned char data[65536 + 16];
	void *device = NULL;
	int r;

	r = open_result("window=1", &device);
	if (r < 0)
		return r;
	if (command == COMMAND_VERSION || command == COMMAND_FEATURE) {
		user->close(device);
		return r;
	}
	memset(data, 0x5a, sizeof data);
	r = user->set_state(device, command == COMMAND_DATA_READ ?
	    VFIOMIG_STATE_STOP_COPY : VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(r, 0);
	if (command == COMMAND_DATA_READ)
		r = (int)user->read(device, data, 65536);
	else
		r = write_result(device, data, 65536);
	ck_assert_uint_eq(data[65536], 0x5a);
	user->close(device);
	return r;
}

START_TEST(vice_gives_its_error)
{
	double begin = bench_seconds();
	int r;

	server->vice = cases[_i].vice;
	server->vice_command = cases[_i].command;
	server->vice_error = cases[_i].error;
	server_start(server);
	r = vice_met(cases[_i].command);
	if (cases[_i].words != NULL) {
		ck_assert_int_eq(r, cases[_i].result);
		ck_assert_msg(strstr(bench_line, cases[_i].words) != NULL,
		    "said: %s", bench_line);
	} else {
		ck_assert_int_lt(r, 0);
	}
	ck_assert(bench_seconds() - begin < 110);
}
END_TEST

START_TEST(harmless_oddities_are_borne)
{
	static const enum vice odd[] = { VICE_FDS, VICE_ASKS };
	static const uint16_t command[] = { COMMAND_VERSION, COMMAND_FEATURE,
	    COMMAND_DATA_READ, COMMAND_DATA_WRITE };

	server->vice = odd[_i % 2];
	server->vice_command = command[_i / 2];
	server_start(server);
	ck_assert_int_ge(vice_met(command[_i / 2]), 0);
	if (odd[_i % 2] == VICE_ASKS) {
		shutdown(peer, SHUT_RDWR);
		pthread_join(server->thread, NULL);
		ck_assert_uint_ge(server->refused, 1);
		server->vice = VICE_NONE;
		server_start(server);
	}
}
END_TEST

static const struct {
	const char *text;
	size_t size;
	uint16_t major, minor;
	const char *words;
} versions[] = {
	{ "{}", 0, 1, 0, "another version" },
	{ "{}", 0, 0, 3, "another version" },
	{ "{}", 2, 0, 2, "do not end" },
	{ "{", 0, 0, 2, "make no sense" },
	{ "{\"capabilities\":{\"max_data_xfer_size\":0}}", 0, 0, 2,
	    "make no sense" },
	{ "{\"capabilities\":{\"max_data_xfer_size\":-1}}", 0, 0, 2,
	    "make no sense" },
	{ "{\"capabilities\":{\"max_data_xfer_size\":\"1\"}}", 0, 0, 2,
	    "make no sense" },
	{ "{\"capabilities\":{\"max_data_xfer_size\":18446744073709551616}}",
	    0, 0, 2, "make no sense" },
};

START_TEST(version_that_makes_no_sense_is_refused)
{
	void *device = NULL;

	server->major = versions[_i].major;
	server->minor = versions[_i].minor;
	server->capabilities = versions[_i].text;
	server->capabilities_size = versions[_i].size;
	server_start(server);
	ck_assert_int_eq(open_result("", &device), -EPROTO);
	ck_assert_ptr_null(device);
	ck_assert_msg(strstr(bench_line, versions[_i].words) != NULL,
	    "said: %s", bench_line);
}
END_TEST

START_TEST(device_that_cannot_migrate_is_refused)
{
	static const uint32_t flags[] = { 0, 2, 4, 6 };
	void *device = NULL;

	server->flags = flags[_i];
	server_start(server);
	ck_assert_int_eq(open_result("", &device), -EOPNOTSUPP);
}
END_TEST

START_TEST(broken_connection_stays_broken)
{
	void *device = NULL;
	uint32_t state;
	char c;

	server->vice = VICE_ID;
	server->vice_command = COMMAND_DATA_READ;
	server_start(server);
	ck_assert_int_eq(open_result("", &device), 0);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(user->read(device, &c, 1), -EPROTO);
	ck_assert_int_eq(user->read(device, &c, 1), -EPROTO);
	ck_assert_int_eq(user->get_state(device, &state), -EPROTO);
	ck_assert_int_eq(user->set_state(device, VFIOMIG_STATE_RUNNING),
	    -EPROTO);
	ck_assert_int_eq(user->reset(device), -EPROTO);
	user->close(device);
}
END_TEST

START_TEST(parameters_out_of_range_are_refused)
{
	static const char *const params[] = { "", "fd=3,socket=/x",
	    "socket=/x,version=0", "fd=3,transfer=0", "fd=3,transfer=2M",
	    "fd=3,window=0", "fd=3,window=65", "fd=3,timeout=0",
	    "fd=3,timeout=3600001", "fd=3,colour=red" };

	server_start(server);
	bench_refused(user, params[_i], 0, -EINVAL, "vfio-user: ");
}
END_TEST

START_TEST(server_that_is_not_there_is_named)
{
	server_start(server);
	bench_refused(user, "socket=/nonexistent/socket", 0, -ENOENT,
	    "/nonexistent/socket");
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("trust");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, vice_gives_its_error, 0,
	    sizeof cases / sizeof *cases);
	tcase_add_loop_test(tests, harmless_oddities_are_borne, 0, 8);
	tcase_add_loop_test(tests, version_that_makes_no_sense_is_refused, 0,
	    sizeof versions / sizeof *versions);
	tcase_add_loop_test(tests, device_that_cannot_migrate_is_refused, 0,
	    4);
	tcase_add_test(tests, broken_connection_stays_broken);
	tcase_add_loop_test(tests, parameters_out_of_range_are_refused, 0,
	    10);
	tcase_add_test(tests, server_that_is_not_there_is_named);
	return bench_run(tests);
}

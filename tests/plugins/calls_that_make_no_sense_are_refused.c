/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a backend cannot do as it stands it refuses, without a step on the way:
 * states that are none, files that are not said, faults that cannot be read;
 * and a sim that waits gives up when it is cancelled.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "../../plugins/file/sink.h"
#include "../../plugins/file/source.h"
#include "bench.h"

static const struct vfiomig_backend *sim, *file;

static void
setup(void)
{
	sim = vfiomig_backend_v1_sim_backend();
	file = vfiomig_backend_v1_file_backend();
}

START_TEST(snapshot_goes_to_no_state_that_is_none)
{
	char path[] = "/tmp/vfiomig-file-XXXXXX", params[64];
	int fd = mkstemp(path);
	void *device;

	ck_assert_int_ge(fd, 0);
	snprintf(params, sizeof params, "fd=%d", fd);
	device = bench_open(file, params, 0);
	ck_assert_int_eq(file->set_state(device, 99), -EINVAL);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_ERROR),
	    -EINVAL);
	ck_assert_uint_eq(bench_state(file, device), VFIOMIG_STATE_RUNNING);
	file->close(device);
	close(fd);
	unlink(path);
}
END_TEST

START_TEST(source_that_was_not_said_has_nothing)
{
	struct source source;
	uint64_t left = 77;
	char c;

	source_init(&source);
	ck_assert_int_eq(source_read(&source, &c, 1), -ENODEV);
	ck_assert_int_eq(source_left(&source, &left), 0);
	ck_assert_uint_eq(left, 0);
	source_free(&source);
}
END_TEST

/* Only the folder is opened: nothing is written there. */
START_TEST(file_may_be_in_the_root)
{
	struct stat root, folder;
	struct sink sink;

	sink_init(&sink);
	ck_assert_int_eq(sink_path(&sink, "/whole"), 0);
	ck_assert_str_eq(sink.name, "whole");
	ck_assert_int_eq(fstat(sink.folder, &folder), 0);
	ck_assert_int_eq(stat("/", &root), 0);
	ck_assert_uint_eq(folder.st_ino, root.st_ino);
	sink_free(&sink);
}
END_TEST

START_TEST(fault_that_is_too_long_is_refused)
{
	char params[128] = "fail_state=";
	size_t k = strlen(params);

	memset(params + k, 'x', 64);
	params[k + 64] = '\0';
	bench_refused(sim, params, 0, -EINVAL, "STATE:ERROR");
}
END_TEST

/* An hour is not over; a cancelled call does not wait for it. */
static const struct {
	const char *params;
	uint32_t state;
} waits[] = {
	{ "size=10,read_latency=3600000000", VFIOMIG_STATE_STOP_COPY },
	{ "write_latency=3600000000", VFIOMIG_STATE_RESUMING },
	{ "config_latency=3600000", VFIOMIG_STATE_RESUMING },
};

START_TEST(sim_that_waits_gives_up_when_cancelled)
{
	void *device = bench_open(sim, waits[_i].params, 0);
	char c = 0;

	ck_assert_int_eq(sim->set_state(device, waits[_i].state), 0);
	sim->cancel(device);
	if (_i == 0)
		ck_assert_int_eq(sim->read(device, &c, 1), -ECANCELED);
	else if (_i == 1)
		ck_assert_int_eq(sim->write(device, &c, 1), -ECANCELED);
	else
		ck_assert_int_eq(sim->config_load(device, &c, 1), -ECANCELED);
	sim->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("refused");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, snapshot_goes_to_no_state_that_is_none);
	tcase_add_test(tests, source_that_was_not_said_has_nothing);
	tcase_add_test(tests, file_may_be_in_the_root);
	tcase_add_test(tests, fault_that_is_too_long_is_refused);
	tcase_add_loop_test(tests, sim_that_waits_gives_up_when_cancelled, 0,
	    3);
	return bench_run(tests);
}

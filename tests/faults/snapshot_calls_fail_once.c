/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * snapshot_calls_fail_once.c - each allocation and system call of the file
 * backend fails once in turn, while a snapshot is written and read again: the
 * caller sees that error, nothing is left open, and what is said to be whole
 * is whole
 */
#include <fcntl.h>

#include "inject.h"
#include "tests/outgoing/pair.h"
#include "tests/plugins/bench.h"

enum { SIZE = 30000, CONFIG = 100 };

static char folder[] = "snapshot-XXXXXX";
static uint8_t data[SIZE], back[SIZE], config[CONFIG], config_back[CONFIG];

static const struct vfiomig_backend *
file(void)
{
	return vfiomig_backend_v1_file_backend();
}

/* Again, as the library does. */
#define RETRY(call)							\
	({								\
		ssize_t result_;					\
									\
		do							\
			result_ = (call);				\
		while (result_ == -EINTR);				\
		result_;						\
	})

static ssize_t
save_all(void *device)
{
	struct iovec iov[2] = { { data, 10000 }, { data + 10000, 5000 } };
	size_t at = 0;
	ssize_t n;

	n = RETRY(file()->writev(device, iov, 2));
	for (; n > 0 && at + (size_t)n < SIZE; ) {
		at += (size_t)n;
		n = RETRY(file()->write(device, data + at, SIZE - at));
	}
	return n < 0 ? n : file()->config_load(device, config, CONFIG);
}

static ssize_t
write_snapshot(const char *params)
{
	void *device = NULL;
	ssize_t r = file()->open(&bench_host, params, 1, &device);

	if (r < 0)
		return r;
	r = file()->set_state(device, VFIOMIG_STATE_RESUMING);
	if (r == 0)
		r = save_all(device);
	if (r == 0)
		r = file()->set_state(device, VFIOMIG_STATE_STOP);
	file()->close(device);
	return r;
}

static ssize_t
read_snapshot(const char *params)
{
	struct vfiomig_pending pending = { .size = sizeof pending };
	void *device = NULL;
	ssize_t r = file()->open(&bench_host, params, 0, &device), n;
	size_t at = 0;

	if (r < 0)
		return r;
	r = file()->set_state(device, VFIOMIG_STATE_STOP_COPY);
	if (r == 0)
		r = file()->pending(device, &pending);
	for (n = 1; r == 0 && n > 0 && at < SIZE; at += n > 0 ? (size_t)n : 0)
		n = RETRY(file()->read(device, back + at, SIZE - at));
	if (r == 0)
		r = n < 0 ? n : RETRY(file()->config_save(device, config_back,
		    CONFIG));
	file()->close(device);
	return r < 0 ? r : 0;
}

static const char *const name[] = { "data", "config" };

static void
snapshot_remove(void)
{
	char path[100];
	size_t k;

	for (k = 0; k < 2; k++) {
		snprintf(path, sizeof path, "%s/%s", folder, name[k]);
		unlink(path);
	}
}

/* Write it and read it.  0 or the first error. */
static int
round_trip(void)
{
	char params[200];
	ssize_t r;

	memset(back, 0, SIZE);
	memset(config_back, 0, CONFIG);
	snprintf(params, sizeof params, "path=%s/data,config=%s/config",
	    folder, folder);
	r = read_snapshot(params);	/* of last time, or -ENOENT */
	if (r < 0 && r != -ENOENT)
		return (int)r;
	snapshot_remove();
	strcat(params, ",sync=1");
	r = write_snapshot(params);
	params[strlen(params) - strlen(",sync=1")] = '\0';
	if (r == 0)
		r = read_snapshot(params);
	if (r == 0) {
		ck_assert_mem_eq(back, data, SIZE);
		ck_assert_mem_eq(config_back, config, CONFIG);
	}
	return (int)r;
}

/* What fails and how; @seen 0: it goes on all the same. */
static const struct {
	enum inject_call call;
	int error, seen;
} fault[] = {
	{ INJECT_CALLOC, ENOMEM, -ENOMEM },
	{ INJECT_OPEN, EMFILE, -EMFILE },
	{ INJECT_OPENAT, EMFILE, -EMFILE },
	{ INJECT_FSTAT, EIO, -EIO },
	{ INJECT_PREAD, EIO, -EIO },
	{ INJECT_PREAD, EINTR, 0 },
	{ INJECT_PWRITEV, ENOSPC, -ENOSPC },
	{ INJECT_PWRITEV, EINTR, 0 },
	{ INJECT_FSYNC, EIO, -EIO },
	{ INJECT_RENAMEAT, EACCES, -EACCES },
};

START_TEST(each_call_fails)
{
	int n, r, fds, live, hit = 1;

	ck_assert_int_eq(round_trip(), 0);
	fds = count_fds();
	live = inject_live();
	for (n = 1; hit; n++) {
		inject_arm(fault[_i].call, n, fault[_i].error);
		r = round_trip();
		hit = inject_disarm();
		ck_assert_msg(r == (hit ? fault[_i].seen : 0),
		    "%s %d fails with %d: %d", inject_name[fault[_i].call],
		    n, fault[_i].error, r);
		ck_assert_int_eq(count_fds(), fds);
		ck_assert_int_eq(inject_live(), live);
	}
	ck_assert_int_gt(n, 2);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("snapshot");
	size_t k;
	int r;

	for (k = 0; k < SIZE; k++)
		data[k] = (uint8_t)(k * 3 + k / 255);
	memset(config, 9, CONFIG);
	if (mkdtemp(folder) == NULL)
		return EXIT_FAILURE;
	tcase_set_timeout(tests, 240);
	tcase_add_loop_test(tests, each_call_fails, 0,
	    sizeof fault / sizeof fault[0]);
	r = bench_run(tests);
	snapshot_remove();
	if (rmdir(folder) != 0)
		r = EXIT_FAILURE;
	return r;
}

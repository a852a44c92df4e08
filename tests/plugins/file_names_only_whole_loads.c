/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file device saves what it loaded, byte for byte; and a file has its name
 * only after a load that went to its end.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>

#include "bench.h"

static const struct vfiomig_backend *file;
static char folder[64];

static void
folder_make(void)
{
	strcpy(folder, "/tmp/vfiomig-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

/* How many files there are; they are removed with @and_all. */
static int
folder_count(int and_all)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	int count = 0;

	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' && strlen(entry->d_name) < 3)
			continue;
		count++;
		if (and_all && unlinkat(dirfd(dir), entry->d_name, 0) < 0)
			unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
	return count;
}

static void
folder_remove(void)
{
	folder_count(1);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void
file_make(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void
file_is(const char *name, const char *text)
{
	char got[256] = "";
	FILE *f = fopen(name, "r");
	size_t n;

	ck_assert_msg(f != NULL, "no %s", name);
	n = fread(got, 1, sizeof got - 1, f);
	got[n] = '\0';
	fclose(f);
	ck_assert_str_eq(got, text);
}

static void *
file_loading(const char *params)
{
	void *device = bench_open(file, params, 1);

	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	return device;
}

START_TEST(a_load_becomes_files)
{
	struct iovec iov[2] = { { (char *)"lo, ", 4 }, { (char *)"world", 5 } };
	void *device = file_loading("path=out.bin,config=out.cfg,sync");
	struct stat st;

	ck_assert_int_eq(file->write(device, "hel", 3), 3);
	ck_assert_int_eq(file->writev(device, iov, 2), 9);
	ck_assert_int_eq(file->config_load(device, "config", 6), 0);
	ck_assert_int_eq(access("out.bin", F_OK), -1);
	ck_assert_int_eq(access("out.cfg", F_OK), -1);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	file_is("out.bin", "hello, world");
	file_is("out.cfg", "config");
	ck_assert_int_eq(stat("out.bin", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(file->write(device, "x", 1), -ENODEV);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_RUNNING), 0);
	file->close(device);
	file_is("out.bin", "hello, world");
	ck_assert_int_eq(folder_count(0), 2);
}
END_TEST

START_TEST(a_load_that_ends_early_leaves_nothing)
{
	void *device = file_loading("path=out.bin,config=out.cfg");

	ck_assert_int_eq(file->write(device, "hello", 5), 5);
	ck_assert_int_eq(file->config_load(device, "config", 6), 0);
	file->cancel(device);
	file->close(device);
	ck_assert_int_eq(folder_count(0), 0);
}
END_TEST

START_TEST(a_load_that_ends_early_leaves_the_old)
{
	void *device;

	file_make("out.bin", "old");
	file_make("out.cfg", "old config");
	device = file_loading("path=out.bin,config=out.cfg");
	ck_assert_int_eq(file->write(device, "hello", 5), 5);
	file->close(device);
	file_is("out.bin", "old");
	file_is("out.cfg", "old config");
	ck_assert_int_eq(folder_count(0), 2);
}
END_TEST

START_TEST(a_load_replaces_both_files)
{
	void *device;

	file_make("out.bin", "older");
	file_make("out.cfg", "old config");
	device = file_loading("path=out.bin,config=out.cfg");
	ck_assert_int_eq(file->write(device, "new", 3), 3);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	file->close(device);
	file_is("out.bin", "new");
	file_is("out.cfg", "");		/* the old one is not of this load */
}
END_TEST

START_TEST(a_reset_loses_what_came)
{
	void *device = file_loading("path=out.bin");

	ck_assert_int_eq(file->write(device, "hello", 5), 5);
	ck_assert_int_eq(file->reset(device), 0);
	ck_assert_uint_eq(bench_state(file, device), VFIOMIG_STATE_RUNNING);
	ck_assert_int_eq(folder_count(0), 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(folder_count(0), 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	ck_assert_int_eq(file->write(device, "again", 5), 5);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	file_is("out.bin", "again");
	ck_assert_int_eq(file->reset(device), 0);
	file_is("out.bin", "again");
	file->close(device);
}
END_TEST

START_TEST(a_stale_part_is_emptied)
{
	void *device;

	file_make("out.bin.part", "a crash left this behind");
	device = file_loading("path=out.bin");
	ck_assert_int_eq(file->write(device, "new", 3), 3);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	file->close(device);
	file_is("out.bin", "new");
}
END_TEST

START_TEST(a_link_in_the_way_is_not_followed)
{
	ck_assert_int_eq(symlink("victim", "out.bin.part"), 0);
	file_make("victim", "precious");
	bench_refused(file, "path=out.bin", 1, -ELOOP, "file=out.bin");
	file_is("victim", "precious");
}
END_TEST

START_TEST(the_file_stays_in_its_folder)
{
	void *device = file_loading("path=out.bin");

	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(file->write(device, "x", 1), 1);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	file->close(device);
	ck_assert_int_eq(chdir(folder), 0);
	file_is("out.bin", "x");
}
END_TEST

START_TEST(a_rename_that_fails_fails_the_load)
{
	void *device = file_loading("path=out.bin");

	ck_assert_int_eq(mkdir("out.bin", 0700), 0);
	ck_assert_int_eq(file->write(device, "x", 1), 1);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP),
	    -EISDIR);
	ck_assert_uint_eq(bench_state(file, device), VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(file->reset(device), 0);
	file->close(device);
	ck_assert_int_eq(folder_count(0), 1);
}
END_TEST

/* Read the device to its end, in pieces of three. */
static void
stream_is(void *device, const char *text)
{
	char got[64] = "";
	size_t have = 0;
	ssize_t n;

	while ((n = file->read(device, got + have, 3)) > 0)
		have += (size_t)n;
	ck_assert_int_eq(n, 0);
	ck_assert_str_eq(got, text);
}

START_TEST(files_are_saved)
{
	struct vfiomig_pending pending = { sizeof pending, 0, 0, 0, 0 };
	uint32_t can = 0;
	char config[16];
	void *device;

	file_make("in.bin", "hello, world");
	file_make("in.cfg", "config");
	device = bench_open(file, "path=in.bin,config=in.cfg", 0);
	ck_assert_int_eq(file->query(device, &can), 0);
	ck_assert_uint_eq(can, 7);
	ck_assert_int_eq(file->read(device, config, 1), -ENODEV);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_PRE_COPY), 0);
	ck_assert_int_eq(file->read(device, config, 1), 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(file->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 12);
	stream_is(device, "hello, world");
	ck_assert_int_eq(file->pending(device, &pending), 0);
	ck_assert_uint_eq(pending.stop_copy, 0);
	ck_assert_int_eq(file->config_save(device, config, 5), -EMSGSIZE);
	ck_assert_int_eq(file->config_save(device, config, 16), 6);
	ck_assert_int_eq(memcmp(config, "config", 6), 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_RESUMING),
	    -EOPNOTSUPP);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	stream_is(device, "hello, world");
	file->close(device);
	ck_assert_int_eq(folder_count(0), 2);
}
END_TEST

START_TEST(a_descriptor_in_place_of_a_path)
{
	int fd = memfd_create("sink", MFD_CLOEXEC);
	char params[32], got[16] = "";
	void *device;

	ck_assert_int_eq(write(fd, "head ", 5), 5);
	snprintf(params, sizeof params, "fd=%d", fd);
	device = file_loading(params);
	ck_assert_int_eq(file->write(device, "lost", 4), 4);
	ck_assert_int_eq(file->reset(device), 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	ck_assert_int_eq(file->write(device, "body", 4), 4);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	file->close(device);
	ck_assert_int_eq(pread(fd, got, 15, 0), 9);
	ck_assert_str_eq(got, "head body");

	device = bench_open(file, params, 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	stream_is(device, "body");
	file->close(device);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 5);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(without_config_it_is_dropped)
{
	void *device = file_loading("path=out.bin");
	char byte;

	ck_assert_int_eq(file->config_load(device, "config", 6), 0);
	ck_assert_int_eq(file->set_state(device, VFIOMIG_STATE_STOP), 0);
	file->close(device);
	ck_assert_int_eq(folder_count(0), 1);
	device = bench_open(file, "path=out.bin", 0);
	ck_assert_int_eq(file->config_save(device, &byte, 1), 0);
	file->close(device);
}
END_TEST

START_TEST(what_cannot_be_opened_is_refused)
{
	char params[64], name[300];
	int fds[2];

	bench_refused(file, "", 1, -EINVAL, "one of path and fd");
	bench_refused(file, "path=a,fd=3", 1, -EINVAL, "one of path and fd");
	bench_refused(file, "paht=a", 1, -EINVAL, "not known: key=paht");
	bench_refused(file, "path=no/out.bin", 1, -ENOENT, "no/out.bin");
	bench_refused(file, "path=dir/", 1, -EINVAL, "dir/");
	bench_refused(file, "path=..", 1, -EINVAL, "..");
	bench_refused(file, "path=none", 0, -ENOENT, "file=none");
	bench_refused(file, "path=/", 0, -EINVAL, "file=/");
	memset(name, 'n', sizeof name);
	memcpy(name, "path=", 5);
	name[299] = '\0';
	bench_refused(file, name, 1, -ENAMETOOLONG, "nnn");
	file_make("in.bin", "x");
	bench_refused(file, "path=in.bin,config=none", 0, -ENOENT,
	    "file=none");
	bench_refused(file, "path=out.bin,config=no/c", 1, -ENOENT, "no/c");
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	bench_refused(file, "path=fifo", 0, -EINVAL, "file=fifo");
	ck_assert_int_eq(pipe(fds), 0);
	snprintf(params, sizeof params, "fd=%d", fds[1]);
	bench_refused(file, params, 1, -EINVAL, "file=fd");
	bench_refused(file, params, 0, -EINVAL, "file=fd");
	close(fds[0]);
	close(fds[1]);
	bench_refused(file, params, 1, -EBADF, "file=fd");
	bench_refused(file, params, 0, -EBADF, "file=fd");
	ck_assert_int_eq(folder_count(0), 2);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("file");

	file = vfiomig_backend_v1_file_backend();
	tcase_add_checked_fixture(t, folder_make, folder_remove);
	tcase_add_test(t, a_load_becomes_files);
	tcase_add_test(t, a_load_that_ends_early_leaves_nothing);
	tcase_add_test(t, a_load_that_ends_early_leaves_the_old);
	tcase_add_test(t, a_load_replaces_both_files);
	tcase_add_test(t, a_reset_loses_what_came);
	tcase_add_test(t, a_stale_part_is_emptied);
	tcase_add_test(t, a_link_in_the_way_is_not_followed);
	tcase_add_test(t, the_file_stays_in_its_folder);
	tcase_add_test(t, a_rename_that_fails_fails_the_load);
	tcase_add_test(t, files_are_saved);
	tcase_add_test(t, a_descriptor_in_place_of_a_path);
	tcase_add_test(t, without_config_it_is_dropped);
	tcase_add_test(t, what_cannot_be_opened_is_refused);
	return bench_run(t);
}

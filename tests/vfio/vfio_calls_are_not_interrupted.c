/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A signal does not come in the middle of a read or a write of a device, nor of
 * a change of its state, and comes when that is over.
 */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../plugins/vfio/sys.h"
#include "../suite.h"

static volatile sig_atomic_t signals;
static int pipes[2];
static pthread_t main_thread;

static void
handler(int number)
{
	(void)number;
	signals++;
}

/* In place of libc's, for fds that are none: a signal comes while it runs. */
int
ioctl(int fd, unsigned long request, ...)
{
	ck_assert_uint_eq(request, 1);
	raise(SIGUSR1);
	if (signals == 0) {
		errno = fd < 0 ? EBADF : ENOTTY;
		return -1;
	}
	errno = EINTR;
	return -1;
}

/* Signal the main thread while it waits, then let it go on. */
static void *
disturb(void *reading)
{
	char data[65536] = { 0 };

	usleep(50000);
	pthread_kill(main_thread, SIGUSR1);
	usleep(50000);
	if (reading != NULL)
		ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	else
		ck_assert_int_gt(read(pipes[0], data, sizeof data), 0);
	return NULL;
}

static void
setup(void)
{
	struct sigaction action = { .sa_handler = handler };

	signals = 0;
	main_thread = pthread_self();
	sigaction(SIGUSR1, &action, NULL);
	ck_assert_int_eq(pipe(pipes), 0);
}

START_TEST(read_waits_through_a_signal)
{
	pthread_t thread;
	char byte;

	pthread_create(&thread, NULL, disturb, pipes);
	errno = EXDEV;
	ck_assert_int_eq(vfio_sys_read(pipes[0], &byte, 1), 1);
	ck_assert_int_eq(errno, EXDEV);
	ck_assert_int_eq(signals, 1);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(write_waits_through_a_signal)
{
	static char data[65536];
	struct iovec iov = { data, sizeof data };
	pthread_t thread;

	ck_assert_int_eq(vfio_sys_write(pipes[1], data, sizeof data),
	    sizeof data);
	pthread_create(&thread, NULL, disturb, NULL);
	ck_assert_int_eq(_i ? vfio_sys_writev(pipes[1], &iov, 1) :
	    vfio_sys_write(pipes[1], data, sizeof data), sizeof data);
	ck_assert_int_eq(signals, 1);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(ioctl_is_over_before_a_signal_comes)
{
	ck_assert_int_eq(vfio_sys_ioctl(7, 1, NULL), -ENOTTY);
	ck_assert_int_eq(signals, 1);
}
END_TEST

START_TEST(errors_are_returned_and_errno_is_left)
{
	char byte = 0;
	struct iovec iov = { &byte, 1 };

	errno = EXDEV;
	ck_assert_int_eq(vfio_sys_read(-1, &byte, 1), -EBADF);
	ck_assert_int_eq(vfio_sys_write(-1, &byte, 1), -EBADF);
	ck_assert_int_eq(vfio_sys_writev(-1, &iov, 1), -EBADF);
	ck_assert_int_eq(vfio_sys_ioctl(-1, 1, NULL), -EBADF);
	ck_assert_int_eq(vfio_sys_open("/nowhere/to/be/found"), -ENOENT);
	vfio_sys_close(-1);
	ck_assert_int_eq(errno, EXDEV);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("vfio_calls_are_not_interrupted");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_test(tests, read_waits_through_a_signal);
	tcase_add_loop_test(tests, write_waits_through_a_signal, 0, 2);
	tcase_add_test(tests, ioctl_is_over_before_a_signal_comes);
	tcase_add_test(tests, errors_are_returned_and_errno_is_left);
	return suite_main("plugins", tests, 0);
}

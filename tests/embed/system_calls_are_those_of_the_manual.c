/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each thread of whole migrations, and each call after everything is open, is
 * made under a seccomp filter that kills at any system call which
 * vfiomig-threads(7) does not list.  The library allocates nothing then, or
 * the threads' first malloc would show as an mmap.
 *
 * The lists are in the file tests/embed/syscalls, made from the page.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "embed.h"
#include "plugins/builtin.h"
#include "tests/vm/sandbox.h"

static struct pair pair;

static int
quiesce(void *end)
{
	return vfiomig_quiesce(((struct pair_end *)end)->mig);
}

static int
resume(void *end)
{
	return vfiomig_resume(((struct pair_end *)end)->mig);
}

static int
cancel(void *end)
{
	vfiomig_cancel(((struct pair_end *)end)->mig);
	return 0;
}

static int
recover(void *end)
{
	return vfiomig_recover(((struct pair_end *)end)->mig);
}

static int
ask(void *end)
{
	struct pair_end *e = end;
	struct vfiomig_device_stats device = { .size = sizeof device };
	struct vfiomig_stats stats = { .size = sizeof stats };
	char text[128];

	vfiomig_failure(e->mig, text, sizeof text);
	return vfiomig_stats(e->mig, &stats) |
	    vfiomig_device_stats(e->device[0], &device);
}

static const char *
list_path(void)
{
	const char *path = getenv("EMBED_SYSCALLS");

	return path != NULL ? path : "tests/embed/syscalls";
}

START_TEST(migrations_in_a_sandbox)
{
	const struct embed_way *way = &embed_ways[_i];
	struct vfiomig_config config = { .size = sizeof config,
	    .budget = 8 << 20, .stall_timeout = 60000 };

	ck_assert_int_eq(sandbox_read(list_path()), 0);
	pair_open(&pair, 3, 4, way->source, way->target, &config);
	pair_on_thread = sandbox_enter;
	ck_assert_int_eq(sandbox_call(quiesce, &pair.source), 0);
	pair_start_target(&pair);
	pair_start_source(&pair);
	ck_assert_int_eq(sandbox_call(ask, &pair.target), 0);
	if (way->cancel)
		sandbox_call(cancel, &pair.target);
	pair_join(&pair);
	ck_assert_int_eq(vfiomig_failure(pair.target.mig, NULL, 0),
	    way->result);
	if (way->result == 0) {
		ck_assert_int_eq(sandbox_call(resume, &pair.target), 0);
	} else {
		sandbox_call(cancel, &pair.source);
		ck_assert_int_eq(sandbox_call(recover, &pair.target), 0);
		ck_assert_int_eq(sandbox_call(recover, &pair.source), 0);
	}
	ck_assert_int_eq(sandbox_call(ask, &pair.target), 0);
	pair_close(&pair);
}
END_TEST

static int
run(void *channel)
{
	return vfiomig_channel_run(channel);
}

static int
fill(void *device)
{
	return vfiomig_buffer_fill(device);
}

static int
drain(void *device)
{
	return vfiomig_buffer_drain(device);
}

/* One end with one channel of one kind, nonblocking, as event loops do. */
static void
end_make(struct pair_end *end, enum vfiomig_direction direction, int fd,
    struct vfiomig_channel **channel)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1, .budget = 4 << 20 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "vfio", .backend = "sim",
	    .params = "size=200000,config_size=100",
	    .flags = VFIOMIG_DEVICE_NONBLOCK };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = fd,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };

	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	ck_assert_int_eq(vfiomig_new(&end->mig, direction, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(end->mig, &dc, &end->device[0]),
	    0);
	ck_assert_int_eq(vfiomig_channel_open(end->mig, &cc, channel), 0);
}

/* Over a socket, a pipe, and a file, one step of each end at a time. */
START_TEST(every_kind_of_channel_in_a_sandbox)
{
	struct vfiomig_channel *from, *to;
	int fd[2], a, b, c, d;
	FILE *file = NULL;

	ck_assert_int_eq(sandbox_read(list_path()), 0);
	if (_i == 0)
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	else if (_i == 1)
		ck_assert_int_eq(pipe(fd), 0);
	else {
		file = tmpfile();
		ck_assert_ptr_nonnull(file);
		fd[1] = fileno(file);
		fd[0] = dup(fd[1]);
	}
	end_make(&pair.source, VFIOMIG_OUTGOING, fd[1], &from);
	ck_assert_int_eq(sandbox_call(quiesce, &pair.source), 0);
	end_make(&pair.target, VFIOMIG_INCOMING, fd[0], &to);
	if (_i == 2) {		/* all of it, and then from the start */
		do {
			a = sandbox_call(fill, pair.source.device[0]);
			b = sandbox_call(run, from);
		} while (a == -EAGAIN || b == -EAGAIN);
		ck_assert_int_eq(a | b, 0);
		lseek(fd[0], 0, SEEK_SET);
	}
	do {
		a = sandbox_call(fill, pair.source.device[0]);
		b = sandbox_call(run, from);
		if (b == 0 && _i < 2 && fd[1] >= 0) {
			close(fd[1]);
			fd[1] = -1;
		}
		c = sandbox_call(run, to);
		d = sandbox_call(drain, pair.target.device[0]);
	} while (a == -EAGAIN || b == -EAGAIN || c == -EAGAIN ||
	    d == -EAGAIN);
	ck_assert_int_eq(c, 0);
	ck_assert_int_eq(d, 0);
	ck_assert_int_eq(sandbox_call(resume, &pair.target), 0);
	vfiomig_free(pair.source.mig);
	vfiomig_free(pair.target.mig);
	close(fd[0]);
	if (file != NULL)
		fclose(file);
}
END_TEST

/* A pipe whose reader is gone: the SIGPIPE that is taken back. */
START_TEST(broken_pipe_in_a_sandbox)
{
	struct vfiomig_channel *channel;
	int fd[2];

	ck_assert_int_eq(sandbox_read(list_path()), 0);
	ck_assert_int_eq(pipe(fd), 0);
	end_make(&pair.source, VFIOMIG_OUTGOING, fd[1], &channel);
	ck_assert_int_eq(sandbox_call(quiesce, &pair.source), 0);
	ck_assert_int_eq(sandbox_call(fill, pair.source.device[0]), 0);
	close(fd[0]);
	ck_assert_int_eq(sandbox_call(run, channel), -EPIPE);
	ck_assert_int_eq(sandbox_call(recover, &pair.source), 0);
	vfiomig_free(pair.source.mig);
	close(fd[1]);
}
END_TEST

static int
strange(void *unused)
{
	(void)unused;
	return (int)syscall(SYS_getppid);
}

/* The filter itself: it kills. */
START_TEST(another_system_call_kills)
{
	ck_assert_int_eq(sandbox_read(list_path()), 0);
	sandbox_call(strange, NULL);
}
END_TEST

static void
more(TCase *c)
{
	tcase_add_loop_test(c, migrations_in_a_sandbox, 0, EMBED_WAYS);
	tcase_add_loop_test(c, every_kind_of_channel_in_a_sandbox, 0, 3);
	tcase_add_test(c, broken_pipe_in_a_sandbox);
	tcase_add_test_raise_signal(c, another_system_call_kills, SIGSYS);
}

int
main(void)
{
	if (getenv("VFIOMIG_SANITIZER") != NULL) {
		puts("a sanitizer makes system calls of its own");
		return 77;
	}
	return embed_main("sandbox", more);
}

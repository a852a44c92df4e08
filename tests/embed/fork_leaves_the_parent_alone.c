/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A process that forks in the middle of a migration goes on with it; the
 * child, which has a copy and none of the threads, ends without it or becomes
 * another program, which has none of the library's descriptors.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "embed.h"
#include "plugins/sim/sim.h"

static struct pair pair;

/* A target that waits: its devices block in the middle. */
static void
begin(void)
{
	struct sim_view view;

	pair_open(&pair, 2, 2, "size=2M,seed=5", "seed=5,block_after=1M",
	    NULL);
	ck_assert_int_eq(vfiomig_quiesce(pair.source.mig), 0);
	pair_start_target(&pair);
	pair_start_source(&pair);
	do {
		usleep(1000);
		ck_assert_int_eq(sim_find("t0", &view), 0);
	} while (!view.blocked);
}

static void
end(void)
{
	struct sim_view view;
	int k;

	do {		/* t1 may block later than this */
		usleep(1000);
		sim_release("t0");
		ck_assert_int_eq(sim_find("t1", &view), 0);
	} while (!view.blocked);
	sim_release("t1");
	pair_join(&pair);
	for (k = 0; k < 2; k++)
		ck_assert_int_eq(pair.target.device_result[k], 0);
	ck_assert_int_eq(vfiomig_resume(pair.target.mig), 0);
	pair_close(&pair);
}

static void
child_expect(pid_t pid)
{
	int status;

	ck_assert_int_ge(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}

START_TEST(child_ends)
{
	pid_t pid;

	begin();
	pid = fork();
	if (pid == 0)
		_exit(0);
	child_expect(pid);
	end();
}
END_TEST

/* exit() runs what is registered for it: nothing of ours. */
START_TEST(child_exits_with_all_handlers)
{
	pid_t pid;

	begin();
	pid = fork();
	if (pid == 0) {
		alarm(30);
		exit(0);
	}
	child_expect(pid);
	end();
}
END_TEST

START_TEST(child_becomes_another_program)
{
	pid_t pid;

	begin();
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "! ls -l /proc/self/fd | "
		    "grep eventfd", (char *)NULL);
		_exit(99);
	}
	child_expect(pid);
	end();
}
END_TEST

static void
more(TCase *c)
{
	tcase_add_test(c, child_ends);
	tcase_add_test(c, child_exits_with_all_handlers);
	tcase_add_test(c, child_becomes_another_program);
}

int
main(void)
{
	if (getenv("VFIOMIG_SANITIZER") != NULL) {
		puts("to a sanitizer what the child's lost threads had leaks");
		return 77;
	}
	return embed_main("fork", more);
}

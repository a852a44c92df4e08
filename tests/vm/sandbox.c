/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sandbox.c - no system calls but those that vfiomig-threads(7) lists
 *
 * On top come the few with which a thread of a test ends, which the page
 * leaves to the caller.  malloc's own are not among them: what the
 * page says a channel's first run allocates comes from memory that the process
 * has already, so a call that allocates more than that shows.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "sandbox.h"

#define ALLOWED_MAX 64
#define MALLOC_AHEAD (2 << 20)

#define CALL(name) { #name, SYS_##name }
static const struct {
	const char *name;
	int number;
} calls[] = {
	CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(recvmsg),
	CALL(recvfrom), CALL(sendmsg), CALL(sendto), CALL(poll), CALL(ppoll),
	CALL(futex), CALL(clock_gettime), CALL(clock_nanosleep),
	CALL(rt_sigprocmask), CALL(rt_sigtimedwait), CALL(ioctl), CALL(close),
	CALL(fcntl), CALL(fsync), CALL(ftruncate), CALL(lseek),
	CALL(eventfd2), CALL(getpid), CALL(gettid), CALL(sched_yield),
};

static const int own[] = {
	SYS_exit, SYS_exit_group, SYS_madvise, SYS_munmap, SYS_rt_sigreturn,
};

static int allowed[ALLOWED_MAX];
static unsigned int allowed_count;

static int
call_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof calls / sizeof *calls; i++)
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	return -1;
}

static void
malloc_prepare(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TOP_PAD, MALLOC_AHEAD);
	mallopt(M_TRIM_THRESHOLD, 2 * MALLOC_AHEAD);
	free(malloc(MALLOC_AHEAD / 32));
}

int
sandbox_init(void)
{
	const char *path = getenv("VM_SYSCALLS");
	char name[64];
	FILE *file;
	size_t i;

	if (path == NULL)
		return 0;
	malloc_prepare();
	file = fopen(path, "re");
	if (file == NULL) {
		perror(path);
		return -1;
	}
	while (allowed_count < ALLOWED_MAX - 8 &&
	    fscanf(file, "%63s", name) == 1) {
		allowed[allowed_count] = call_find(name);
		if (allowed[allowed_count++] < 0) {
			fprintf(stderr, "sandbox: unknown: %s\n", name);
			fclose(file);
			return -1;
		}
	}
	fclose(file);
	for (i = 0; i < sizeof own / sizeof *own && allowed_count > 0; i++)
		allowed[allowed_count++] = own[i];
	return 0;
}

void
sandbox_enter(void)
{
	struct sock_filter code[ALLOWED_MAX + 3];
	struct sock_fprog program = { 0, code };
	unsigned int i, n = 0;

	if (allowed_count == 0)
		return;
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr));
	for (i = 0; i < allowed_count; i++)
		code[n++] = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)allowed[i],
		    (unsigned char)(allowed_count - i), 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_KILL_PROCESS);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_ALLOW);
	program.len = (unsigned short)n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
		perror("sandbox");
		exit(1);
	}
}

struct call {
	int (*call)(void *);
	void *opaque;
	int result;
};

static void *
call_run(void *opaque)
{
	struct call *call = opaque;

	sandbox_enter();
	call->result = call->call(call->opaque);
	return NULL;
}

int
sandbox_call(int (*function)(void *), void *opaque)
{
	struct call call = { function, opaque, 0 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, call_run, &call) != 0) {
		perror("sandbox");
		exit(1);
	}
	pthread_join(thread, NULL);
	return call.result;
}

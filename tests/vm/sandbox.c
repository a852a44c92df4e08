/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sandbox.c - no system calls but those that vfiomig-threads(7) lists
 *
 * On top come the few with which a thread of a test ends, which the page
 * leaves to the caller.  malloc's own are not among them.  After sandbox_init
 * what malloc gives comes from memory that the process has already; after
 * sandbox_read alone a new thread's first malloc kills.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "../../plugins/vfio/uapi.h"
#include "sandbox.h"

#define ALLOWED_MAX 64
#define MALLOC_AHEAD (2 << 20)

#ifndef SYS_poll			/* arm64 has ppoll alone */
#define SYS_poll SYS_ppoll
#endif
#define CALL(name) { #name, SYS_##name }
static const struct {
	const char *name;
	int number;
} calls[] = {
	CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(recvmsg),
	CALL(recvfrom), CALL(sendmsg), CALL(sendto), CALL(poll), CALL(ppoll),
	CALL(futex), CALL(clock_gettime), CALL(clock_nanosleep),
	CALL(rt_sigprocmask), CALL(rt_sigpending), CALL(rt_sigtimedwait),
	CALL(ioctl), CALL(close),
	CALL(fcntl), CALL(fsync), CALL(ftruncate), CALL(lseek),
	CALL(pread64), CALL(pwritev), CALL(newfstatat), CALL(openat),
	CALL(renameat), CALL(unlinkat),
	CALL(eventfd2), CALL(getpid), CALL(gettid), CALL(sched_yield),
};

static const int own[] = {
	SYS_exit, SYS_exit_group, SYS_madvise, SYS_munmap, SYS_rt_sigreturn,
	SYS_shutdown,			/* of a test's own sockets */
};

#define ALLOW SECCOMP_RET_ALLOW
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define KILL SECCOMP_RET_KILL_PROCESS

static const struct {
	unsigned int number;
	unsigned int action[3];		/* by enum sandbox_ioctls */
} ioctls[] = {
	{ UAPI_DEVICE_FEATURE,		{ ALLOW, ALLOW, ALLOW } },
	{ UAPI_DEVICE_RESET,		{ ALLOW, REFUSE, ALLOW } },
	{ UAPI_MIG_GET_PRECOPY_INFO,	{ ALLOW, REFUSE, KILL } },
	{ UAPI_HWPT_SET_DIRTY_TRACKING,	{ ALLOW, REFUSE, KILL } },
	{ UAPI_HWPT_GET_DIRTY_BITMAP,	{ ALLOW, REFUSE, KILL } },
};

static enum sandbox_ioctls ioctls_now;
static int allowed[ALLOWED_MAX];
static unsigned int allowed_count;
static bool ahead;

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
	ahead = true;
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 2 * MALLOC_AHEAD);
	mallopt(M_TRIM_THRESHOLD, 16 * MALLOC_AHEAD);
}

/* So much is had without a system call afterwards. */
static void
malloc_ahead(void)
{
	void *volatile memory = NULL;

	if (ahead)
		memory = malloc(MALLOC_AHEAD);
	free(memory);
}

int
sandbox_read(const char *path)
{
	char name[64];
	FILE *file;
	size_t i;

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

int
sandbox_init(void)
{
	const char *path = getenv("VM_SYSCALLS");

	if (path == NULL)
		return 0;
	malloc_prepare();
	return sandbox_read(path);
}

void
sandbox_ioctls(enum sandbox_ioctls which)
{
	ioctls_now = which;
}

/* If the word that was loaded is @value then @action; 2 instructions. */
static unsigned int
code_when(struct sock_filter *code, unsigned int value, unsigned int action)
{
	code[0] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    value, 0, 1);
	code[1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	return 2;
}

static unsigned int
code_load(struct sock_filter *code, size_t offset)
{
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    (unsigned int)offset);
	return 1;
}

static unsigned int
code_ioctls(struct sock_filter *code)
{
	unsigned int i, n = code_load(code, offsetof(struct seccomp_data,
	    args[1]));

	for (i = 0; i < sizeof ioctls / sizeof *ioctls; i++)
		n += code_when(code + n, ioctls[i].number,
		    ioctls[i].action[ioctls_now]);
	return n;
}

void
sandbox_enter(void)
{
	struct sock_filter code[2 * ALLOWED_MAX + 16];
	struct sock_fprog program = { 0, code };
	unsigned int i, n = 0;

	if (allowed_count == 0)
		return;
	malloc_ahead();
	n += code_load(code, offsetof(struct seccomp_data, nr));
	for (i = 0; i < allowed_count; i++)
		if (allowed[i] != SYS_ioctl)
			n += code_when(code + n, (unsigned int)allowed[i],
			    SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    SYS_ioctl, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_KILL_PROCESS);
	n += code_ioctls(code + n);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
	    SECCOMP_RET_KILL_PROCESS);
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

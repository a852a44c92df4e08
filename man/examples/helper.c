/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * helper.c - a process that holds one device and its connections and no more
 *
 *	cc helper.c $(pkg-config --cflags --libs libvfiomig) -o helper
 *	./helper BACKEND NAME DEVICE CONNECTION...
 *
 * Idea: the parent stands for the VMM.  It opens the device and the
 * connections and passes their descriptors over a socket (SCM_RIGHTS).  The
 * helper loads the backend, makes the migration, seals itself with the system
 * calls of vfiomig-threads(7), and only then looks at the first byte.  It has
 * one thread: the nonblocking forms, and epoll(7) for edges.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vfiomig/vfiomig.h>

#define MAX 16			/* descriptors: the device and 15 connections */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#else
#error "which AUDIT_ARCH_ is this?"
#endif

static const int allowed[] = {
	/* the library's */
	SYS_read, SYS_readv, SYS_recvmsg, SYS_write, SYS_writev, SYS_sendmsg,
	SYS_ppoll, SYS_futex, SYS_clock_gettime, SYS_rt_sigprocmask,
	SYS_rt_sigpending, SYS_rt_sigtimedwait,
#ifdef SYS_poll
	SYS_poll,
#endif
	/* the vfio backend's; a stricter filter looks at ioctl's number too */
	SYS_ioctl, SYS_close,
	/* malloc's, vfiomig_free()'s and our own */
	SYS_brk, SYS_mmap, SYS_munmap, SYS_epoll_pwait, SYS_exit_group,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
};

static int
seal(void)
{
	enum { N = sizeof allowed / sizeof allowed[0] };
	struct sock_filter code[4 + 2 * N + 1] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { 4 + 2 * N + 1, code };
	int i;

	for (i = 0; i < N; i++) {
		code[4 + 2 * i] = (struct sock_filter)
		    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		code[5 + 2 * i] = (struct sock_filter)
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	code[4 + 2 * N] = (struct sock_filter)
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -errno;
	return 0;
}

union control {
	char room[CMSG_SPACE(MAX * sizeof(int))];
	struct cmsghdr align;
};

static int
fds_send(int sock, const int *fds, int count)
{
	union control control = { { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	return sendmsg(sock, &message, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

/* How many came, or a negative errno. */
static int
fds_receive(int sock, int *fds)
{
	union control control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof control,
	};
	struct cmsghdr *header;
	size_t size;

	if (recvmsg(sock, &message, MSG_CMSG_CLOEXEC) != 1)
		return -EPIPE;
	header = CMSG_FIRSTHDR(&message);
	if (header == NULL || header->cmsg_type != SCM_RIGHTS)
		return -EPROTO;
	size = header->cmsg_len - CMSG_LEN(0);
	memcpy(fds, CMSG_DATA(header), size);
	return (int)(size / sizeof(int));
}

/* Call everything that may have something to do, until all is done. */
static int
load(struct vfiomig_device *device, struct vfiomig_channel **channels,
    int count, int epoll)
{
	int left = count + 1, drained = 0, i, r;
	struct epoll_event event;

	for (;;) {
		for (i = 0; i < count; i++) {
			if (channels[i] == NULL)
				continue;
			r = vfiomig_channel_run(channels[i]);
			if (r == -EAGAIN)
				continue;
			vfiomig_channel_close(channels[i]);
			channels[i] = NULL;
			if (r < 0)
				return r;
			left--;
		}
		r = drained ? -EAGAIN : vfiomig_buffer_drain(device);
		if (r < 0 && r != -EAGAIN)
			return r;
		if (r == 0) {
			drained = 1;
			left--;
		}
		if (left == 0)
			return 0;
		epoll_wait(epoll, &event, 1, -1);
	}
}

static void
watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int
helper(int sock, const char *object, const char *name)
{
	struct vfiomig_config config = { .size = sizeof config };
	struct vfiomig_device_config device_config = {
		.size = sizeof device_config,
		.flags = VFIOMIG_DEVICE_NONBLOCK,
		.idstr = "0000:00:01.0/vfio",
		.backend = name,
	};
	struct vfiomig_channel_config channel_config = {
		.size = sizeof channel_config,
		.flags = VFIOMIG_CHANNEL_NONBLOCK,
	};
	struct vfiomig_channel *channels[MAX];
	struct vfiomig_device *device;
	struct vfiomig *mig;
	int fds[MAX], epoll = epoll_create1(EPOLL_CLOEXEC), count, i, r;
	char params[32];

	count = fds_receive(sock, fds);
	if (count < 2 || vfiomig_backend_load(object, NULL, 0) < 0)
		return 2;
	config.channels = --count;	/* the first is the device */
	snprintf(params, sizeof params, "fd=%d", fds[0]);
	device_config.params = params;
	if (vfiomig_new(&mig, VFIOMIG_INCOMING, &config) < 0 ||
	    vfiomig_device_add(mig, &device_config, &device) < 0)
		return 2;
	for (i = 0; i < count; i++) {
		channel_config.fd = fds[i + 1];
		if (vfiomig_channel_open(mig, &channel_config,
		    &channels[i]) < 0)
			return 2;
		watch(epoll, fds[i + 1]);
		watch(epoll, vfiomig_channel_event_fd(channels[i]));
	}
	watch(epoll, vfiomig_device_event_fd(device));

	if (seal() < 0)
		return 2;
	r = load(device, channels, count, epoll);
	if (r == 0)
		r = vfiomig_resume(mig);
	vfiomig_free(mig);
	return r != 0;
}

int
main(int argc, char **argv)
{
	int fds[MAX], pair[2], status, i;
	pid_t pid;

	if (argc < 5 || argc - 3 > MAX ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return 2;
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		_exit(helper(pair[1], argv[1], argv[2]));
	}
	close(pair[1]);
	fds[0] = open(argv[3], O_RDWR);
	for (i = 4; i < argc; i++)
		fds[i - 3] = open(argv[i], O_RDONLY);
	if (pid < 0 || fds_send(pair[0], fds, argc - 3) < 0)
		return 2;
	if (waitpid(pid, &status, 0) < 0)
		return 2;
	if (WIFSIGNALED(status))
		printf("the helper was killed by signal %d\n",
		    WTERMSIG(status));
	else
		puts(WEXITSTATUS(status) == 0 ? "the device runs" : "failed");
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * user.c - a vfio-user server's replies: a whole load and save against a
 * server that has said everything before it was asked
 *
 * Oracle: a call returns no more bytes than it was asked for, and nothing
 * past them is written; an error of the connection stays; no descriptor that
 * the server sent stays open; and nothing waits, because the server has hung
 * up behind its last word.
 *
 * Input: the replies, each of a length byte (two for a long one) and its
 * bytes; a first byte of a reply below 0x80 says that a right header is to be
 * put in front, with that command.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "fuzz.h"
#include "plugins/builtin.h"
#include "plugins/vfio-user/protocol.h"

enum { ROOM = 4096, GUARD = 0x5a };

static unsigned int
fds_count(void)
{
	unsigned int n = 0;
	DIR *dir = opendir("/proc/self/fd");

	while (dir != NULL && readdir(dir) != NULL)
		n++;
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* Bytes, every third time with a descriptor of the server's beside them. */
static void
server_send(int fd, const void *data, size_t size, uint16_t id)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { (void *)(uintptr_t)data, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (id % 3 == 2) {
		message.msg_control = control;
		message.msg_controllen = sizeof control;
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof fd);
	}
	(void)!sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
server_say(int fd, struct input *input)
{
	static uint8_t bytes[sizeof(struct message) + 65536];
	struct message *m = (struct message *)(void *)bytes;
	uint16_t id = 0;
	size_t n, at, k;
	uint8_t kind;

	for (; input->left > 0; id++) {
		n = input_byte(input);
		if (n == 255)
			n = (size_t)input_byte(input) << 4;
		kind = input_byte(input);
		at = kind < 0x80 ? sizeof *m : 0;
		for (k = 0; k < n; k++)
			bytes[at + k] = input_byte(input);
		if (at != 0)
			*m = (struct message){ .id = id, .command = kind,
			    .size = (uint32_t)(sizeof *m + n),
			    .flags = MESSAGE_REPLY };
		server_send(fd, bytes, at + n, id);
	}
	shutdown(fd, SHUT_WR);
}

/* A load, a save, and figures. */
static void
drive(const struct vfiomig_backend *ops, void *device)
{
	static uint8_t data[ROOM + 1];
	uint32_t can = 0, state = 0;
	struct vfiomig_pending pending = { .size = sizeof pending };
	ssize_t n;

	(void)ops->query(device, &can);
	(void)ops->get_state(device, &state);
	if (ops->set_state(device, VFIOMIG_STATE_RESUMING) == 0) {
		n = ops->write(device, data, 100);
		ORACLE(n <= 100);
		(void)ops->set_state(device, VFIOMIG_STATE_STOP);
	}
	if (ops->set_state(device, VFIOMIG_STATE_STOP_COPY) == 0) {
		memset(data, GUARD, sizeof data);
		n = ops->read(device, data, ROOM);
		ORACLE(n <= ROOM && data[ROOM] == GUARD);
		(void)ops->pending(device, &pending);
	}
	(void)ops->reset(device);
	(void)ops->get_state(device, &state);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input_data, size_t size)
{
	const struct vfiomig_backend *ops =
	    vfiomig_backend_v1_vfio_user_backend();
	const struct vfiomig_host host = { .size = sizeof host };
	struct input input = { input_data, size };
	unsigned int fds = fds_count();
	char params[64];
	void *device;
	int fd[2], r;

	ORACLE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == 0);
	snprintf(params, sizeof params, "fd=%d,timeout=5000", fd[0]);
	server_say(fd[1], &input);
	r = ops->open(&host, params, size & 1, &device);
	ORACLE(r <= 0);
	if (r == 0) {
		drive(ops, device);
		ops->close(device);
	}
	close(fd[0]);
	close(fd[1]);
	ORACLE(fds_count() == fds);
	return 0;
}

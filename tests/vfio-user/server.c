/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * server.c - a vfio-user server for the tests
 *
 * It sends reads' replies as long as was asked for, whatever the size in them
 * says, because libvfio-user does.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VFIOMIG_BACKEND_API 1
#include <vfiomig/backend.h>

#include "../../plugins/states.h"
#include "server.h"

enum { FDS_SENT = 24, PAGE_BIT = 3 };

static const char usual[] = "{\"capabilities\":{\"max_msg_fds\":8,"
    "\"max_data_xfer_size\":1048576,\"pgsizes\":4096,"
    "\"migration\":{\"pgsize\":4096},\"write_multiple\":true}}";

/* False: the connection has ended. */
static int
all_read(int fd, void *data, size_t size)
{
	ssize_t n;

	for (; size > 0; size -= (size_t)n) {
		n = recv(fd, data, size, 0);
		if (n <= 0)
			return 0;
		data = (char *)data + n;
	}
	return 1;
}

static int
all_write(int fd, const void *data, size_t size)
{
	ssize_t n;

	for (; size > 0; size -= (size_t)n) {
		n = send(fd, data, size, MSG_NOSIGNAL);
		if (n <= 0)
			return 0;
		data = (const char *)data + n;
	}
	return 1;
}

static void
fds_send(struct server *s, const void *data, size_t size)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(FDS_SENT * sizeof(int))];
	} control;
	struct iovec iov = { (void *)(uintptr_t)data, size };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fds[FDS_SENT], k;

	for (k = 0; k < FDS_SENT; k++)
		fds[k] = s->fd;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fds);
	memcpy(CMSG_DATA(c), fds, sizeof fds);
	ck_assert_int_eq(sendmsg(s->fd, &msg, MSG_NOSIGNAL), (int)size);
}

/* A command of the server's own; false: the connection has ended. */
static int
ask(struct server *s, uint32_t size)
{
	struct message head = { 77, 11, size, MESSAGE_COMMAND, 0 };
	char payload[24] = { 0 };

	return all_write(s->fd, &head, sizeof head) &&
	    all_write(s->fd, payload, sizeof payload);
}

/* Until the client has had enough. */
static void
drip(struct server *s)
{
	while (send(s->fd, "", 1, MSG_NOSIGNAL) == 1)
		poll(NULL, 0, 5);
}

static void
wait_for_end(struct server *s)
{
	char scrap[4096];

	while (recv(s->fd, scrap, sizeof scrap, 0) > 0)
		;
}

/* Send a reply as the vice has it; false: this connection is done. */
static int
reply_vicious(struct server *s, struct message *head, size_t size)
{
	switch (s->vice) {
	case VICE_ID:		head->id += 7;		break;
	case VICE_COMMAND:	head->command++;	break;
	case VICE_TYPE:		head->flags = 9;	break;
	case VICE_HEADER_SHORT:	head->size = 8;		break;
	case VICE_SIZE_HUGE:	head->size = UINT32_MAX; break;
	case VICE_SIZE_LESS:	head->size--;		break;
	case VICE_SIZE_MORE:	head->size += 4096;	break;
	case VICE_FEATURE:	s->reply[4] ^= 1;		break;
	case VICE_TELLS_MORE:	memset(s->reply + 4, 0xff, 4); break;
	case VICE_ERROR:
		head->flags |= MESSAGE_ERROR;
		head->error = s->vice_error;
		head->size = sizeof *head;
		size = 0;
		break;
	case VICE_ERROR_HUGE:
		head->size = UINT32_MAX;
		/* fall through */
	case VICE_ERROR_PAYLOAD:
		head->flags |= MESSAGE_ERROR;
		head->error = ENOTCONN;
		break;
	case VICE_CLOSE:
		all_write(s->fd, head, sizeof *head / 2);
		return 0;
	case VICE_SILENT:
		wait_for_end(s);
		return 0;
	case VICE_DRIP:
		drip(s);
		return 0;
	case VICE_FDS:
		fds_send(s, head, sizeof *head);
		return all_write(s->fd, s->reply, size);
	case VICE_ASKS:
		if (!ask(s, sizeof *head + 24))
			return 0;
		break;
	case VICE_ASKS_FOR_EVER:
		while (ask(s, sizeof *head + 24))
			;
		return 0;
	case VICE_ASKS_HUGE:
		ask(s, UINT32_MAX);
		return 0;
	default:
		break;
	}
	return all_write(s->fd, head, sizeof *head) &&
	    all_write(s->fd, s->reply, size);
}

static int
reply_send(struct server *s, const struct message *to, int error, size_t size)
{
	struct message head = {
		to->id, to->command, (uint32_t)(sizeof head + size),
		MESSAGE_REPLY, 0
	};

	if (error != 0) {
		head.flags |= MESSAGE_ERROR;
		head.error = (uint32_t)error;
		head.size = sizeof head;
		size = 0;
	}
	if (s->vice != VICE_NONE && to->command == s->vice_command &&
	    (s->vice_nth == 0 || s->vice_nth == s->count[to->command]))
		return reply_vicious(s, &head, size);
	return all_write(s->fd, &head, sizeof head) &&
	    all_write(s->fd, s->reply, size);
}

static int
version(struct server *s, const struct message *head)
{
	struct version v = { s->major, s->minor };
	const char *text = s->capabilities ? s->capabilities : usual;
	size_t size = s->capabilities_size ? s->capabilities_size :
	    strlen(text) + 1;

	ck_assert_int_eq(s->request[head->size - sizeof *head - 1], '\0');
	memcpy(s->reply, &v, sizeof v);
	memcpy(s->reply + sizeof v, text, size);
	return reply_send(s, head, 0, sizeof v + size);
}

/* As the kernel walks, without P2P in what libvfio-user has. */
static int
state_move(struct server *s, uint32_t to)
{
	int next = states_next(s->flags, s->state, to);

	ck_assert_msg(next >= 0, "no way from %u to %u", s->state, to);
	while (s->state != to) {
		next = states_next(s->flags, s->state, to);
		if (states_loading((uint32_t)next))
			s->taken = 0;
		if (states_saving((uint32_t)next) && !states_saving(s->state))
			s->given = 0;
		s->state = (uint32_t)next;
	}
	return 0;
}

/* Every PAGE_BIT'th page, and, as a hostile one would, those beyond. */
static size_t
report(struct server *s)
{
	struct logging_report r;
	uint64_t pages, words, page, word = 0;

	memcpy(&r, s->request + sizeof(struct feature), sizeof r);
	pages = r.length / r.page_size;
	words = (pages + 63) / 64;
	memcpy(s->reply, s->request, sizeof(struct feature) + sizeof r);
	for (page = 0; page < words * 64; page++) {
		if ((r.iova / r.page_size + page) % PAGE_BIT == 0 ||
		    page >= pages)
			word |= UINT64_C(1) << page % 64;
		if (page % 64 == 63) {
			memcpy(s->reply + 32 + page / 64 * 8, &word, 8);
			word = 0;
		}
	}
	s->report_parts++;
	return 32 + words * 8;
}

static int
feature(struct server *s, const struct message *head)
{
	struct feature f;
	struct device_state state;
	struct logging_start start;
	uint64_t flags = s->flags;
	size_t in = head->size - sizeof *head;

	memcpy(&f, s->request, sizeof f);
	memcpy(s->reply, s->request, in);
	if (f.flags & FEATURE_PROBE)
		return reply_send(s, head, (f.flags & 0xffff) == 6 &&
		    !s->no_dirty ? 0 : EINVAL, sizeof f);
	switch (f.flags) {
	case FEATURE_GET | FEATURE_MIGRATION:
		memcpy(s->reply + sizeof f, &flags, sizeof flags);
		return reply_send(s, head, s->flags ? 0 : EINVAL,
		    sizeof f + sizeof flags);
	case FEATURE_GET | FEATURE_DEVICE_STATE:
		state.state = s->state;
		state.data_fd = 0;
		memcpy(s->reply + sizeof f, &state, sizeof state);
		return reply_send(s, head, 0, sizeof f + sizeof state);
	case FEATURE_SET | FEATURE_DEVICE_STATE:
		memcpy(&state, s->request + sizeof f, sizeof state);
		return reply_send(s, head, state_move(s, state.state), in);
	case FEATURE_SET | FEATURE_LOGGING_START:
		memcpy(&start, s->request + sizeof f, sizeof start);
		s->logging_ranges = start.ranges;
		ck_assert_uint_eq(in, sizeof f + sizeof start +
		    start.ranges * sizeof(struct vfiomig_range));
		return reply_send(s, head, 0, in);
	case FEATURE_SET | FEATURE_LOGGING_STOP:
		s->logging_ranges = 0;
		return reply_send(s, head, 0, in);
	case FEATURE_GET | FEATURE_LOGGING_REPORT:
		return reply_send(s, head, s->logging_ranges ? 0 : EINVAL,
		    report(s));
	default:
		return reply_send(s, head, EINVAL, 0);
	}
}

static int
data_read(struct server *s, const struct message *head)
{
	struct transfer t;
	size_t asked, end, n;

	memcpy(&t, s->request, sizeof t);
	asked = t.size;
	ck_assert_uint_ge(t.argsz, t.size + sizeof t);
	if (!states_saving(s->state))
		return reply_send(s, head, EINVAL, 0);
	if (t.size > s->largest_read)
		s->largest_read = t.size;
	end = s->state == VFIOMIG_STATE_STOP_COPY ? s->give_size : s->initial;
	n = end > s->given ? end - s->given : 0;
	if (n > asked)
		n = asked;
	if (n > s->read_max)
		n = s->read_max;
	t.size = (uint32_t)n;
	memcpy(s->reply, &t, sizeof t);
	memcpy(s->reply + sizeof t, s->give + s->given, n);
	s->given += n;
	return reply_send(s, head, 0, sizeof t + asked);
}

static int
data_write(struct server *s, const struct message *head)
{
	struct transfer t;
	size_t n = head->size - sizeof *head - sizeof t;
	int error = 0;

	memcpy(&t, s->request, sizeof t);
	ck_assert_uint_eq(t.size, n);
	if (n > s->largest_write)
		s->largest_write = (uint32_t)n;
	if (s->refuse_at != 0 && s->taken + n > s->refuse_at) {
		s->writes_after_refusal++;
		error = EINVAL;
	} else if (!states_loading(s->state) ||
	    s->taken + n > SERVER_STREAM) {
		error = EINVAL;
	} else {
		memcpy(s->take + s->taken, s->request + sizeof t, n);
		s->taken += n;
	}
	return reply_send(s, head, error, 0);
}

/* As libvfio-user: not in STOP and STOP_COPY. */
static int
reset(struct server *s, const struct message *head)
{
	if (s->state == VFIOMIG_STATE_STOP ||
	    s->state == VFIOMIG_STATE_STOP_COPY)
		return reply_send(s, head, EINVAL, 0);
	if (!s->reset_stays)
		s->state = VFIOMIG_STATE_RUNNING;
	s->taken = 0;
	return reply_send(s, head, 0, 0);
}

static void *
serve(void *opaque)
{
	struct server *s = opaque;
	struct message head;
	int on = 1;

	while (on && all_read(s->fd, &head, sizeof head) &&
	    head.size - sizeof head <= sizeof s->request &&
	    all_read(s->fd, s->request, head.size - sizeof head)) {
		if (head.flags != MESSAGE_COMMAND) {
			s->refused += head.id == 77 && head.command == 11 &&
			    head.error == ENOTSUP;
			continue;
		}
		ck_assert_uint_lt(head.command, SERVER_COMMANDS);
		s->count[head.command]++;
		on = head.command == COMMAND_VERSION ? version(s, &head) :
		    head.command == COMMAND_FEATURE ? feature(s, &head) :
		    head.command == COMMAND_DATA_READ ? data_read(s, &head) :
		    head.command == COMMAND_DATA_WRITE ? data_write(s, &head) :
		    head.command == COMMAND_RESET ? reset(s, &head) :
		    reply_send(s, &head, ENOSYS, 0);
	}
	shutdown(s->fd, SHUT_RDWR);
	return NULL;
}

struct server *
server_new(int *peer)
{
	struct server *s = calloc(1, sizeof *s);
	int fd[2];
	size_t k;

	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fd), 0);
	s->fd = fd[0];
	*peer = fd[1];
	s->flags = VFIOMIG_CAN_STOP_COPY | VFIOMIG_CAN_PRE_COPY;
	s->minor = 2;
	s->read_max = UINT32_MAX;
	s->state = VFIOMIG_STATE_RUNNING;
	for (k = 0; k < sizeof s->give; k++)
		s->give[k] = (unsigned char)(k * 31 + (k >> 8) * 7);
	return s;
}

void
server_start(struct server *s)
{
	ck_assert_int_eq(pthread_create(&s->thread, NULL, serve, s), 0);
}

void
server_stop(struct server *s)
{
	pthread_join(s->thread, NULL);
	close(s->fd);
}

void
server_free(struct server *s)
{
	free(s);
}

int
server_count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

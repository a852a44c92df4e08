/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source_copies_nothing.c - a packet takes no more than one call, header and
 * payload, and the payload is the memory that the device was read into
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pair.h"
#include "suite.h"
#include "tape.h"

enum { PIECE = 5000, PIECES = 40 };

static uint8_t data[PIECE * PIECES];
static uint32_t piece[PIECES];
static struct tape tape[1];

/* Where each packet was read to, in order. */
static const void *read_into[PIECES + 1];
static int reads;

/* Called before a read: so the one before is finished. */
static ssize_t
note_read(struct tape *t, enum tape_call call)
{
	if (call == TAPE_READ && t->reads > 0)
		read_into[t->reads - 1] = t->read_into;
	reads = (int)t->reads;
	return 0;
}

/* A transport that looks at what it is given. */
static int calls, pieces_given;

static ssize_t
look(void *opaque, const struct iovec *iov, int count)
{
	ssize_t bytes = 0;
	int k;

	(void)opaque;
	if (calls++ == 0) {
		ck_assert_int_eq(count, 1);
		ck_assert_uint_eq(iov[0].iov_len, 64);
		return 64;
	}
	for (k = 0; k < count; k++) {
		ck_assert_uint_eq(iov[k].iov_len, 288);
		bytes += 288;
		if (pieces_given == PIECES)
			continue;	/* an empty config state: no data */
		ck_assert_int_lt(++k, count);
		ck_assert_uint_eq(iov[k].iov_len, PIECE);
		ck_assert_ptr_eq(iov[k].iov_base, read_into[pieces_given]);
		ck_assert_mem_eq(iov[k].iov_base,
		    data + pieces_given * PIECE, PIECE);
		pieces_given++;
		bytes += PIECE;
	}
	return bytes;
}

static void
source_open(struct vfiomig **mig, struct vfiomig_device **device)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1, .packet_max = 128 << 10 };
	struct vfiomig_device_config dc = { .size = sizeof dc, .idstr = "dev",
	    .backend = "tape", .params = "0" };
	int k;

	for (k = 0; k < PIECE * PIECES; k++)
		data[k] = (uint8_t)(k * 7 + k / 251);
	for (k = 0; k < PIECES; k++)
		piece[k] = PIECE;
	tape[0] = (struct tape){ .data = data, .size = sizeof data,
	    .piece = piece, .pieces = PIECES, .hook = note_read };
	tape_register(tape, 1);
	ck_assert_int_eq(vfiomig_new(mig, VFIOMIG_OUTGOING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(*mig, &dc, device), 0);
	ck_assert_int_eq(vfiomig_quiesce(*mig), 0);
	ck_assert_int_eq(vfiomig_buffer_fill(*device), 0);
	ck_assert_int_eq(reads, PIECES);
}

START_TEST(the_transport_gets_what_was_read)
{
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .writev = look };
	struct vfiomig_channel_stats stats = { .size = sizeof stats };
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	struct vfiomig *mig;

	source_open(&mig, &device);
	ck_assert_int_eq(vfiomig_channel_open(mig, &cc, &channel), 0);
	ck_assert_int_eq(vfiomig_channel_run(channel), 0);
	ck_assert_int_eq(pieces_given, PIECES);
	ck_assert_int_lt(calls, PIECES / 4);	/* small ones go together */
	ck_assert_int_eq(vfiomig_channel_stats(channel, &stats), 0);
	ck_assert_int_eq((int)stats.system_calls, calls);
	ck_assert_uint_eq(stats.packets, PIECES + 1);
	ck_assert_uint_eq(stats.wire_bytes, 64 + 288 * (PIECES + 1) +
	    sizeof data);
	vfiomig_free(mig);
}
END_TEST

/* A socket with room for all: one call a packet, and no poll. */
START_TEST(a_packet_takes_one_system_call_at_most)
{
	struct vfiomig_channel_config cc = { .size = sizeof cc };
	struct vfiomig_channel_stats stats = { .size = sizeof stats };
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	struct vfiomig *mig;
	int fd[2], room = 4 << 20;
	uint64_t full;

	source_open(&mig, &device);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
	setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	cc.flags = VFIOMIG_CHANNEL_NONBLOCK;
	cc.fd = fd[0];
	ck_assert_int_eq(vfiomig_channel_open(mig, &cc, &channel), 0);
	full = vfiomig_channel_run(channel) == -EAGAIN;
	ck_assert_int_eq(vfiomig_channel_stats(channel, &stats), 0);
	/* the hello, each packet, and the call that found it full */
	ck_assert_uint_gt(stats.packets, 10);
	ck_assert_uint_le(stats.system_calls, 1 + stats.packets + 2 * full);
	vfiomig_free(mig);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("copies");

	tcase_add_test(tests, the_transport_gets_what_was_read);
	tcase_add_test(tests, a_packet_takes_one_system_call_at_most);
	return suite_run("copies", tests);
}

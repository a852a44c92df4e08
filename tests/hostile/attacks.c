/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * attacks.c - what a hostile source does: the cases of which other receivers
 * die, hang or grow, floods at full speed, and slowness
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attacks.h"
#include "peer.h"

/* Both channels end. */
static void
done(int fd[2])
{
	link_close(fd[0]);
	link_close(fd[1]);
}

/* Both stay until the receiver has had enough. */
static void
stay(int fd[2])
{
	link_wait(fd[0]);
	done(fd);
}

/* ---- bytes that are no stream ---- */

static void
noise_send(const struct front *front, int fd[2])
{
	unsigned char noise[65536];
	unsigned int seed = (unsigned int)link_now();
	size_t k;

	for (k = 0; k < sizeof noise; k++)
		noise[k] = (unsigned char)(rand_r(&seed) >> 7);
	noise[0] = 0;		/* neither a hello nor a main stream */
	while (link_send(fd[0], noise, sizeof noise) &&
	    !link_time_is_up(front))
		;
	stay(fd);
}

static void
noise(const struct front *front)
{
	int fd[2] = { link_open(front), link_open(front) };

	noise_send(front, fd);
}

static void
noise_after_hello(const struct front *front)
{
	int fd[2];

	if (link_pair(front, fd))
		noise_send(front, fd);
}

/* One packet head with a word of it changed, and then silence. */
static void
changed(const struct front *front, size_t offset, uint32_t value)
{
	unsigned char head[PEER_HEAD];
	int fd[2];

	if (!link_pair(front, fd))
		return;
	peer_head(head, "a", 0, 0, 100);
	peer_put(head, offset, value);
	link_send(fd[0], head, sizeof head);
	stay(fd);
}

#define CHANGED(name, offset, value)					\
	static void							\
	name(const struct front *front)					\
	{								\
		changed(front, offset, value);				\
	}

CHANGED(device_flag_and_sync, 8, 0x41)
CHANGED(unknown_flag, 8, 0x100)
CHANGED(unknown_version, 4, 2)
CHANGED(empty_name, 12, 0)
CHANGED(endless_name, 264, 0x41414141)
CHANGED(no_length, 272, 0)
CHANGED(huge_length, 272, 0xffffffff)
CHANGED(reserved_idx, 280, 0xffffffff)
CHANGED(unknown_state_flag, 284, 2)

static void
hello_changed(const struct front *front, size_t offset, uint32_t value)
{
	unsigned char hello[PEER_HELLO];
	int fd[2] = { link_open(front), link_hello(front, 1) };

	peer_hello(hello, 0);
	peer_put(hello, offset, value);
	link_send(fd[0], hello, sizeof hello);
	stay(fd);
}

static void
hello_id_again(const struct front *front)
{
	hello_changed(front, 24, 0x01000000);
}

static void
hello_id_beyond(const struct front *front)
{
	hello_changed(front, 24, 0x02000000);
}

static void
hello_twice(const struct front *front)
{
	unsigned char hello[2 * PEER_HELLO + PEER_RAM];
	int fd[2];

	if (!link_pair(front, fd))
		return;
	memset(hello, 0xee, sizeof hello);
	peer_hello(hello, 0);
	peer_put(hello, 8, 0xeeeeeeee);	/* the uuid, where flags would be */
	link_send(fd[0], hello, sizeof hello);
	stay(fd);
}

static void
evil_name(const struct front *front)
{
	int fd[2];

	if (!link_pair(front, fd))
		return;
	link_head(fd[0], "x\033[2J\nvfiomig: all is well\"", 0, 0, 4);
	stay(fd);
}

/* ---- streams that cannot be ---- */

static void
config_first(const struct front *front)
{
	int fd[2];

	if (!link_pair(front, fd))
		return;
	link_packet(fd[0], "a", 0, PEER_CONFIG, 10);
	link_packet(fd[0], "a", 1, 0, 10);
	stay(fd);
}

static void
config_again(const struct front *front)
{
	int fd[2];

	if (!link_pair(front, fd))
		return;
	link_packet(fd[0], "a", 3, PEER_CONFIG, 10);
	link_sleep(20);
	link_packet(fd[1], "a", 5, PEER_CONFIG, 10);
	stay(fd);
}

/* An idx that the device is past already. */
static void
config_late(const struct front *front)
{
	uint32_t idx;
	int fd[2];

	if (!link_pair(front, fd))
		return;
	for (idx = 0; idx < 8; idx++)
		link_packet(fd[0], "a", idx, 0, 10);
	link_packet(fd[0], "a", 2, PEER_CONFIG, 10);
	stay(fd);
}

static void
idx_far_ahead(const struct front *front)
{
	int fd[2];

	if (!link_pair(front, fd))
		return;
	link_packet(fd[0], "a", 0xfffffffe, 0, 10);
	link_packet(fd[1], "a", 0xfffffff0, 0, 10);
	stay(fd);
}

static void
repeated(const struct front *front)
{
	uint32_t idx;
	int fd[2];

	if (!link_pair(front, fd))
		return;
	for (idx = 0; link_packet(fd[0], "a", idx, 0, 4096) &&
	    link_packet(fd[1], "a", idx, 0, 4096); idx++)
		;
	stay(fd);
}

static void
missing(const struct front *front)
{
	uint32_t idx;
	int fd[2];

	if (!link_pair(front, fd))
		return;
	for (idx = 1; idx < 20; idx++)
		link_packet(fd[idx % 2], "a", idx, 0, 1000);
	done(fd);
}

/* As many packets of a device as go, but never what it waits for. */
static void
all_but_the_first(int fd, const char *idstr)
{
	uint32_t idx;

	for (idx = 1; link_packet(fd, idstr, idx, 0, 32768); idx++)
		;
}

/*
 * What each device waits for would be behind the other's packets.  A process
 * for each channel, so that one that is parked does not keep the other short.
 */
static void
crossed(const struct front *front)
{
	int fd[2];
	pid_t other;

	if (!link_pair(front, fd))
		return;
	other = fork();
	if (other == 0) {
		all_but_the_first(fd[0], "a");
		_exit(0);
	}
	all_but_the_first(fd[1], "b");
	waitpid(other, NULL, 0);
	stay(fd);
}

/* ---- floods ---- */

static void
flood_ram(const struct front *front, uint32_t flags, uint32_t payload)
{
	int fd[2];

	if (!link_pair(front, fd))
		return;
	while (!link_time_is_up(front) && link_ram(fd[0], flags, payload) &&
	    link_ram(fd[1], flags, payload))
		;
	done(fd);
}

static void
flood_of_sync(const struct front *front)
{
	flood_ram(front, PEER_SYNC, 0);
}

static void
flood_of_ram(const struct front *front)
{
	flood_ram(front, 0x02, 512 << 10);
}

/* One packet that promises 4 GiB, and sends as much of it as there is time
 * for, but not all. */
static void
huge_ram(const struct front *front)
{
	unsigned char ram[PEER_RAM];
	uint32_t left = 0xffffffff;
	int fd[2];

	if (!link_pair(front, fd))
		return;
	peer_ram(ram, 0, left);
	link_send(fd[0], ram, sizeof ram);
	while (!link_time_is_up(front) && left > sizeof ram &&
	    link_send(fd[0], ram, sizeof ram))
		left -= sizeof ram;
	done(fd);
}

static void
flood_of(const struct front *front, uint32_t size)
{
	uint32_t idx = 0;
	int fd[2];

	if (!link_pair(front, fd))
		return;
	while (!link_time_is_up(front) &&
	    link_packet(fd[0], "a", idx, 0, size) &&
	    link_packet(fd[1], "b", idx, 0, size))
		idx++;
	done(fd);
}

static void
flood_of_nothing(const struct front *front)
{
	flood_of(front, 0);
}

static void
flood_of_bytes(const struct front *front)
{
	flood_of(front, 1);
}

static void
flood_of_data(const struct front *front)
{
	flood_of(front, 1 << 20);
}

/* ---- slowness, and too many ---- */

static void
half_a_header(const struct front *front)
{
	unsigned char head[PEER_HEAD];
	int fd[2];

	if (!link_pair(front, fd))
		return;
	peer_head(head, "a", 0, 0, 100);
	link_send(fd[0], head, sizeof head / 2);
	stay(fd);
}

static void
silence(const struct front *front)
{
	int fd[2] = { link_open(front), link_open(front) };

	stay(fd);
}

/* A byte now and then, which keeps a stall timeout from firing. */
static void
drops(const struct front *front)
{
	unsigned char head[PEER_HEAD];
	size_t k;
	int fd[2];

	if (!link_pair(front, fd))
		return;
	peer_head(head, "a", 0, 0, 100);
	for (k = 0; k < sizeof head - 1 && link_send(fd[0], head + k, 1) &&
	    !link_time_is_up(front); k++)
		link_sleep(5);
	done(fd);
}

static void
thousand_connections(const struct front *front)
{
	static int many[1000];
	size_t k;

	for (k = 0; k < sizeof many / sizeof *many; k++) {
		many[k] = link_open(front);
		if (many[k] < 0)
			break;
	}
	if (k > 0)
		link_wait(many[0]);
	while (k-- > 0)
		link_close(many[k]);
}

/* Come and go, as fast as it can be done. */
static void
churn(const struct front *front)
{
	int fd;

	do {
		fd = link_open(front);
		link_close(fd);
	} while (fd >= 0 && !link_time_is_up(front));
}

/* Main streams in the place of channels. */
static void
main_streams(const struct front *front)
{
	int fd[3], k;

	for (k = 0; k < 3; k++) {
		fd[k] = link_open(front);
		if (fd[k] >= 0)
			link_send(fd[k], "QEVM\0\0\0\003", 8);
	}
	for (k = 0; k < 3; k++) {
		link_wait(fd[k]);
		link_close(fd[k]);
	}
}

/* Two whole devices, and garbage where the end should be. */
static void
sting_in_the_tail(const struct front *front)
{
	static const char tail[400] = "garbage";
	int fd[2];

	if (!link_pair(front, fd))
		return;
	link_packet(fd[0], "a", 0, 0, 5000);
	link_packet(fd[1], "b", 0, 0, 5000);
	link_packet(fd[0], "a", 1, PEER_CONFIG, 100);
	link_packet(fd[1], "b", 1, PEER_CONFIG, 100);
	link_sleep(50);
	link_send(fd[0], tail, sizeof tail);
	stay(fd);
}

#define TOO_SOON "stream ended too soon"
#define SILENT	 "peer is silent"

const struct attack attacks[] = {
	{ "noise", noise, "hello: wrong magic", false },
	{ "noise_after_hello", noise_after_hello,
	    "packet header: wrong magic", false },
	{ "device_flag_and_sync", device_flag_and_sync,
	    "device state with another flag", false },
	{ "unknown_flag", unknown_flag, "unknown flag", false },
	{ "unknown_version", unknown_version, "unknown version", false },
	{ "empty_name", empty_name, "idstr is empty", false },
	{ "endless_name", endless_name, "idstr does not end", false },
	{ "no_length", no_length, "payload shorter than its header", false },
	{ "huge_length", huge_length, "longer than the largest allowed", false },
	{ "reserved_idx", reserved_idx, "idx is reserved", false },
	{ "unknown_state_flag", unknown_state_flag, "unknown flag", false },
	{ "hello_id_again", hello_id_again, "the id came twice", false },
	{ "hello_id_beyond", hello_id_beyond, "the id is out of range", false },
	{ "hello_twice", hello_twice, "unknown flag", false },
	{ "evil_name", evil_name, "x\\?\\[2J\\?vfiomig: all is well\\?", false },
	{ "config_first", config_first, "beyond the config packet", false },
	{ "config_again", config_again, "a second config packet", false },
	{ "config_late", config_late,
	    "it came before|before the last data packet", false },
	{ "idx_far_ahead", idx_far_ahead, TOO_SOON, false },
	{ "repeated", repeated, "it came before", false },
	{ "missing", missing, TOO_SOON, false },
	{ "crossed", crossed, "deadlock: .*awaited=.*a idx 0.*b idx 0", false },
	{ "flood_of_sync", flood_of_sync, TOO_SOON, false },
	{ "flood_of_ram", flood_of_ram, TOO_SOON, false },
	{ "huge_ram", huge_ram, "it ended inside a packet", false },
	{ "flood_of_nothing", flood_of_nothing, TOO_SOON, false },
	{ "flood_of_bytes", flood_of_bytes, TOO_SOON, false },
	{ "flood_of_data", flood_of_data, TOO_SOON, false },
	{ "half_a_header", half_a_header, SILENT, true },
	{ "silence", silence, SILENT, true },
	{ "drops", drops, "it ended inside a header", false },
	{ "thousand_connections", thousand_connections,
	    SILENT "|too many", true },
	{ "churn", churn, "it ended inside a packet|too many", false },
	{ "main_streams", main_streams, "main stream|" SILENT, true },
	{ "sting_in_the_tail", sting_in_the_tail, "wrong magic", false },
};
const size_t attacks_count = sizeof attacks / sizeof *attacks;

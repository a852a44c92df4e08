/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * dest.h - a destination under test, and scripts of what a source sends it
 *
 * Devices are named dev0, dev1 ... and are recorders (record.h).  A device's
 * data is its stream, cut into packets; packet idx begins where idx - 1 ended.
 * In the simple form all packets of a test have one size: packet idx of
 * device n is bytes idx * size and following.
 */
#ifndef TESTS_INCOMING_DEST_H
#define TESTS_INCOMING_DEST_H

#include <pthread.h>

#include <vfiomig/vfiomig.h>

#include "record.h"

enum {
	DEST_DEVICES = 8, DEST_CHANNELS = 16, DEST_EVENTS = 4096,
	DEST_CONFIG = 300,	/* bytes of config state */
	PACKET_ROOM = 128 << 10	/* the least memory a largest packet has */
};

struct dest {
	struct vfiomig *mig;
	int devices;
	struct vfiomig_device *device[DEST_DEVICES];
	struct vfiomig_channel *channel[DEST_CHANNELS];

	/* config states that came, and a test's say in it */
	struct dest_config {
		struct dest *dest;
		int number;
		_Atomic int loads;
		size_t size;		/* right; 0: DEST_CONFIG */
		int wrong;		/* not what config_fill() makes */
		int (*call)(struct dest *dest, int number);
	} config[DEST_DEVICES];

	pthread_mutex_t lock;		/* log and event */
	char log[8192];			/* lines, "LEVEL line\n" */
	struct vfiomig_trace event[DEST_EVENTS];
	int events;
};

/* One's own fields of vfiomig_config before dest_open: budget, window ... */
#define DEST_CONFIG_INIT(...) \
	(struct vfiomig_config) { .size = sizeof(struct vfiomig_config), \
	    .packet_max = PACKET_ROOM, __VA_ARGS__ }

/* A migration and its devices; @flags and @backend are for all of them. */
void dest_open(struct dest *dest, int devices,
    const struct vfiomig_config *config, uint32_t flags, const char *backend);

/* The same in short, all of it nonblocking: recorders, and @spans packets of
 * budget beyond what is set aside. */
void dest_open_nonblock(struct dest *dest, int devices, int spans,
    int channels);

/* Open channel @number; -1: no fd. */
void dest_channel(struct dest *dest, int number, int fd, uint32_t flags);

/* Two devices, a window of 4, three channels of which the third is not open;
 * all nonblocking. */
void dest_open_two(struct dest *dest);

/* Free it, expecting no wrong byte in any device. */
void dest_close(struct dest *dest);

/* Everything of @device is there: @bytes of its stream, the config state. */
void dest_expect_whole(struct dest *dest, int device, uint64_t bytes);

/* The migration failed with @code and words that have each of @words in them
 * (separated by "|"). */
void dest_expect_failure(struct dest *dest, int code, const char *words);
void words_are_in(const char *text, const char *words);

/* The code that @call is to return here; every_code_is_provoked.sh looks
 * whether there is one for each in the header. */
#define CODE(call, error) (-(error))

/* ---- packets for submit and reserve ---- */

/* 12 bytes of header, then @size bytes of @device's stream at @offset; all in
 * static memory of the calling thread. */
const void *packet_data(int device, uint32_t idx, uint64_t offset,
    uint32_t size);
/* The same with the config state, DEST_CONFIG bytes. */
const void *packet_config(int device, uint32_t idx);
/* Just a header. */
const void *packet_header(uint32_t version, uint32_t idx, uint32_t flags);
void config_fill(int device, void *data);

/* Submit packet @idx of the simple form; and the config packet. */
int dest_submit(struct dest *dest, int channel, int device, uint32_t idx,
    uint32_t size);
int dest_submit_config(struct dest *dest, int channel, int device,
    uint32_t idx);

/* ---- scripts: the bytes of a channel ---- */

struct script {
	uint8_t *bytes;
	size_t size, room;
};

void script_add(struct script *script, const void *bytes, size_t size);
void script_hello(struct script *script, int id, const uint8_t *uuid);
void script_packet(struct script *script, int device, uint32_t idx,
    uint64_t offset, uint32_t size);
void script_config(struct script *script, int device, uint32_t idx);
/* Only the 288 bytes, which say that @size bytes of data follow. */
void script_head(struct script *script, const char *idstr, uint32_t instance,
    uint32_t idx, uint32_t flags, uint32_t size);
/* A RAM packet, @flags SYNC or a compression: payload byte k is (uint8_t)k. */
void script_ram(struct script *script, uint32_t flags, uint32_t page_size,
    uint32_t payload);
void script_free(struct script *script);

/* The ways a channel's bytes can come. */
enum carrier { SOCKET, PIPE, FILE_FD, CARRIERS };

/*
 * An fd that gives the script's bytes and then the end of file.  What does
 * not fit into a socket or pipe is refused by an assertion: keep it small.
 */
int script_fd(const struct script *script, enum carrier carrier);

/* Run channel @number over the script's bytes, then close the fd; the result
 * of run. */
int dest_run(struct dest *dest, int number, const struct script *script,
    enum carrier carrier);

/* ---- threads ---- */

struct thread {
	pthread_t thread;
	int result;
	_Atomic int done;
	void *arg;
	int (*call)(void *);
};

void thread_start(struct thread *thread, int (*call)(void *), void *arg);
int thread_join(struct thread *thread);
/* vfiomig_buffer_drain and vfiomig_channel_run in a thread. */
void drain_start(struct thread *thread, struct vfiomig_device *device);
void run_start(struct thread *thread, struct vfiomig_channel *channel);

/* Wait until @what is true, without a limit: the suite has one. */
#define AWAIT(what) do { while (!(what)) usleep(200); } while (0)

bool fd_readable(int fd);
/* Channel @number was told to go on. */
bool dest_told(struct dest *dest, int number);

struct vfiomig_device_stats device_stats(struct vfiomig_device *device);
struct vfiomig_channel_stats channel_stats(struct vfiomig_channel *channel);
struct vfiomig_stats dest_stats(struct dest *dest);

#endif

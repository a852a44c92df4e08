/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * link.h - a hostile source's connections
 *
 * Nothing here fails the test: a receiver that has had enough closes, and then
 * sending says false and the attack is over.
 */
#ifndef TESTS_HOSTILE_LINK_H
#define TESTS_HOSTILE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What an attack is given. */
struct front {
	const char *path;	/* the receiver's socket */
	pid_t pid;		/* the receiver */
	uint64_t until;		/* ns: floods go on for so long */
};

uint64_t link_now(void);
bool link_time_is_up(const struct front *front);

/* Connect; waits until the receiver listens.  -1: it does not any more. */
int link_open(const struct front *front);
/* The same, with a good hello sent. */
int link_hello(const struct front *front, unsigned int id);
/* Both channels of a receiver, in @fd. */
bool link_pair(const struct front *front, int fd[2]);

/* False: the other side is gone, or takes nothing for seconds. */
bool link_send(int fd, const void *bytes, size_t size);
bool link_packet(int fd, const char *idstr, uint32_t idx, uint32_t flags,
    uint32_t size);
/* A packet's head alone, that promises @size bytes. */
bool link_head(int fd, const char *idstr, uint32_t idx, uint32_t flags,
    uint32_t size);
bool link_ram(int fd, uint32_t flags, uint32_t payload);

/* Wait until the other side closes, 20 seconds at most. */
void link_wait(int fd);
void link_close(int fd);
void link_sleep(unsigned int milliseconds);

#endif

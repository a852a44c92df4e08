/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * network.h - descriptors out of addresses
 */
#ifndef TOOLS_NETWORK_H
#define TOOLS_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"

/* Where a receiver's connections come from. */
struct inlet {
	int listener;		/* to accept from, or -1: they are in fd */
	int fd[256];
	int count;
	char unlink[256];	/* the path of a UNIX socket that is ours */
};

/* True when @channels descriptors in a row, where @address has some, are
 * open; said otherwise.  To be asked before the program opens its own. */
bool address_is_inherited(const struct address *address, int channels);

/*
 * Open the inlet of @address for @channels connections, and say where it
 * listens unless @quiet.  A descriptor that is given may listen; one that is
 * connected is the first of @channels in a row.  0, or said why not.
 */
int inlet_open(struct inlet *inlet, const struct address *address,
    int channels, bool quiet);
void inlet_close(struct inlet *inlet);

/* A new connection, ours to close, or a negative errno. */
int inlet_accept(struct inlet *inlet);

/*
 * Make @channels connections to @address, waiting at most @timeout
 * milliseconds for each, 0: as long as the system does.  0, or said why not.
 */
int outlet_open(int *fd, const struct address *address, int channels,
    uint64_t timeout);
void outlet_close(const int *fd, int channels);

#endif

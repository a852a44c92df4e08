/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * outlet.h - connections to a QEMU destination: its main stream and channels
 */
#ifndef TESTS_VM_OUTLET_H
#define TESTS_VM_OUTLET_H

#include <stddef.h>
#include <sys/uio.h>

#define OUTLETS_MAX 16

/* Connect to 127.0.0.1:@port, once for the main stream and @count times for
 * channels, whose hello is sent.  Dies where it cannot. */
void outlets_open(unsigned int port, unsigned int count);
void outlets_close(void);

unsigned int outlets_count(void);

/* Write all of the pieces to a channel, nothing in between; any thread.
 * Returns 0 or a negative errno; @iov is used up. */
int outlet_write(unsigned int number, struct iovec *iov, size_t count);

/* Copy everything from @fd to the main stream, until it ends. */
void outlet_stream(int fd);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tcp.h - connections over loopback, and whole reads and writes of them
 */
#ifndef BENCH_TCP_H
#define BENCH_TCP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

/* A listening socket; its port. */
int tcp_listen(int *port);
int tcp_accept(int listener);
int tcp_connect(int port);

/* All @size bytes; false: the end came first.  Anything else ends it all. */
bool tcp_read(int fd, void *data, size_t size);
/* All of it; @iov is used up. */
void tcp_write(int fd, struct iovec *iov, int n);

#endif

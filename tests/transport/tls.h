/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tls.h - a channel through a TLS library, as a VMM would carry it
 *
 * The two functions are what vfiomig_channel_config wants as readv and
 * writev, with a struct tls as opaque.
 */
#ifndef TESTS_TRANSPORT_TLS_H
#define TESTS_TRANSPORT_TLS_H

#include <openssl/ssl.h>
#include <sys/uio.h>

#include <vfiomig/vfiomig.h>

struct tls {
	SSL *ssl;
	int fd;
	struct vfiomig *mig;		/* its failure ends every wait */
};

/* A context for each side, with a certificate made for this process. */
SSL_CTX *tls_server(void);
SSL_CTX *tls_client(void);

/* Take the connected socket @fd, made nonblocking here. */
void tls_open(struct tls *tls, SSL_CTX *context, int fd, struct vfiomig *mig);
/* Blocks.  Each side in a thread of its own.  0 or a negative errno. */
int tls_handshake(struct tls *tls, int server);
/* Tell the peer that nothing more will come. */
void tls_end(struct tls *tls);
void tls_free(struct tls *tls);

ssize_t tls_readv(void *opaque, const struct iovec *iov, int count);
ssize_t tls_writev(void *opaque, const struct iovec *iov, int count);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tls.c - a channel through a TLS library, as a VMM would carry it
 *
 * Idea: the socket does not block; where the TLS library wants to wait, we
 * poll in short pieces and look whether the migration has failed, so that a
 * cancel is heard.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <poll.h>
#include <stdbool.h>

#include "tls.h"

enum { LOOK_MS = 50, DAY = 86400 };

SSL_CTX *
tls_client(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	ck_assert_ptr_nonnull(context);
	return context;
}

SSL_CTX *
tls_server(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	ck_assert(context != NULL && key != NULL && cert != NULL);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(cert), DAY);
	X509_set_pubkey(cert, key);
	ck_assert_int_gt(X509_sign(cert, key, EVP_sha256()), 0);
	ck_assert_int_eq(SSL_CTX_use_certificate(context, cert), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(context, key), 1);
	X509_free(cert);
	EVP_PKEY_free(key);
	return context;
}

void
tls_open(struct tls *tls, SSL_CTX *context, int fd, struct vfiomig *mig)
{
	tls->fd = fd;
	tls->mig = mig;
	tls->ssl = SSL_new(context);
	ck_assert_ptr_nonnull(tls->ssl);
	ck_assert_int_eq(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK),
	    0);
	ck_assert_int_eq(SSL_set_fd(tls->ssl, fd), 1);
}

void
tls_free(struct tls *tls)
{
	SSL_free(tls->ssl);
}

/* The TLS library said @r: 0, try again; 1, the end; or a negative errno. */
static int
tls_wait(struct tls *tls, int r)
{
	struct pollfd fd = { .fd = tls->fd };
	int failure;

	switch (SSL_get_error(tls->ssl, r)) {
	case SSL_ERROR_WANT_READ:	fd.events = POLLIN;	break;
	case SSL_ERROR_WANT_WRITE:	fd.events = POLLOUT;	break;
	case SSL_ERROR_ZERO_RETURN:	return 1;
	default:			return -EIO;
	}
	while (poll(&fd, 1, LOOK_MS) == 0) {
		failure = vfiomig_failure(tls->mig, NULL, 0);
		if (failure < 0)
			return failure;
	}
	return 0;
}

int
tls_handshake(struct tls *tls, int server)
{
	int r, w;

	for (;;) {
		r = server ? SSL_accept(tls->ssl) : SSL_connect(tls->ssl);
		if (r == 1)
			return 0;
		w = tls_wait(tls, r);
		if (w != 0)
			return w < 0 ? w : -EPIPE;
	}
}

void
tls_end(struct tls *tls)
{
	SSL_shutdown(tls->ssl);
}

/* A piece is enough: reads and writes may be short. */
ssize_t
tls_readv(void *opaque, const struct iovec *iov, int count)
{
	struct tls *tls = opaque;
	int r, w;

	(void)count;
	for (;;) {
		r = SSL_read(tls->ssl, iov[0].iov_base, (int)iov[0].iov_len);
		if (r > 0)
			return r;
		w = tls_wait(tls, r);
		if (w != 0)
			return w < 0 ? w : 0;
	}
}

ssize_t
tls_writev(void *opaque, const struct iovec *iov, int count)
{
	struct tls *tls = opaque;
	int r, w;

	(void)count;
	for (;;) {
		r = SSL_write(tls->ssl, iov[0].iov_base, (int)iov[0].iov_len);
		if (r > 0)
			return r;
		w = tls_wait(tls, r);
		if (w != 0)
			return w < 0 ? w : -EPIPE;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Channels carried by a TLS library through the caller's functions, and by the
 * kernel's TLS through the fd itself: every byte arrives, and a cancel ends
 * them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plugins/sim/sim.h"
#include "tests/outgoing/pair.h"
#include "tls.h"
#include "../suite.h"

enum { CHANNELS = 4, DEVICES = 2, SIZE = 2 << 20 };

static SSL_CTX *server, *client;
static struct tls tls[CHANNELS][2];	/* of the source, of the target */
static bool by_kernel;
static bool kernel[CHANNELS][2];	/* it carries this side */
static atomic_int dressed;		/* sides that have shaken hands */

static void
tcp_pair(int fd[2])
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	socklen_t size = sizeof a;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(listener, (struct sockaddr *)&a, size), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&a, &size),
	    0);
	fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd[0], (struct sockaddr *)&a, size), 0);
	fd[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ck_assert_int_ge(fd[1], 0);
	close(listener);
}

/* As the thread of a VMM would: shake hands, then lend the channel. */
static void
dress(struct pair *pair, int channel, bool source,
    struct vfiomig_channel_config *config)
{
	struct tls *t = &tls[channel][source ? 0 : 1];

	tls_open(t, source ? client : server, config->fd,
	    source ? pair->source.mig : pair->target.mig);
	ck_assert_int_eq(tls_handshake(t, !source), 0);
	atomic_fetch_add(&dressed, 1);
	if (by_kernel && BIO_get_ktls_send(SSL_get_wbio(t->ssl)) &&
	    BIO_get_ktls_recv(SSL_get_rbio(t->ssl))) {
		kernel[channel][source ? 0 : 1] = true;
		return;
	}
	config->fd = -1;
	config->readv = tls_readv;
	config->writev = tls_writev;
	config->opaque = t;
}

static void
end(struct pair *pair, int channel, bool source)
{
	struct tls *t = &tls[channel][source ? 0 : 1];

	if (!kernel[channel][source ? 0 : 1])
		tls_end(t);
	shutdown(pair->fd[channel][source ? 0 : 1], SHUT_WR);
}

static void
opened(struct pair *pair, const char *source, const char *target)
{
	int k;

	pair_open(pair, DEVICES, CHANNELS, source, target, NULL);
	pair->dress = dress;
	pair->end = end;
	for (k = 0; k < CHANNELS; k++) {
		close(pair->fd[k][0]);
		close(pair->fd[k][1]);
		tcp_pair(pair->fd[k]);
	}
	server = tls_server();
	client = tls_client();
	if (by_kernel) {
		SSL_CTX_set_options(server, SSL_OP_ENABLE_KTLS);
		SSL_CTX_set_options(client, SSL_OP_ENABLE_KTLS);
		SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
	}
}

static void
closed(struct pair *pair)
{
	int k;

	for (k = 0; k < CHANNELS; k++) {
		tls_free(&tls[k][0]);
		tls_free(&tls[k][1]);
	}
	pair_close(pair);
	SSL_CTX_free(server);
	SSL_CTX_free(client);
}

static void
all_arrived(const struct pair *pair)
{
	struct sim_view view;
	char tag[16];
	int k;

	for (k = 0; k < DEVICES; k++) {
		ck_assert_msg(pair->target.device_result[k] == 0, "%d: %s",
		    pair->target.device_result[k], pair->log);
		snprintf(tag, sizeof tag, "t%d", k);
		ck_assert_int_eq(sim_find(tag, &view), 0);
		ck_assert_uint_eq(view.verified, SIZE);
	}
}

static void
moved(void)
{
	struct pair pair;
	char params[32];

	snprintf(params, sizeof params, "size=%d,seed=9", SIZE);
	opened(&pair, params, params);
	pair_run(&pair);
	all_arrived(&pair);
	closed(&pair);
}

START_TEST(every_byte_arrives_by_functions)
{
	by_kernel = false;
	moved();
}
END_TEST

/* Where the kernel has none, the functions carry it and that is said. */
START_TEST(every_byte_arrives_by_the_kernel)
{
	by_kernel = true;
	moved();
	if (!kernel[0][0])
		printf("TLS of the kernel: not to be had here\n");
}
END_TEST

static void *
cancel_soon(void *opaque)
{
	struct pair *pair = opaque;

	while (atomic_load(&dressed) < 2 * CHANNELS)
		usleep(1000);
	usleep(200000);
	vfiomig_cancel(pair->target.mig);
	vfiomig_cancel(pair->source.mig);
	return NULL;
}

START_TEST(cancel_is_heard)
{
	struct pair pair;
	pthread_t thread;

	by_kernel = false;
	opened(&pair, "size=1G,bandwidth=1M", "size=1G,bandwidth=1M");
	atomic_store(&dressed, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, cancel_soon, &pair), 0);
	pair_run(&pair);
	pthread_join(thread, NULL);
	ck_assert_int_eq(vfiomig_failure(pair.target.mig, NULL, 0),
	    -ECANCELED);
	closed(&pair);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("tls");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, every_byte_arrives_by_functions);
	tcase_add_test(tests, every_byte_arrives_by_the_kernel);
	tcase_add_test(tests, cancel_is_heard);
	return suite_main("transport", tests, 0);
}

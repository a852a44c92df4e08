/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * digest.h - a backend that has another do the work and takes the digest of
 * all that is loaded: what the library really gave to the device
 */
#ifndef TOOLS_DIGEST_H
#define TOOLS_DIGEST_H

#include "devices.h"
#include "options.h"
#include "sha256.h"

/* Of one device; its thread's until its drain has returned. */
struct digest {
	const struct vfiomig_backend *backend;	/* who does the work */
	const char *params;
	struct sha256 data, config;
};

/*
 * Register the digesting backends, and let the k-th device of @list have one
 * of them, whose digests are *digest_of(k).  Once a process.  0, or said why
 * not.
 */
int digest_wrap(struct device_list *list, const struct plugin_list *plugins);

struct digest *digest_of(size_t k);

/* Forget the data that was loaded so far. */
void digest_restart(size_t k);

#endif

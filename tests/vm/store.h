/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * store.h - a backend that keeps a device's state in memory: what one
 * migration loads into a slot another one saves from it
 *
 * Its name is "store", its parameters the number of the slot, and the most
 * bytes that one read gives: "2:4096".  Memory is there from the start, so it
 * works in a sandbox.
 */
#ifndef TESTS_VM_STORE_H
#define TESTS_VM_STORE_H

#include <stddef.h>

#define STORE_SLOTS	4
#define STORE_SIZE	((size_t)8 << 20)	/* bytes of a slot, at most */

struct vfiomig_backend;

const struct vfiomig_backend *vfiomig_backend_v1_store_backend(void);

/* Bytes that were loaded into a slot, and of its config state. */
size_t store_size(unsigned int slot);
size_t store_config_size(unsigned int slot);

#endif

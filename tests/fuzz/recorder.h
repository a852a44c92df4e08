/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recorder.h - a backend that keeps what is loaded into it
 *
 * Parameters: its number, '0' to '3', and how it takes bytes: after the
 * number a letter; 'w' whole, 's' at most 7 at a time, 'i' interrupted at
 * every second call.
 */
#ifndef TESTS_FUZZ_RECORDER_H
#define TESTS_FUZZ_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECORDER_DEVICES = 4, RECORDER_BYTES = 4 << 20 };

struct recorder {
	char manner;
	bool open;
	uint32_t state;
	uint32_t calls;
	uint32_t configs;	/* times a config state was loaded */
	uint32_t config_size;
	size_t config_at;	/* bytes loaded before it */
	size_t size;
	uint8_t config[256 << 10];
	uint8_t data[RECORDER_BYTES];
};

/* What the devices have; there is one set of them. */
extern struct recorder recorder[RECORDER_DEVICES];

struct vfiomig_backend;
extern struct vfiomig_backend recorder_backend;

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * recording.h - recorded channels and main streams, read whole: a record for
 * every packet, the first fault of each file, and what became of each device
 *
 * Memory goes with the number of packets in the files, never with a number
 * that stands in them.
 */
#ifndef TOOLS_RECORDING_H
#define TOOLS_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECORDED_FILES = 512, RECORDED_DEVICES = 1024 };

enum record_kind {
	RECORD_HELLO,
	RECORD_SYNC,
	RECORD_RAM,
	RECORD_STATE,
	RECORD_PRECOPY,		/* of a main stream, like what follows */
	RECORD_SWITCHOVER,
	RECORD_KINDS
};

struct record {
	uint64_t offset;	/* in its file */
	uint64_t length;	/* of data, headers not counted */
	enum record_kind kind;
	uint16_t file;
	int16_t device;		/* -1: none */
	uint32_t idx, flags;	/* of RECORD_STATE */
};

struct recorded_file {
	const char *name;
	bool is_main;
	uint64_t bytes;		/* read */
	uint8_t id;		/* of the hello */
	uint8_t uuid[16];
	size_t first, end;	/* its records */
	bool faulty;
	uint64_t fault_offset;
	char fault[160];	/* words */
};

struct recorded_device {
	char idstr[256];
	uint32_t instance_id;
	uint64_t packets, data_bytes, config_bytes, precopy_bytes;
	uint32_t config_idx;	/* when configs is not 0 */
	uint64_t configs;
	bool missing, repeated;	/* first of them: */
	uint32_t missing_idx, repeated_idx;
	bool beyond;		/* packets behind the config packet */
	/* while a file is read */
	int last_file;
	uint32_t last_idx;
};

struct recording {
	struct record *record;
	size_t records, room;
	struct recorded_file file[RECORDED_FILES];
	int files;
	struct recorded_device *device;
	int devices;
};

/* Read one more file.  0, or a negative errno when it could not be read; a
 * fault in it is no error. */
int recording_add(struct recording *recording, const char *name,
    uint32_t page_size);

/* After the last file: what is missing, and so on. */
int recording_judge(struct recording *recording);

/* True when every packet of the device, and its config packet, is there. */
bool recorded_whole(const struct recorded_device *device);

void recording_free(struct recording *recording);

#endif

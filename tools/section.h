/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * section.h - sections of QEMU's main migration stream: their headers, and
 * which ones there are
 *
 * Pure functions but for the table, which is of fixed size.
 */
#ifndef TOOLS_SECTION_H
#define TOOLS_SECTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SECTIONS_MAX = 128, SECTION_IDSTR = 256, SECTION_HEADER_MAX = 269 };

enum section_kind {		/* what a section's first byte says */
	KIND_END_OF_STREAM = 0x00,
	KIND_START	   = 0x01,	/* of a section in several parts */
	KIND_PART	   = 0x02,
	KIND_END	   = 0x03,	/* its last part */
	KIND_FULL	   = 0x04,	/* of a section in one */
	KIND_DESCRIPTION   = 0x06,
	KIND_CONFIGURATION = 0x07,
	KIND_COMMAND	   = 0x08,
	KIND_FOOTER	   = 0x7e
};

enum section_command {
	COMMAND_RETURN_PATH = 1,
	COMMAND_PING	    = 2,
	COMMAND_POSTCOPY    = 3,	/* is possible */
	COMMAND_PACKAGED    = 8,
	COMMAND_SWITCHOVER  = 11
};

struct section_header {
	uint8_t kind;
	uint32_t id;			/* of the section, or the command */
	uint32_t length;		/* of a command's data */
	uint32_t instance_id;
	char idstr[SECTION_IDSTR];
};

/* Whose section it is. */
enum section_owner { OWNER_OTHER, OWNER_RAM, OWNER_VFIO };

/* One that came with START. */
struct section {
	uint32_t id;
	enum section_owner owner;
	int ended;
	uint32_t instance_id;
	char idstr[SECTION_IDSTR];
};

struct sections {
	size_t count;
	struct section list[SECTIONS_MAX];
};

/* Integers as they stand in the stream, big-endian. */
uint32_t section_get16(const uint8_t *p);
uint32_t section_get32(const uint8_t *p);
uint64_t section_get64(const uint8_t *p);

/*
 * A header that makes sense, now, out of the @n bytes at @p: the bytes it
 * takes, -EAGAIN when there are too few to tell, -EBADMSG when it makes none.
 */
ssize_t section_header(struct sections *sections, const uint8_t *p,
    size_t n, struct section_header *header);

/* Note a START; NULL when there are too many. */
struct section *section_add(struct sections *sections,
    const struct section_header *header);

/* By its number; the VFIO device's by its name.  NULL: none. */
struct section *section_find(struct sections *sections, uint32_t id);
struct section *section_vfio(struct sections *sections,
    const struct section_header *header);

#endif

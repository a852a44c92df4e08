/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * section.c - sections of QEMU's main migration stream: their headers, and
 * which ones there are
 *
 * Idea
 *
 *   Headers are also looked for behind content whose length is not known, so
 *   all is checked that can be: a name is printable, a section that goes on
 *   has begun and has not ended, a new one's number is new or that of its
 *   name, a command's data is as long as that command's is.
 */
#include <errno.h>
#include <string.h>

#include "section.h"

uint32_t
section_get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

uint32_t
section_get32(const uint8_t *p)
{
	return section_get16(p) << 16 | section_get16(p + 2);
}

uint64_t
section_get64(const uint8_t *p)
{
	return (uint64_t)section_get32(p) << 32 | section_get32(p + 4);
}

struct section *
section_add(struct sections *sections, const struct section_header *header)
{
	struct section *s;

	if (sections->count == SECTIONS_MAX)
		return NULL;
	s = &sections->list[sections->count++];
	s->id = header->id;
	s->instance_id = header->instance_id;
	memcpy(s->idstr, header->idstr, sizeof s->idstr);
	return s;
}

struct section *
section_find(struct sections *sections, uint32_t id)
{
	size_t k;

	for (k = 0; k < sections->count; k++)
		if (sections->list[k].id == id)
			return &sections->list[k];
	return NULL;
}

struct section *
section_vfio(struct sections *sections,
    const struct section_header *header)
{
	struct section *s = sections->list;
	size_t k;

	for (k = 0; k < sections->count; k++, s++)
		if (s->owner == OWNER_VFIO &&
		    s->instance_id == header->instance_id &&
		    strcmp(s->idstr, header->idstr) == 0)
			return s;
	return NULL;
}

/* A command, with its data's length. */
static ssize_t
header_command(const uint8_t *p, struct section_header *h)
{
	uint32_t n = section_get16(p + 3);

	h->id = section_get16(p + 1);
	h->length = n;
	switch (h->id) {
	case COMMAND_RETURN_PATH:
	case COMMAND_SWITCHOVER:
		return n == 0 ? 5 : -EBADMSG;
	case COMMAND_PING:
	case COMMAND_PACKAGED:
		return n == 4 ? 5 : -EBADMSG;
	case COMMAND_POSTCOPY:
		return n == 0 || n == 16 ? 5 : -EBADMSG;
	default:
		return -EBADMSG;
	}
}

/* What follows the number of a START or FULL: name, instance, version. */
static ssize_t
header_name(const uint8_t *p, size_t n, struct section_header *h)
{
	size_t length, k;

	if (n < 6)
		return -EAGAIN;
	length = p[5];
	if (length == 0)
		return -EBADMSG;
	for (k = 6; k < 6 + length && k < n; k++)
		if (p[k] < 0x20 || p[k] > 0x7e)
			return -EBADMSG;
	if (n < 6 + length + 8)
		return -EAGAIN;
	memcpy(h->idstr, p + 6, length);
	h->idstr[length] = '\0';
	h->instance_id = section_get32(p + 6 + length);
	return section_get32(p + 10 + length) > 0xffff ? -EBADMSG :
	    (ssize_t)(6 + length + 8);
}

ssize_t
section_header(struct sections *sections, const uint8_t *p, size_t n,
    struct section_header *header)
{
	const struct section *s;
	ssize_t r;

	if (n < 1)
		return -EAGAIN;
	header->kind = p[0];
	if (p[0] == KIND_END_OF_STREAM)
		return 1;
	if (p[0] != KIND_COMMAND && (p[0] < KIND_START || p[0] > KIND_FULL))
		return -EBADMSG;
	if (n < 5)
		return -EAGAIN;
	if (p[0] == KIND_COMMAND)
		return header_command(p, header);
	header->id = section_get32(p + 1);
	s = section_find(sections, header->id);
	if (p[0] == KIND_PART || p[0] == KIND_END)
		return s == NULL || s->ended ? -EBADMSG : 5;
	if (p[0] == KIND_START && s != NULL)
		return -EBADMSG;
	r = header_name(p, n, header);
	if (r > 0 && s != NULL && (strcmp(s->idstr, header->idstr) != 0 ||
	    s->instance_id != header->instance_id))
		return -EBADMSG;
	return r;
}

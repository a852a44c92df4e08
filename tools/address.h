/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * address.h - where the other side is: HOST:PORT, [IPv6]:PORT, unix:PATH, or
 * fd:N for a descriptor that was inherited
 */
#ifndef TOOLS_ADDRESS_H
#define TOOLS_ADDRESS_H

enum address_kind { ADDRESS_NONE, ADDRESS_TCP, ADDRESS_UNIX, ADDRESS_FD };

struct address {
	enum address_kind kind;
	const char *text;	/* as it was given; the command line's */
	char host[256];		/* or the path of a UNIX socket */
	char port[32];
	int fd;			/* of ADDRESS_FD */
};

/* Read @value into the struct address at @target: NULL, or what was
 * expected. */
const char *address_parse(void *target, const char *value);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * address.c - reading an address; see address.h
 */
#include <stdbool.h>
#include <string.h>
#include <sys/un.h>

#include "address.h"
#include "plugins/params.h"

static const char expected[] =
    "HOST:PORT, [IPv6]:PORT, unix:PATH or fd:NUMBER";

/* Copy @size bytes and a NUL; false: no room, or nothing to copy. */
static bool
part_copy(char *to, size_t room, const char *from, size_t size)
{
	if (size == 0 || size >= room)
		return false;
	memcpy(to, from, size);
	to[size] = '\0';
	return true;
}

static const char *
tcp_parse(struct address *a, const char *value)
{
	const char *colon = strrchr(value, ':');
	const char *host = value;
	size_t size;

	if (colon == NULL)
		return expected;
	size = (size_t)(colon - value);
	if (value[0] == '[') {
		if (size < 2 || colon[-1] != ']')
			return expected;
		host++;
		size -= 2;
	} else if (memchr(value, ':', size) != NULL) {
		return "an IPv6 address in [brackets], and :PORT";
	}
	if (!part_copy(a->host, sizeof a->host, host, size) ||
	    !part_copy(a->port, sizeof a->port, colon + 1, strlen(colon + 1)))
		return expected;
	a->kind = ADDRESS_TCP;
	return NULL;
}

const char *
address_parse(void *target, const char *value)
{
	const size_t path_max = sizeof ((struct sockaddr_un *)0)->sun_path;
	struct address *a = target;
	const char *why;

	memset(a, 0, sizeof *a);
	a->text = value;
	if (strncmp(value, "unix:", 5) == 0) {
		if (!part_copy(a->host, path_max, value + 5,
		    strlen(value + 5)))
			return "unix: and a path of at most 107 bytes";
		a->kind = ADDRESS_UNIX;
		return NULL;
	}
	if (strncmp(value, "fd:", 3) == 0) {
		why = param_fd(&a->fd, value + 3);
		if (why == NULL)
			a->kind = ADDRESS_FD;
		return why;
	}
	return tcp_parse(a, value);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * params.c - what the vfio-user backend is asked for
 *
 *	socket=PATH		connect to the server there
 *	fd=N			or: a connected socket of the caller's, which
 *				nobody else uses meanwhile; never closed
 *	version=0		with fd: the caller has done VERSION already
 *	transfer=BYTES		data in a message at most; default and most 1M
 *	window=N		writes on their way at once; default 4, 1 to 64
 *	timeout=MS		for a reply; default 30000, at most an hour
 *	precopy=0 dirty=0	act as if the device did not have it
 */
#include <errno.h>
#include <string.h>

#include "../params.h"
#include "../say.h"
#include "device.h"

enum { TIMEOUT_DEFAULT = 30000, TIMEOUT_MAX = 3600000, WINDOW_DEFAULT = 4 };

/* NULL, or what does not go together or is out of range. */
static const char *
params_clash(const struct user_params *p)
{
	if ((p->fd >= 0) == (p->socket[0] != '\0'))
		return "one of socket and fd is needed";
	if (!p->version && p->fd < 0)
		return "version=0 is for fd only";
	if (p->transfer < 1 || p->transfer > USER_TRANSFER_MAX)
		return "transfer is 1 to 1M";
	if (p->window < 1 || p->window > USER_WINDOW_MAX)
		return "window is 1 to 64";
	if (p->timeout < 1 || p->timeout > TIMEOUT_MAX)
		return "timeout is 1 to 3600000";
	return NULL;
}

int
user_params_read(const struct vfiomig_host *host, const char *text,
    struct user_params *p)
{
	struct param_text path = { p->socket, sizeof p->socket };
	const struct param table[] = {
		{ "socket", param_text, &path },
		{ "fd", param_fd, &p->fd },
		{ "version", param_flag, &p->version },
		{ "transfer", param_number, &p->transfer },
		{ "window", param_number, &p->window },
		{ "timeout", param_number, &p->timeout },
		{ "precopy", param_flag, &p->precopy },
		{ "dirty", param_flag, &p->dirty },
	};
	const char *clash;
	char why[256];

	memset(p, 0, sizeof *p);
	p->fd = -1;
	p->version = p->precopy = p->dirty = 1;
	p->transfer = USER_TRANSFER_MAX;
	p->window = WINDOW_DEFAULT;
	p->timeout = TIMEOUT_DEFAULT;
	if (params_parse(text, table, sizeof table / sizeof *table, why,
	    sizeof why) < 0)
		return say_error(host, -EINVAL, "vfio-user: %s", why);
	clash = params_clash(p);
	if (clash != NULL)
		return say_error(host, -EINVAL, "vfio-user: parameters do not "
		    "go together: why=\"%s\"", clash);
	return 0;
}

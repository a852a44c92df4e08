/* SPDX-License-Identifier: BSD-3-Clause */
/* writer.c - a channel that writes its fd: hello, framing */
#include <stdlib.h>

#include "internal.h"

int
writer_run(struct vfiomig_channel *ch)
{
	(void)ch;
	return -EOPNOTSUPP;
}

void
writer_free(struct writer *writer)
{
	free(writer);
}

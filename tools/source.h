/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source.h - the sending end: devices to channels
 */
#ifndef TOOLS_SOURCE_H
#define TOOLS_SOURCE_H

#include <stdbool.h>

struct migration;

/*
 * Send every device of @m, opened outgoing, over the @count descriptors and
 * shut those down; they stay the caller's.  The main thread.  True: the other
 * side has everything (or is a file).  False: it failed, the devices are
 * recovered.
 */
bool source_run(struct migration *m, const int *fd, int count);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * destination.h - the receiving end: channels to devices
 */
#ifndef TOOLS_DESTINATION_H
#define TOOLS_DESTINATION_H

#include <stdbool.h>

struct inlet;
struct migration;

/*
 * Load every device of @m, opened incoming, from the connections of @inlet.
 * The main thread.  True: all are complete, and with --resume they run.
 * False: it failed, the devices are recovered.
 */
bool destination_run(struct migration *m, struct inlet *inlet);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * handover.h - how the tool's two ends agree which of them has the devices
 *
 * Packets travel one way, so a source that has sent everything does not know
 * whether the destination is still there.  Between two of these tools the
 * destination therefore says so: when every device is loaded it writes
 * HANDOVER_WORD to each channel that is a socket.  The source, until it has
 * read the word on all of them, can take its devices back; from then on it
 * never does.  It lets go with a last packet on each channel, a SYNC packet
 * as QEMU sends them, and closes it.  The destination lets its devices run
 * only when it has seen that.
 *
 * So at no moment devices run on both hosts; a crash between the two leaves
 * them loaded and stopped at the destination.  QEMU has the same on its main
 * stream; when there is one nothing is said here.
 */
#ifndef TOOLS_HANDOVER_H
#define TOOLS_HANDOVER_H

#include <stdbool.h>

struct migration;

#define HANDOVER_WORD "loaded\r\n"

/* The destination: every device is loaded.  Does not block. */
void handover_say(int fd);

/* The source: wait until the other side has said so on each of @count
 * descriptors, with the stall timeout.  False: the migration has failed. */
bool handover_wait(struct migration *m, const int *fd, int count);

/* The source, after that: let go.  True. */
bool handover_release(struct migration *m, const int *fd, int count);

/* True when @fd is a socket: what is none has nobody at its other end. */
bool handover_possible(int fd);

#endif

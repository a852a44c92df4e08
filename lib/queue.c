/* SPDX-License-Identifier: BSD-3-Clause */
/* queue.c - from devices to channels (outgoing) */
#include <stdlib.h>

#include "internal.h"

struct queue {
	int unused;
};

struct queue *
queue_new(struct vfiomig_device *dev)
{
	(void)dev;
	return calloc(1, sizeof(struct queue));
}

void
queue_free(struct queue *queue)
{
	free(queue);
}

void
outgoing_abandon(struct vfiomig_channel *ch)
{
	(void)ch;
}

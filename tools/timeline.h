/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * timeline.h - a migration as a picture: what came when on each channel, what
 * each device did, and how full the budget was
 */
#ifndef TOOLS_TIMELINE_H
#define TOOLS_TIMELINE_H

#include <stdio.h>

#include "devices.h"
#include "events.h"

struct timeline {
	const struct events *events;	/* sorted */
	const struct device_list *devices;	/* for their names */
	int channels;			/* opened */
	bool incoming;
	uint64_t budget;		/* bytes; 0: not known */
	const char *title;
};

/* SVG. */
void timeline_draw(const struct timeline *timeline, FILE *to);

#endif

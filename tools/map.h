/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * map.h - recorded channels as a picture: where in its file each packet is
 */
#ifndef TOOLS_MAP_H
#define TOOLS_MAP_H

#include <stdio.h>

#include "recording.h"

/* SVG. */
void map_draw(const struct recording *recording, FILE *to);

#endif

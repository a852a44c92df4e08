/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chrome.h - trace events as Chrome trace JSON, which trace viewers open
 */
#ifndef TOOLS_CHROME_H
#define TOOLS_CHROME_H

#include <stdio.h>

#include "devices.h"
#include "events.h"

/* @events are sorted; @devices has the names. */
void chrome_write(const struct events *events,
    const struct device_list *devices, FILE *to);

#endif

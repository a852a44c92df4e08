/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * units.c - numbers as people read them; see units.h
 */
#include <stdio.h>

#include "units.h"

const char *
units_bytes(struct units *units, uint64_t bytes)
{
	static const char suffix[] = "KMGTPE";
	double value = (double)bytes;
	int k = -1;

	while (value >= 1023.95 && k < 5) {
		value /= 1024;
		k++;
	}
	if (k < 0)
		snprintf(units->text, sizeof units->text, "%u",
		    (unsigned int)bytes);
	else
		snprintf(units->text, sizeof units->text, "%.1f%c", value,
		    suffix[k]);
	return units->text;
}

const char *
units_time(struct units *units, uint64_t nanoseconds)
{
	double value = (double)nanoseconds;

	if (nanoseconds == 0)
		snprintf(units->text, sizeof units->text, "0");
	else if (value < 999.5e3)
		snprintf(units->text, sizeof units->text, "%.0f us",
		    value / 1e3);
	else if (value < 999.95e6)
		snprintf(units->text, sizeof units->text, "%.1f ms",
		    value / 1e6);
	else
		snprintf(units->text, sizeof units->text, "%.1f s",
		    value / 1e9);
	return units->text;
}

const char *
units_state(uint32_t state)
{
	static const char *const name[] = {
		"ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING",
		"RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P"
	};

	return state < sizeof name / sizeof *name ? name[state] : "?";
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * planted.c - never built: what each checker has to find, or it is none
 */
#include <stddef.h>

int planted(int deep);

int
planted(int deep)
{
	int *word = NULL, here = 1;

	if (deep > 3)
		word = &here;
	return *word;
}

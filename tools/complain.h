/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * complain.h - lines on standard error that begin with who says them
 */
#ifndef TOOLS_COMPLAIN_H
#define TOOLS_COMPLAIN_H

/* From now on lines begin with "vfiomig NAME: ". */
void complain_as(const char *name);

/* A finished line without its newline; any thread. */
void complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif

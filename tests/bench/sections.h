/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sections.h - the sections of the benchmark
 *
 * Each prints its table and notes its figures.  @quick: a smoke run, whose
 * figures mean nothing.
 */
#ifndef BENCH_SECTIONS_H
#define BENCH_SECTIONS_H

#include <stdbool.h>

void section_receive(bool quick);
void section_send(bool quick);
void section_memory(bool quick);
void section_loading(bool quick);
void section_latency(bool quick);
void section_growth(bool quick);
void section_rings(bool quick);

/* Where charts go: a folder. */
extern const char *chart_folder;

#endif

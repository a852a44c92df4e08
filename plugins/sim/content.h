/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * content.h - bytes that follow from a seed and an offset
 *
 * Idea: eight bytes are one 64-bit mix of their index, stored little-endian,
 * so any part can be made or compared alone, at several gigabytes a second,
 * and two hosts agree.
 */
#ifndef PLUGINS_SIM_CONTENT_H
#define PLUGINS_SIM_CONTENT_H

#include <stddef.h>
#include <stdint.h>

/* One well-mixed word of @seed and @index. */
uint64_t content_word(uint64_t seed, uint64_t index);

/* Make bytes @offset ... @offset + @size - 1. */
void content_fill(uint64_t seed, uint64_t offset, void *data, size_t size);

/* How many leading bytes of @data are right: @size when all are. */
size_t content_verify(uint64_t seed, uint64_t offset, const void *data,
    size_t size);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fuzz.h - what a target provides, and what it may use
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The target.  It ends the process when its oracle is not content. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ORACLE(holds)							\
	do {								\
		if (!(holds)) {						\
			fprintf(stderr, "%s:%d: %s: not so: %s\n",	\
			    __FILE__, __LINE__, __func__, #holds);	\
			abort();					\
		}							\
	} while (0)

/* The input, taken from its front; beyond its end there are zeros.  Take it
 * once in an expression: the order in which arguments and operands are worked
 * out is the compiler's, and an input is to mean the same to all of them. */
struct input {
	const uint8_t *data;
	size_t left;
};

static inline uint8_t
input_byte(struct input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->data++;
}

static inline uint32_t
input_word(struct input *input)
{
	uint32_t word = 0;
	int k;

	for (k = 0; k < 4; k++)
		word = word << 8 | input_byte(input);
	return word;
}

#endif

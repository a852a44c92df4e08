/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * params.h - reading a backend's "key=value,key=value"
 *
 * Grammar: pairs separated by commas; "key" alone means "key=1"; two commas
 * in a value stand for one.  No white space is skipped.  A key comes at most
 * once.  Keys are matched whole.
 *
 * Bounds: PARAMS_TEXT_MAX bytes of text, PARAMS_VALUE_MAX bytes of a value,
 * PARAMS_COUNT_MAX keys in a table.  Nothing is allocated.
 */
#ifndef PLUGINS_PARAMS_H
#define PLUGINS_PARAMS_H

#include <stddef.h>
#include <stdint.h>

#define PARAMS_TEXT_MAX	 16384
#define PARAMS_VALUE_MAX 4096
#define PARAMS_COUNT_MAX 64

/*
 * One key.  parse is given the value, unescaped and NUL-terminated, and the
 * target; it returns NULL, or words for what it had expected ("a number").
 */
struct param {
	const char *key;
	const char *(*parse)(void *target, const char *value);
	void *target;
};

/* For param_text: where the value is copied, cut never: too long is refused. */
struct param_text {
	char *data;
	size_t size;
};

/* An error to give when @after bytes have gone by; error 0: never. */
struct param_fault {
	uint64_t after;
	int error;			/* negative errno, or 0 */
};

/*
 * Read @text by the table @params.  Values already read stay read when a
 * later one is refused.
 *
 * 0          every pair was understood
 * -EINVAL    one was not; @why (cut to @why_size) says which and why
 */
int params_parse(const char *text, const struct param *params, size_t count,
    char *why, size_t why_size);

/*
 * Parsers.  param_number: uint64_t, decimal or 0x..., with an optional suffix
 * K, M, G or T (powers of 1024).  param_flag: int, 0 or 1.  param_fd: int, a
 * descriptor's number.  param_error: int, an errno by name, kept negative.
 * param_fault: struct param_fault, "BYTES:NAME".  param_text: struct
 * param_text, not empty.
 */
const char *param_number(void *target, const char *value);
const char *param_flag(void *target, const char *value);
const char *param_fd(void *target, const char *value);
const char *param_error(void *target, const char *value);
const char *param_fault(void *target, const char *value);
const char *param_text(void *target, const char *value);

#endif

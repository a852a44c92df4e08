/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * params.c - reading a backend's "key=value,key=value"
 *
 * Idea: one pass.  A pair is cut off the text into a buffer of fixed size, and
 * handed to the parser that the table names for its key.  A bit a table entry
 * says which keys came already.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "params.h"

static const struct {
	const char *name;
	int number;
} errors[] = {
#define E(name) { #name, name }
	E(EACCES), E(EAGAIN), E(EBADMSG), E(EBUSY), E(ECANCELED), E(EEXIST),
	E(EFAULT), E(EILSEQ), E(EINTR), E(EINVAL), E(EIO), E(EMFILE),
	E(EMSGSIZE), E(ENOBUFS), E(ENODATA), E(ENODEV), E(ENOENT), E(ENOMEM),
	E(ENOMSG), E(ENOSPC), E(ENOSYS), E(ENOTCONN), E(ENOTTY), E(ENXIO),
	E(EOPNOTSUPP), E(EOVERFLOW), E(EPERM), E(EPIPE), E(EPROTO), E(ETIMEDOUT),
#undef E
};

static const char *
digits_read(const char *s, uint64_t *number)
{
	unsigned int base = 10, digit;
	const char *begin;
	uint64_t n = 0;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	for (begin = s; ; s++) {
		if (*s >= '0' && *s <= '9')
			digit = *s - '0';
		else if (base == 16 && *s >= 'a' && *s <= 'f')
			digit = *s - 'a' + 10;
		else if (base == 16 && *s >= 'A' && *s <= 'F')
			digit = *s - 'A' + 10;
		else
			break;
		if (n > (UINT64_MAX - digit) / base)
			return NULL;
		n = n * base + digit;
	}
	*number = n;
	return s == begin ? NULL : s;
}

const char *
param_number(void *target, const char *value)
{
	static const char suffixes[] = "KMGT";
	const char *suffix, *end;
	unsigned int shift = 0;
	uint64_t n;

	end = digits_read(value, &n);
	if (end == NULL)
		return "a number that fits 64 bits";
	if (*end != '\0') {
		suffix = strchr(suffixes, *end);
		if (suffix == NULL || end[1] != '\0')
			return "a number with K, M, G, T or nothing after it";
		shift = 10 * (unsigned int)(suffix - suffixes + 1);
	}
	if (n > UINT64_MAX >> shift)
		return "a number that fits 64 bits";
	*(uint64_t *)target = n << shift;
	return NULL;
}

const char *
param_flag(void *target, const char *value)
{
	if ((value[0] != '0' && value[0] != '1') || value[1] != '\0')
		return "0 or 1";
	*(int *)target = value[0] == '1';
	return NULL;
}

const char *
param_fd(void *target, const char *value)
{
	const char *end;
	uint64_t n;

	end = digits_read(value, &n);
	if (end == NULL || *end != '\0' || n > INT_MAX)
		return "the number of a file descriptor";
	*(int *)target = (int)n;
	return NULL;
}

const char *
param_error(void *target, const char *value)
{
	size_t i;

	for (i = 0; i < sizeof errors / sizeof *errors; i++) {
		if (strcmp(value, errors[i].name) == 0) {
			*(int *)target = -errors[i].number;
			return NULL;
		}
	}
	return "the name of an error, as EIO";
}

const char *
param_fault(void *target, const char *value)
{
	struct param_fault *fault = target;
	struct param_fault f;
	const char *colon, *why;
	char number[32];

	colon = strchr(value, ':');
	if (colon == NULL || (size_t)(colon - value) >= sizeof number)
		return "BYTES:ERROR, as 1M:EIO";
	memcpy(number, value, (size_t)(colon - value));
	number[colon - value] = '\0';
	why = param_number(&f.after, number);
	if (why == NULL)
		why = param_error(&f.error, colon + 1);
	if (why == NULL)
		*fault = f;
	return why;
}

const char *
param_text(void *target, const char *value)
{
	struct param_text *text = target;
	size_t length = strlen(value);

	if (length == 0)
		return "something";
	if (length >= text->size)
		return "something shorter";
	memcpy(text->data, value, length + 1);
	return NULL;
}

/*
 * Cut the next pair off *@text: its key into @key, its value into @value.
 * NULL, or what is wrong with it.
 */
static const char *
pair_read(const char **text, char *key, size_t key_size, char *value,
    size_t value_size)
{
	const char *s = *text;
	size_t n = 0;

	while (*s != '\0' && *s != '=' && *s != ',') {
		if (n + 1 == key_size)
			return "the key is too long";
		key[n++] = *s++;
	}
	key[n] = '\0';
	if (n == 0)
		return "a key is missing";
	if (*s != '=') {
		memcpy(value, "1", 2);
		*text = *s == ',' ? s + 1 : s;
		return NULL;
	}
	s++;
	for (n = 0; *s != '\0'; s++) {
		if (*s == ',' && *++s != ',') {
			s--;
			break;
		}
		if (n + 1 == value_size)
			return "the value is too long";
		value[n++] = *s;
	}
	value[n] = '\0';
	*text = *s == ',' ? s + 1 : s;
	return NULL;
}

int
params_parse(const char *text, const struct param *params, size_t count,
    char *why, size_t why_size)
{
	char key[32], value[PARAMS_VALUE_MAX];
	const char *fault, *end = text;
	uint64_t seen = 0;
	size_t i;

	if (strnlen(text, PARAMS_TEXT_MAX) == PARAMS_TEXT_MAX) {
		snprintf(why, why_size, "parameters are too long: max=%d",
		    PARAMS_TEXT_MAX - 1);
		return -EINVAL;
	}
	while (*end != '\0') {
		fault = pair_read(&end, key, sizeof key, value, sizeof value);
		if (fault != NULL) {
			snprintf(why, why_size, "parameters are malformed: "
			    "why=\"%s\", key=%.31s", fault, key);
			return -EINVAL;
		}
		for (i = 0; i < count && strcmp(key, params[i].key) != 0; i++)
			;
		if (i == count) {
			snprintf(why, why_size, "parameter is not known: "
			    "key=%s", key);
			return -EINVAL;
		}
		if (seen & UINT64_C(1) << i) {
			snprintf(why, why_size, "parameter came twice: key=%s",
			    key);
			return -EINVAL;
		}
		seen |= UINT64_C(1) << i;
		fault = params[i].parse(params[i].target, value);
		if (fault != NULL) {
			snprintf(why, why_size, "parameter is refused: key=%s, "
			    "value=%.64s, why=\"expected %s\"", key, value,
			    fault);
			return -EINVAL;
		}
	}
	return 0;
}

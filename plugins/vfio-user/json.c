/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * json.c - one number out of a JSON text that is not trusted
 *
 * Idea
 *
 *   One pass with a stack of one bit a level (object or array), which is all
 *   that JSON's nesting needs.  Only two questions are asked on the way: is
 *   this the key `object` at the first level, and is this `key` inside of it?
 *
 * Invariant: at never passes end; every loop moves it on.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "json.h"

struct scan {
	const char *at, *end;
	int depth;
	uint32_t arrays;	/* bit n: level n + 1 is an array */
	bool inside;		/* level 2 is `object`'s value */
};

static void
space_skip(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' ||
	    *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

/* Is @c next?  Then it is taken. */
static bool
take(struct scan *s, char c)
{
	space_skip(s);
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* A string, its quotes left out; false: it is none. */
static bool
string_take(struct scan *s, const char **text, size_t *size)
{
	if (!take(s, '"'))
		return false;
	for (*text = s->at; s->at < s->end && *s->at != '"'; s->at++) {
		if ((unsigned char)*s->at < 0x20)
			return false;
		if (*s->at == '\\' && ++s->at == s->end)
			return false;
	}
	if (s->at == s->end)
		return false;
	*size = (size_t)(s->at++ - *text);
	return true;
}

static bool
digit_next(const struct scan *s)
{
	return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/* A number of any kind; *@whole: it is an unsigned integer, *@number. */
static bool
number_take(struct scan *s, bool *whole, uint64_t *number)
{
	unsigned int digit;
	uint64_t n = 0;

	*whole = *s->at != '-';
	if (!*whole)
		s->at++;
	if (!digit_next(s))
		return false;
	for (; digit_next(s); s->at++) {
		digit = (unsigned int)(*s->at - '0');
		if (n > (UINT64_MAX - digit) / 10)
			*whole = false;
		n = n * 10 + digit;
	}
	for (; s->at < s->end && (digit_next(s) ||
	    strchr(".eE+-", *s->at) != NULL); s->at++)
		*whole = false;
	*number = n;
	return true;
}

static bool
word_take(struct scan *s, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(s->end - s->at) < size || memcmp(s->at, word, size) != 0)
		return false;
	s->at += size;
	return true;
}

static bool
same(const char *name, const char *text, size_t size)
{
	return strlen(name) == size && memcmp(name, text, size) == 0;
}

/* The value that begins here: a scalar is taken whole, of the others the
 * bracket.  False: it is none. */
static bool
value_take(struct scan *s, bool *whole, uint64_t *number)
{
	const char *text;
	size_t size;

	*whole = false;
	space_skip(s);
	if (s->at == s->end)
		return false;
	switch (*s->at) {
	case '{':
	case '[':
		if (s->depth == JSON_DEPTH_MAX)
			return false;
		s->arrays &= ~(UINT32_C(1) << s->depth);
		if (*s->at++ == '[')
			s->arrays |= UINT32_C(1) << s->depth;
		s->depth++;
		return true;
	case '"':
		return string_take(s, &text, &size);
	case 't':
		return word_take(s, "true");
	case 'f':
		return word_take(s, "false");
	case 'n':
		return word_take(s, "null");
	default:
		return number_take(s, whole, number);
	}
}

/* Behind a value: close what ends here; is another one to come? */
static bool
close_take(struct scan *s, bool *more)
{
	for (*more = false; s->depth > 0 && !*more; ) {
		bool array = s->arrays >> (s->depth - 1) & 1;

		if (take(s, ',')) {
			*more = true;
		} else if (take(s, array ? ']' : '}')) {
			if (--s->depth == 1)
				s->inside = false;
		} else {
			return false;
		}
	}
	return true;
}

/* Nothing at all in the brackets just opened. */
static bool
empty_take(struct scan *s)
{
	bool array = s->arrays >> (s->depth - 1) & 1;

	if (!take(s, array ? ']' : '}'))
		return false;
	if (--s->depth == 1)
		s->inside = false;
	return true;
}

int
user_json_number(const char *text, size_t size, const char *object,
    const char *key, uint64_t *number)
{
	struct scan s = { .at = text, .end = text + size };
	bool whole, wanted, more = true;
	const char *name = NULL;
	size_t length = 0;
	uint64_t n = 0;
	int found = 0, before;

	space_skip(&s);
	if (s.at == s.end || *s.at != '{' || !value_take(&s, &whole, &n))
		return -EBADMSG;
	if (empty_take(&s))
		more = false;
	while (more) {
		before = s.depth;
		name = NULL;
		if (!(s.arrays >> (s.depth - 1) & 1) &&
		    (!string_take(&s, &name, &length) || !take(&s, ':')))
			return -EBADMSG;
		wanted = name != NULL && s.depth == 2 && s.inside &&
		    same(key, name, length);
		if (!value_take(&s, &whole, &n) || (wanted && (!whole ||
		    found)))
			return -EBADMSG;
		if (wanted) {
			found = 1;
			*number = n;
		}
		if (s.depth > before) {
			if (before == 1)
				s.inside = name != NULL &&
				    same(object, name, length);
			if (!empty_take(&s))
				continue;
		}
		if (!close_take(&s, &more))
			return -EBADMSG;
	}
	space_skip(&s);
	return s.at == s.end ? found : -EBADMSG;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * litmus.h - two threads, many rounds, and TSan as the judge
 *
 * In each round both run their half at the same time.  What they hand each
 * other is plain memory, which is right only if the order under test makes
 * one happen before the other.  Words of the test's own are relaxed, so that
 * they order nothing.
 */
#ifndef TESTS_LITMUS_H
#define TESTS_LITMUS_H

#include <stdatomic.h>

/* A half is called with the round's number, and the same argument. */
typedef void half(int round, void *arg);

/* Call @before, then both halves beside each other, then @after; @rounds
 * times.  @before and @after may be NULL. */
void litmus_run(int rounds, half *before, half *one, half *two, half *after,
    void *arg);

/* The test's own words: they order nothing. */
static inline void
hint_set(atomic_int *hint, int value)
{
	atomic_store_explicit(hint, value, memory_order_relaxed);
}

static inline int
hint_get(atomic_int *hint)
{
	return atomic_load_explicit(hint, memory_order_relaxed);
}

/* Spin, politely, until the hint is @value. */
void hint_wait(atomic_int *hint, int value);

/* The litmus tests of a program, by name; exits 0 when the one named ran. */
struct litmus {
	const char *name;
	void (*run)(void);
};
int litmus_main(const struct litmus *litmus, int argc, char **argv);

/* Our mistake, not a race: say so and end with another code than TSan's. */
#define expect(condition)						\
	((condition) ? (void)0 : litmus_broken(__FILE__, __LINE__, #condition))
void litmus_broken(const char *file, int line, const char *what)
    __attribute__((noreturn));

#endif

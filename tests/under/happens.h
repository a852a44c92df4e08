/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * happens.h - what atomics order, told to helgrind
 *
 * Idea: helgrind knows the order that locks make, and nothing of C11's
 * atomics.  Put in front of every source (-include), this wraps the macros of
 * <stdatomic.h>: what comes before a release happens before what comes after
 * an acquire of the same word, and the words themselves may be raced for.  A
 * relaxed access orders nothing, so that an order left out is a race that is
 * reported, as it is by TSan.
 *
 * It errs on one side: a load is taken to have seen every release before it.
 */
#ifndef TESTS_UNDER_HAPPENS_H
#define TESTS_UNDER_HAPPENS_H

#include <stdatomic.h>
#include <stddef.h>
#include <valgrind/helgrind.h>

#define HAPPENS_BEFORE(word, order) \
	happens_before((const void *)(word), sizeof *(word), order)
#define HAPPENS_AFTER(word, order) \
	happens_after((const void *)(word), order)

static inline void
happens_before(const void *word, size_t size, int order)
{
	VALGRIND_HG_DISABLE_CHECKING(word, size);
	if (order == memory_order_release || order == memory_order_acq_rel ||
	    order == memory_order_seq_cst)
		ANNOTATE_HAPPENS_BEFORE(word);
}

static inline void
happens_after(const void *word, int order)
{
	if (order == memory_order_acquire || order == memory_order_acq_rel ||
	    order == memory_order_seq_cst)
		ANNOTATE_HAPPENS_AFTER(word);
}

#undef atomic_load_explicit
#define atomic_load_explicit(p, order) __extension__ ({			\
	__auto_type word_ = (p);					\
	HAPPENS_BEFORE(word_, memory_order_relaxed);			\
	__auto_type is_ = __atomic_load_n(word_, order);		\
	HAPPENS_AFTER(word_, order);					\
	is_; })
#undef atomic_store_explicit
#define atomic_store_explicit(p, value, order) __extension__ ({		\
	__auto_type word_ = (p);					\
	__typeof__((void)0, *word_) new_ = (value);			\
	HAPPENS_BEFORE(word_, order);					\
	__atomic_store_n(word_, new_, order); })

/* Read, modify, write. */
#define HAPPENS_RMW(builtin, p, value, order) __extension__ ({		\
	__auto_type word_ = (p);					\
	__auto_type new_ = (value);					\
	HAPPENS_BEFORE(word_, order);					\
	__auto_type was_ = builtin(word_, new_, order);			\
	HAPPENS_AFTER(word_, order);					\
	was_; })
#undef atomic_exchange_explicit
#define atomic_exchange_explicit(p, value, order) \
	HAPPENS_RMW(__atomic_exchange_n, p, value, order)
#undef atomic_fetch_add_explicit
#define atomic_fetch_add_explicit(p, value, order) \
	HAPPENS_RMW(__atomic_fetch_add, p, value, order)
#undef atomic_fetch_sub_explicit
#define atomic_fetch_sub_explicit(p, value, order) \
	HAPPENS_RMW(__atomic_fetch_sub, p, value, order)
#undef atomic_fetch_or_explicit
#define atomic_fetch_or_explicit(p, value, order) \
	HAPPENS_RMW(__atomic_fetch_or, p, value, order)
#undef atomic_fetch_and_explicit
#define atomic_fetch_and_explicit(p, value, order) \
	HAPPENS_RMW(__atomic_fetch_and, p, value, order)

#define HAPPENS_CAS(weak, p, want, value, order, other) __extension__ ({ \
	__auto_type word_ = (p);					\
	__typeof__((void)0, *word_) new_ = (value);			\
	HAPPENS_BEFORE(word_, order);					\
	_Bool done_ = __atomic_compare_exchange_n(word_, want, new_,	\
	    weak, order, other);					\
	HAPPENS_AFTER(word_, done_ ? (order) : (other));		\
	done_; })
#undef atomic_compare_exchange_weak_explicit
#define atomic_compare_exchange_weak_explicit(p, want, value, order, other) \
	HAPPENS_CAS(1, p, want, value, order, other)
#undef atomic_compare_exchange_strong_explicit
#define atomic_compare_exchange_strong_explicit(p, want, value, order, other) \
	HAPPENS_CAS(0, p, want, value, order, other)

/* Without an order, it is the strongest. */
#undef atomic_load
#define atomic_load(p) atomic_load_explicit(p, memory_order_seq_cst)
#undef atomic_store
#define atomic_store(p, value) \
	atomic_store_explicit(p, value, memory_order_seq_cst)
#undef atomic_exchange
#define atomic_exchange(p, value) \
	atomic_exchange_explicit(p, value, memory_order_seq_cst)
#undef atomic_fetch_add
#define atomic_fetch_add(p, value) \
	atomic_fetch_add_explicit(p, value, memory_order_seq_cst)
#undef atomic_fetch_sub
#define atomic_fetch_sub(p, value) \
	atomic_fetch_sub_explicit(p, value, memory_order_seq_cst)
#undef atomic_compare_exchange_strong
#define atomic_compare_exchange_strong(p, want, value)			\
	atomic_compare_exchange_strong_explicit(p, want, value,		\
	    memory_order_seq_cst, memory_order_seq_cst)

#endif

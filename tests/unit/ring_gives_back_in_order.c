/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that go into a ring in any order come out in the sender's. */
#include "suite.h"

#include "lib/ring.h"

/* Where the indexes start: at the 31-bit and the 32-bit edge, across them, and
 * in the middle of a lap. */
static const uint64_t first[] = {
	0, 3, INT32_MAX - 2, UINT32_MAX - 5, UINT32_MAX - 1, UINT32_MAX,
	(uint64_t)1 << 32
};

/* All 32 bits of a handle are the ring's to keep. */
static uint32_t
handle(uint64_t idx)
{
	return ~(uint32_t)(idx * 7);
}

static void
insert(struct ring *ring, uint64_t idx)
{
	ck_assert_int_eq(ring_check(ring, idx), 0);
	ck_assert_int_eq(ring_insert(ring, idx, handle(idx)), 0);
}

static bool
there(struct ring *ring, uint32_t ahead)
{
	uint32_t got;

	return ring_peek(ring, ahead, &got);
}

static void
expect(struct ring *ring, uint64_t idx)
{
	uint32_t got;

	ck_assert_uint_eq(ring_next(ring), idx);
	ck_assert(ring_peek(ring, 0, &got));
	ck_assert_uint_eq(got, handle(idx));
	ring_advance(ring, 1);
}

/* _i picks one of the 24 orders and a start; three laps of a ring of 4. */
START_TEST(all_orders_of_four_packets)
{
	uint64_t from = first[_i / 24];
	struct ring *ring = ring_new(4, from);
	int order[4], lap, k, ahead;

	ck_assert_ptr_nonnull(ring);
	permutation(_i % 24, 4, order);
	for (lap = 0; lap < 3; lap++, from += 4) {
		uint32_t in = 0;

		for (k = 0; k < 4; k++) {
			insert(ring, from + (uint64_t)order[k]);
			in |= 1u << order[k];
			for (ahead = 0; ahead < 4; ahead++)
				ck_assert_int_eq(there(ring, (uint32_t)ahead),
				    in >> ahead & 1);
		}
		for (k = 0; k < 4; k++)
			expect(ring, from + (uint64_t)k);
		ck_assert(!there(ring, 0));
	}
	ring_free(ring);
}
END_TEST

/* The same, but what can be taken is taken after each insertion. */
START_TEST(all_orders_taken_as_they_come)
{
	uint64_t from = first[_i / 24];
	struct ring *ring = ring_new(4, from);
	uint32_t in = 0;
	int order[4], k, out = 0;

	permutation(_i % 24, 4, order);
	for (k = 0; k < 4; k++) {
		insert(ring, from + (uint64_t)order[k]);
		in |= 1u << order[k];
		while (in >> out & 1)
			expect(ring, from + (uint64_t)out++);
		ck_assert(!there(ring, 0));
	}
	ck_assert_int_eq(out, 4);
	ring_free(ring);
}
END_TEST

/* Several at once: what was peeked ahead is taken in one step. */
START_TEST(taken_many_at_a_time)
{
	uint64_t from = first[_i], idx = from;
	struct ring *ring = ring_new(8, from);
	uint32_t n, k, got;

	for (n = 1; n <= 8; n++, idx += n - 1) {
		for (k = n; k > 0; k--)
			insert(ring, idx + k - 1);
		for (k = 0; k < 2 * n; k++) {
			ck_assert_int_eq(ring_peek(ring, k, &got), k < n);
			if (k < n)
				ck_assert_uint_eq(got, handle(idx + k));
		}
		ring_advance(ring, n);
		ck_assert_uint_eq(ring_next(ring), idx + n);
		ck_assert(!there(ring, 0));
	}
	ring_free(ring);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, all_orders_of_four_packets, 0,
	    24 * (int)COUNT_OF(first));
	tcase_add_loop_test(tests, all_orders_taken_as_they_come, 0,
	    24 * (int)COUNT_OF(first));
	tcase_add_loop_test(tests, taken_many_at_a_time, 0,
	    (int)COUNT_OF(first));
}
SUITE(ring, cases)

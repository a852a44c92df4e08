/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that go into a ring in any order come out in the sender's. */
#include "suite.h"

#include "lib/ring.h"

/* Where the indexes start: at the 32-bit edge, across it, and beyond. */
static const uint64_t first[] = {
	0, UINT32_MAX - 5, UINT32_MAX - 1, UINT32_MAX, (uint64_t)1 << 32,
	((uint64_t)1 << 40) + 3, ((uint64_t)1 << 61) - 64
};

static void
insert(struct ring *ring, uint64_t idx)
{
	ck_assert_int_eq(ring_check(ring, idx), 0);
	ck_assert_int_eq(ring_claim(ring, idx), 0);
	ring_buffer(ring, idx)->size = (uint32_t)(idx * 7);
	ck_assert(!ring_publish(ring, idx));
}

static void
expect(struct ring *ring, uint64_t idx)
{
	struct buffer *buffer = ring_peek(ring, 0);

	ck_assert_uint_eq(ring_next(ring), idx);
	ck_assert_ptr_nonnull(buffer);
	ck_assert_uint_eq(buffer->size, (uint32_t)(idx * 7));
	ring_advance(ring);
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
				ck_assert_int_eq(ring_peek(ring,
				    (uint32_t)ahead) != NULL,
				    in >> ahead & 1);
		}
		for (k = 0; k < 4; k++)
			expect(ring, from + (uint64_t)k);
		ck_assert_ptr_null(ring_peek(ring, 0));
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
		ck_assert_ptr_null(ring_peek(ring, 0));
	}
	ck_assert_int_eq(out, 4);
	ring_free(ring);
}
END_TEST

START_TEST(a_ring_of_one_takes_one_by_one)
{
	struct ring *ring = ring_new(1, UINT32_MAX - 1);
	uint64_t idx;

	ck_assert_uint_eq(ring_size(ring), 1);
	for (idx = UINT32_MAX - 1; idx < (uint64_t)UINT32_MAX + 3; idx++) {
		insert(ring, idx);
		expect(ring, idx);
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
	tcase_add_test(tests, a_ring_of_one_takes_one_by_one);
}
SUITE(ring, cases)

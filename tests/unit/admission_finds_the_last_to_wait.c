/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every step's verdict is that of a plain count of who runs; of many threads
 * that go to wait, exactly one is told that nobody is left.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "suite.h"

#include "lib/admission.h"

/* The plain count. */
struct plain {
	int channels, parked, ended, devices, starved;
};

static enum verdict
plain_verdict(const struct plain *p)
{
	if (p->channels != 0)
		return GO_ON;
	if (p->parked == 0)
		return ENDED;
	return p->devices == 0 ? STUCK : GO_ON;
}

/* One random step that can be made now, in both. */
static void
step(struct admission *admission, struct plain *p, uint64_t n)
{
	enum verdict verdict = plain_verdict(p);
	enum { PARK, GO, UNGO, END, STOP, START };

	switch (n % 6) {
	case PARK:
		if (p->channels == 0)
			return;
		p->channels--, p->parked++;
		verdict = admission_channel_park(admission);
		break;
	case GO:
	case UNGO:
		if (p->parked == 0)
			return;
		admission_channel_go(admission);
		if (n % 6 == GO)
			p->parked--, p->channels++;
		else
			admission_channel_ungo(admission);
		verdict = plain_verdict(p);
		break;
	case END:
		if (p->channels == 0 || n >> 8 & 7)
			return;
		p->channels--, p->ended++;
		verdict = admission_channel_end(admission);
		break;
	case STOP:
		if (p->devices == 0)
			return;
		p->devices--, p->starved++;
		verdict = admission_device_stop(admission);
		break;
	case START:
		if (p->starved == 0)
			return;
		p->devices++, p->starved--;
		admission_device_go(admission);
		verdict = plain_verdict(p);
		break;
	}
	ck_assert_int_eq(verdict, plain_verdict(p));
	ck_assert_uint_eq(admission_parked(admission), (uint32_t)p->parked);
}

START_TEST(verdicts_are_a_plain_count)
{
	uint64_t seed = (uint64_t)_i;
	struct plain p = { .channels = 1 + _i % 256, .devices = _i % 7 };
	struct admission admission;
	int k;

	admission_init(&admission, (uint32_t)p.channels);
	for (k = 0; k < p.devices; k++)
		admission_device_add(&admission);
	for (k = 0; k < 4000; k++)
		step(&admission, &p, seeded(&seed));
}
END_TEST

/* A wake-up that comes before the sleep it ends: never seen as an end. */
START_TEST(going_on_may_come_before_parking)
{
	struct admission admission;

	admission_init(&admission, 2);
	admission_device_add(&admission);
	admission_channel_go(&admission);
	ck_assert_uint_eq(admission_parked(&admission), 0);
	ck_assert_int_eq(admission_device_stop(&admission), GO_ON);
	ck_assert_int_eq(admission_channel_park(&admission), GO_ON);
	ck_assert_int_eq(admission_channel_park(&admission), GO_ON);
	ck_assert_uint_eq(admission_parked(&admission), 1);
	ck_assert_int_eq(admission_channel_park(&admission), STUCK);
}
END_TEST

enum { THREADS = 8, ROUNDS = 3000 };
static struct admission shared;
static _Atomic int told;
static pthread_barrier_t barrier;

static void *
one_of_many(void *arg)
{
	int number = (int)(intptr_t)arg, k;
	enum verdict verdict;

	for (k = 0; k < ROUNDS; k++) {
		if (number == 0) {
			admission_init(&shared, THREADS / 2);
			told = 0;
			for (int d = 0; d < THREADS / 2; d++)
				admission_device_add(&shared);
		}
		pthread_barrier_wait(&barrier);
		verdict = number % 2 ? admission_device_stop(&shared) :
		    admission_channel_park(&shared);
		if (verdict == STUCK)
			atomic_fetch_add(&told, 1);
		pthread_barrier_wait(&barrier);
		if (number == 0)
			ck_assert_int_eq(told, 1);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

START_TEST(exactly_one_is_told)
{
	pthread_t thread[THREADS];
	int k;

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (k = 1; k < THREADS; k++)
		pthread_create(&thread[k], NULL, one_of_many,
		    (void *)(intptr_t)k);
	one_of_many(NULL);
	for (k = 1; k < THREADS; k++)
		pthread_join(thread[k], NULL);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, verdicts_are_a_plain_count, 0, 60);
	tcase_add_test(tests, going_on_may_come_before_parking);
	tcase_add_test(tests, exactly_one_is_told);
}
SUITE(admission, cases)

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each allocation that a backend's open makes fails once: open says so, and
 * neither memory nor a descriptor is left behind.
 *
 * Linked with --wrap, so that the backends' calls come here first.
 */
#include "bench.h"
#include "../vfio-user/server.h"

static int countdown, hit, live;

static void *
counted(void *got)
{
	live += got != NULL;
	return got;
}

static int
turn(void)
{
	if (countdown == 0 || --countdown > 0)
		return 0;
	hit = 1;
	return 1;
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *
__wrap_calloc(size_t n, size_t size)
{
	return turn() ? NULL : counted(__real_calloc(n, size));
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *
__wrap_malloc(size_t size)
{
	return turn() ? NULL : counted(__real_malloc(size));
}

void __real_free(void *p);
void __wrap_free(void *p);
void
__wrap_free(void *p)
{
	live -= p != NULL;
	__real_free(p);
}

static const struct {
	const struct vfiomig_backend *(*backend)(void);
	const char *params;
	int allocations, result;	/* and what open says with memory */
} cases[] = {
	{ vfiomig_backend_v1_null_backend, "", 1, 0 },
	{ vfiomig_backend_v1_sim_backend, "", 1, 0 },
	{ vfiomig_backend_v1_sim_backend, "tag=memory", 2, 0 },
	{ vfiomig_backend_v1_file_backend, "colour=red", 2, -EINVAL },
	{ vfiomig_backend_v1_vfio_backend, "colour=red", 1, -EINVAL },
	{ vfiomig_backend_v1_vfio_user_backend, "colour=red", 1, -EINVAL },
};

START_TEST(each_allocation_fails_once)
{
	const struct vfiomig_backend *backend = cases[_i].backend();
	int fds = server_count_fds(), left, n, r;
	void *device = &device;

	for (n = 1; ; n++) {
		left = live;
		hit = 0;
		countdown = n;
		r = backend->open(&bench_host, cases[_i].params, 0, &device);
		countdown = 0;
		left = live - left;	/* asserts allocate, too */
		if (!hit)
			break;
		ck_assert_int_eq(r, -ENOMEM);
		ck_assert_ptr_eq(device, &device);
		ck_assert_int_eq(left, 0);
		ck_assert_int_eq(server_count_fds(), fds);
	}
	ck_assert_int_eq(n - 1, cases[_i].allocations);
	ck_assert_int_eq(r, cases[_i].result);
	if (r == 0)
		backend->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("memory");

	tcase_add_loop_test(tests, each_allocation_fails_once, 0,
	    sizeof cases / sizeof *cases);
	return bench_run(tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A backend, loaded or registered, is adopted when it has what is required,
 * however much more or less it has; and is refused in words when it has not.
 */
#include <stddef.h>

#include "modules.h"

#define END_OF(field) (offsetof(struct vfiomig_backend, field) +	\
    sizeof ((struct vfiomig_backend *)0)->field)

/* Load, which must fail with @error and words that have @words in them. */
static void
load_refused(const char *name, int error, const char *words)
{
	char text[512] = "";
	int got = vfiomig_backend_load(name, text, sizeof text);

	ck_assert_msg(got == error, "%s: %d: %s", name, got, text);
	ck_assert_msg(strstr(text, words) != NULL, "%s: %s", name, text);
	ck_assert_int_eq(vfiomig_backend_load(name, NULL, 0), error);
	memset(text, 'x', sizeof text);
	ck_assert_int_eq(vfiomig_backend_load(name, text, 8), error);
	ck_assert_uint_lt(strnlen(text, 8), 8);
	ck_assert_int_eq(text[8], 'x');
}

static void
load_adopted(const char *name)
{
	char text[512] = "";
	int got = vfiomig_backend_load(name, text, sizeof text);

	ck_assert_msg(got == 0, "%s: %d: %s", name, got, text);
}

/* A line of what describe says of @name. */
static void
describe_has(const char *name, const char *line)
{
	char text[2048];
	int length = vfiomig_backend_describe(name, text, sizeof text);

	ck_assert_int_gt(length, 0);
	ck_assert_int_lt(length, (int)sizeof text);
	ck_assert_uint_eq(strlen(text), (size_t)length);
	ck_assert_msg(strstr(text, line) != NULL, "%s", text);
}

START_TEST(one_that_is_as_it_should_be)
{
	load_adopted(MODULE("vice_none"));
	load_adopted(MODULE("vice_none"));	/* again is fine */
	describe_has("vice-none", "name=vice-none\n");
	describe_has("vice-none", "api=1\n");
	describe_has("vice-none", "threads=per-device\n");
	describe_has("vice-none", "has_write=1\n");
	describe_has("vice-none", "has_writev=0\n");
	device_loads("vice-none", NULL, "xyz", 3);
}
END_TEST

START_TEST(one_from_the_future)
{
	load_adopted(MODULE("vice_future"));
	describe_has("vice-future", "name=vice-future\n");
	describe_has("vice-future", "has_dirty_stop=0\n");
	device_loads("vice-future", NULL, "xyz", 3);
}
END_TEST

START_TEST(one_from_the_past)
{
	load_adopted(MODULE("vice_past"));
	describe_has("vice-past", "has_writev=0\n");
	device_loads("vice-past", NULL, "xyz", 3);
}
END_TEST

START_TEST(one_whose_struct_shrank)
{
	load_refused(MODULE("vice_shrank"), -EINVAL, "struct is too small");
}
END_TEST

START_TEST(one_of_another_api)
{
	load_refused(MODULE("vice_api"), -EPROTONOSUPPORT, "api is not one");
}
END_TEST

START_TEST(one_without_a_required_function)
{
	load_refused(MODULE("vice_missing"), -EINVAL, "function is missing");
}
END_TEST

START_TEST(one_without_a_name)
{
	load_refused(MODULE("vice_unnamed"), -EINVAL, "no name");
}
END_TEST

START_TEST(one_of_unknown_concurrency)
{
	load_refused(MODULE("vice_threads"), -EINVAL, "concurrency");
}
END_TEST

START_TEST(one_that_has_nothing_to_give)
{
	load_refused(MODULE("vice_null"), -ELIBBAD, "vfiomig_backend_v1");
}
END_TEST

START_TEST(one_that_cannot_be_linked)
{
	load_refused(MODULE("vice_undefined"), -ELIBBAD, "no_such_function");
}
END_TEST

START_TEST(one_with_a_taken_name)
{
	load_adopted(MODULE("vice_none"));
	load_refused(MODULE("vice_namesake"), -EEXIST, "has its name");
}
END_TEST

START_TEST(a_stranger)
{
	load_refused(MODULE("stranger"), -ELIBBAD, "no vfiomig_backend_v1");
}
END_TEST

START_TEST(what_is_no_shared_object)
{
	char path[] = "/tmp/vfiomig-abi-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	load_refused(path, -ELIBBAD, path);
	ck_assert_int_eq(write(fd, "int main;\n", 10), 10);
	load_refused(path, -ELIBBAD, path);
	close(fd);
	unlink(path);
	load_refused("/tmp", -ELIBBAD, "/tmp");
}
END_TEST

START_TEST(paths_that_are_none)
{
	char name[5000];

	load_refused("./vice_none.so", -EINVAL, "absolute path");
	load_refused("tests/vice_none.so", -EINVAL, "absolute path");
	load_refused("../x", -EINVAL, "absolute path");
	load_refused("/no/such/file.so", -ENOENT, "no such file");
	load_refused("no-such-backend", -ENOENT, "no-such-backend");
	ck_assert_int_eq(vfiomig_backend_load(NULL, NULL, 0), -EINVAL);
	ck_assert_int_eq(vfiomig_backend_load("", NULL, 0), -EINVAL);
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	ck_assert_int_lt(vfiomig_backend_load(name, NULL, 0), 0);
	name[0] = '/';
	ck_assert_int_lt(vfiomig_backend_load(name, NULL, 0), 0);
}
END_TEST

START_TEST(a_bare_name_is_not_of_this_folder)
{
	ck_assert_int_eq(chdir(MODULES), 0);
	ck_assert_int_eq(access("vice_none.so", R_OK), 0);
	load_refused("vice_none", -ENOENT, "vice_none");
	load_refused("vice_none.so", -ENOENT, "vice_none");
}
END_TEST

START_TEST(describe_is_cut)
{
	char text[8];

	memset(text, 'x', sizeof text);
	load_adopted(MODULE("vice_none"));
	ck_assert_int_gt(vfiomig_backend_describe("vice-none", text, 4), 100);
	ck_assert_str_eq(text, "nam");
	ck_assert_int_eq(text[4], 'x');
	ck_assert_int_gt(vfiomig_backend_describe("vice-none", NULL, 0), 100);
	ck_assert_int_eq(vfiomig_backend_describe("none", text, 4), -ENOENT);
	ck_assert_int_eq(vfiomig_backend_describe(NULL, text, 4), -EINVAL);
}
END_TEST

/* A copy of null's struct of @size bytes and not one more. */
static struct vfiomig_backend *
null_copy(size_t size)
{
	struct vfiomig_backend *copy = malloc(size);

	memcpy(copy, vfiomig_backend_v1_null_backend(), size);
	copy->size = size;
	return copy;
}

START_TEST(a_registered_one_is_copied)
{
	struct vfiomig_backend *copy = null_copy(sizeof *copy);
	char name[] = "copied";

	copy->name = name;
	ck_assert_int_eq(vfiomig_backend_register(copy), 0);
	ck_assert_int_eq(vfiomig_backend_register(copy), 0);
	memset(copy, 0xff, sizeof *copy);
	free(copy);
	memset(name, '!', sizeof name - 1);
	describe_has("copied", "name=copied\n");
	device_loads("copied", NULL, "xyz", 3);
}
END_TEST

START_TEST(a_registered_one_of_every_size)
{
	struct vfiomig_backend *copy;
	char name[32];
	size_t size;
	int error;

	for (size = END_OF(name); size <= sizeof *copy; size++) {
		copy = null_copy(size);
		snprintf(name, sizeof name, "size-%zu", size);
		copy->name = name;
		error = vfiomig_backend_register(copy);
		ck_assert_msg(error == (size < END_OF(write) ? -EINVAL : 0),
		    "%zu: %d", size, error);
		free(copy);
		if (error == 0 && size % 8 == 0)
			device_loads(name, NULL, "xyz", 3);
	}
}
END_TEST

START_TEST(a_registered_one_lacks_each_function)
{
	static const size_t required[] = {
		offsetof(struct vfiomig_backend, open),
		offsetof(struct vfiomig_backend, close),
		offsetof(struct vfiomig_backend, query),
		offsetof(struct vfiomig_backend, get_state),
		offsetof(struct vfiomig_backend, set_state),
		offsetof(struct vfiomig_backend, read),
		offsetof(struct vfiomig_backend, write),
	};
	struct vfiomig_backend *copy;
	size_t i;

	for (i = 0; i < sizeof required / sizeof *required; i++) {
		copy = null_copy(sizeof *copy);
		copy->name = "lacking";
		memset((char *)copy + required[i], 0, sizeof(void *));
		ck_assert_int_eq(vfiomig_backend_register(copy), -EINVAL);
		free(copy);
	}
	ck_assert_int_eq(vfiomig_backend_register(NULL), -EINVAL);
}
END_TEST

START_TEST(a_registered_one_of_other_apis_and_names)
{
	struct vfiomig_backend *copy = null_copy(sizeof *copy);

	copy->api = 0;
	ck_assert_int_eq(vfiomig_backend_register(copy), -EPROTONOSUPPORT);
	copy->api = 2;
	ck_assert_int_eq(vfiomig_backend_register(copy), -EPROTONOSUPPORT);
	copy->api = 1;
	copy->name = "";
	ck_assert_int_eq(vfiomig_backend_register(copy), -EINVAL);
	copy->name = "sim";
	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_sim_backend()), 0);
	ck_assert_int_eq(vfiomig_backend_register(copy), -EEXIST);
	free(copy);
}
END_TEST

START_TEST(what_is_shipped_loads)
{
	load_adopted(SHIPPED "/null/.libs/null.so");
	load_adopted(SHIPPED "/file/.libs/file.so");
	load_adopted(SHIPPED "/sim/.libs/sim.so");
	describe_has("null", "threads=any\n");
	describe_has("file", "threads=per-device\n");
	describe_has("sim", "has_dirty_report=1\n");
	device_loads("null", "", "xyz", 3);
	device_loads("sim", "verify=0,size=3", "xyz", 3);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("adopt");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, one_that_is_as_it_should_be);
	tcase_add_test(t, one_from_the_future);
	tcase_add_test(t, one_from_the_past);
	tcase_add_test(t, one_whose_struct_shrank);
	tcase_add_test(t, one_of_another_api);
	tcase_add_test(t, one_without_a_required_function);
	tcase_add_test(t, one_without_a_name);
	tcase_add_test(t, one_of_unknown_concurrency);
	tcase_add_test(t, one_that_has_nothing_to_give);
	tcase_add_test(t, one_that_cannot_be_linked);
	tcase_add_test(t, one_with_a_taken_name);
	tcase_add_test(t, a_stranger);
	tcase_add_test(t, what_is_no_shared_object);
	tcase_add_test(t, paths_that_are_none);
	tcase_add_test(t, a_bare_name_is_not_of_this_folder);
	tcase_add_test(t, describe_is_cut);
	tcase_add_test(t, a_registered_one_is_copied);
	tcase_add_test(t, a_registered_one_of_every_size);
	tcase_add_test(t, a_registered_one_lacks_each_function);
	tcase_add_test(t, a_registered_one_of_other_apis_and_names);
	tcase_add_test(t, what_is_shipped_loads);
	return bench_run(t);
}

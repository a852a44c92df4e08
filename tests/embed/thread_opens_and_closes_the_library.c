/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread loads the library and a backend, makes a migration with them,
 * closes both, and ends; again and again, in a program that is not linked
 * with the library.
 */
#include <check.h>
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include <vfiomig/vfiomig.h>

#include "../suite.h"

static void *
find(void *library, const char *name)
{
	void *symbol = dlsym(library, name);

	ck_assert_msg(symbol != NULL, "%s", name);
	return symbol;
}

#define FIND(name)							\
	__typeof__(&vfiomig_##name) name;				\
	*(void **)&name = find(library, "vfiomig_" #name)

static void *
use(void *unused)
{
	static const unsigned char packet[12] = { [11] = 1 };
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1, .budget = 1 << 20 };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "vfio", .backend = "null" };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1 };
	struct vfiomig_channel *channel;
	struct vfiomig_device *device;
	struct vfiomig *mig;
	char path[PATH_MAX], text[256];
	void *library;

	library = dlopen(".libs/libvfiomig.so", RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(library != NULL, "%s", dlerror());
	FIND(backend_load);
	FIND(new);
	FIND(device_add);
	FIND(channel_open);
	FIND(packet_submit);
	FIND(channel_close);
	FIND(buffer_drain);
	FIND(resume);
	FIND(free);
	ck_assert_ptr_nonnull(realpath("plugins/null/.libs/null.so", path));
	ck_assert_msg(backend_load(path, text, sizeof text) == 0, "%s", text);
	ck_assert_int_eq(new(&mig, VFIOMIG_INCOMING, &config), 0);
	ck_assert_int_eq(device_add(mig, &dc, &device), 0);
	ck_assert_int_eq(channel_open(mig, &cc, &channel), 0);
	ck_assert_int_eq(packet_submit(channel, device, packet, 12), 0);
	ck_assert_int_eq(channel_close(channel), 0);
	ck_assert_int_eq(buffer_drain(device), 0);
	ck_assert_int_eq(resume(mig), 0);
	free(mig);
	ck_assert_int_eq(dlclose(library), 0);
	return unused;
}

START_TEST(a_thread_comes_and_goes)
{
	pthread_t thread;
	int k;

	for (k = 0; k < 20; k++) {
		ck_assert_int_eq(pthread_create(&thread, NULL, use, NULL), 0);
		ck_assert_int_eq(pthread_join(thread, NULL), 0);
	}
	/* still mapped, as the manual says: nothing runs into a hole */
	ck_assert_ptr_nonnull(dlopen(".libs/libvfiomig.so",
	    RTLD_NOW | RTLD_NOLOAD));
}
END_TEST

int
main(void)
{
	TCase *c = tcase_create("dlopen");

	tcase_add_test(c, a_thread_comes_and_goes);
	return suite_main("dlopen", c, 60);
}

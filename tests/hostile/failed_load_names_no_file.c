/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A load that failed leaves no file with the name of a whole one, also when
 * the peer sent nothing at all and there was nothing to reset for.
 */
#include <stdio.h>

#include "target.h"

START_TEST(nothing_came_and_nothing_is_named)
{
	char folder[] = "/tmp/vfiomigXXXXXX", params[128], path[64];
	struct vfiomig_config config = { .size = sizeof config, .channels = 1 };
	struct vfiomig_device_config dc = {
		.size = sizeof dc, .idstr = "vfio", .backend = "file",
		.params = params, .flags = VFIOMIG_DEVICE_NONBLOCK
	};
	struct target target;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/stream", folder);
	snprintf(params, sizeof params, "path=%s", path);
	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_file_backend()), 0);
	ck_assert_int_eq(vfiomig_new(&target.mig, VFIOMIG_INCOMING, &config),
	    0);
	ck_assert_int_eq(vfiomig_device_add(target.mig, &dc, &target.device),
	    0);
	ck_assert_int_eq(vfiomig_buffer_drain(target.device), -EAGAIN);
	vfiomig_channel_close(target_channel(&target, -1));
	ck_assert_int_eq(vfiomig_buffer_drain(target.device), -EPIPE);
	vfiomig_free(target.mig);
	ck_assert_int_lt(access(path, F_OK), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

TARGET_MAIN("no file", nothing_came_and_nothing_is_named)

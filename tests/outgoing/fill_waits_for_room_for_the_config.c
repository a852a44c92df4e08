/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A nonblocking fill whose budget the data has used up says -EAGAIN before it
 * saves the config state, and saves it once when there is room.
 */
#include <errno.h>
#include <string.h>

#include <vfiomig/vfiomig.h>

#include "suite.h"
#include "tape.h"

enum { BLOCK = 128 << 10, SIZE = BLOCK + BLOCK / 2, CONFIG = 100 };

static uint8_t data[SIZE], config_state[CONFIG];
static struct tape tape[1];
static int saves;

static ssize_t
count_saves(struct tape *t, enum tape_call call)
{
	(void)t;
	saves += call == TAPE_CONFIG_SAVE;
	return 0;
}

START_TEST(fill_waits)
{
	struct vfiomig_config config = { .size = sizeof config,
	    .channels = 1, .budget = 2 * BLOCK, .packet_max = BLOCK };
	struct vfiomig_device_config dc = { .size = sizeof dc,
	    .idstr = "dev", .backend = "tape", .params = "0",
	    .flags = VFIOMIG_DEVICE_NONBLOCK };
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1,
	    .flags = VFIOMIG_CHANNEL_NONBLOCK };
	struct vfiomig_packet packet = { .size = sizeof packet };
	struct vfiomig_channel *ch;
	struct vfiomig_device *device;
	struct vfiomig *mig;
	int packets = 0, r;

	tape[0] = (struct tape){ .data = data, .size = SIZE,
	    .config = config_state, .config_size = CONFIG,
	    .hook = count_saves };
	tape_register(tape, 1);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_OUTGOING, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(mig, &dc, &device), 0);
	ck_assert_int_eq(vfiomig_channel_open(mig, &cc, &ch), 0);
	ck_assert_int_eq(vfiomig_quiesce(mig), 0);
	while ((r = vfiomig_buffer_fill(device)) == -EAGAIN &&
	    tape[0].played < SIZE)
		;
	ck_assert_int_eq(r, -EAGAIN);
	ck_assert_int_eq(vfiomig_buffer_fill(device), -EAGAIN);
	ck_assert_uint_eq(tape[0].played, SIZE);
	ck_assert_int_eq(saves, 0);
	while ((r = vfiomig_packet_take(ch, &packet)) == 0 ||
	    r == -EAGAIN) {
		if (r == 0) {
			packets++;
			ck_assert_int_eq(vfiomig_packet_release(ch), 0);
		}
		r = vfiomig_buffer_fill(device);
		ck_assert(r == 0 || r == -EAGAIN);
	}
	ck_assert_int_eq(r, -ENODATA);
	ck_assert_int_eq(packets, 3);
	ck_assert_int_eq(saves, 1);
	vfiomig_free(mig);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("room");

	tcase_add_test(tests, fill_waits);
	return suite_run("room", tests);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The documented errors of the calls that make migrations, devices and
 * channels, and of those that read figures; none fails the migration. */
#include <errno.h>
#include <string.h>

#include "dest.h"
#include "tests/unit/suite.h"

static const struct vfiomig_config right = {
	.size = sizeof right, .channels = 2, .budget = 1 << 20,
	.packet_max = 1 << 17
};

/* One field of the configuration, wrong and still right. */
#define FIELD(field, wrong, fine) \
	{ #field, offsetof(struct vfiomig_config, field), \
	  sizeof right.field, wrong, fine }

static const struct {
	const char *name;
	size_t at, size;
	uint64_t wrong, fine;
} field[] = {
	FIELD(size, 0, sizeof right),
	FIELD(size, offsetof(struct vfiomig_config, budget) - 1,
	    sizeof right + 100),
	FIELD(flags, 1, 0),
	FIELD(flags, 1u << 31, 0),
	FIELD(channels, 0, 1),
	FIELD(channels, 257, 256),
	FIELD(budget, 1, 1 << 17),
	FIELD(budget, (1 << 17) - 1, 1 << 17),
	FIELD(budget, (uint64_t)1 << 40, 1 << 17),
	FIELD(packet_max, (256 << 20) + 1, 1),
	FIELD(packet_max, (1 << 20) + 1, 1 << 20),
	FIELD(window, 65537, 65536),
	FIELD(window, UINT32_MAX, 1),
	FIELD(page_size, 512, 1024),
	FIELD(page_size, 4097, 0),
	FIELD(page_size, 131072, 65536),
};

static int
make(size_t at, uint64_t value, size_t size)
{
	uint8_t bytes[sizeof right + 200] = { 0 };
	const uint32_t half = (uint32_t)value;
	struct vfiomig *mig = NULL;
	int r;

	memcpy(bytes, &right, sizeof right);
	ck_assert(size == sizeof value || size == sizeof half);
	memcpy(bytes + at, size == sizeof half ? (const void *)&half : &value,
	    size);
	r = vfiomig_new(&mig, VFIOMIG_INCOMING,
	    (const struct vfiomig_config *)(void *)bytes);
	ck_assert((r == 0) == (mig != NULL));
	vfiomig_free(mig);
	return r;
}

START_TEST(new_checks_each_field)
{
	ck_assert_int_eq(make(field[_i].at, field[_i].wrong, field[_i].size),
	    CODE(vfiomig_new, EINVAL));
	ck_assert_int_eq(make(field[_i].at, field[_i].fine, field[_i].size),
	    0);
}
END_TEST

START_TEST(new_checks_its_arguments)
{
	struct vfiomig *mig = NULL;

	ck_assert_int_eq(vfiomig_new(NULL, VFIOMIG_INCOMING, &right),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_new(&mig, VFIOMIG_INCOMING, NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_new(&mig, (enum vfiomig_direction)0, &right),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_new(&mig, (enum vfiomig_direction)3, &right),
	    -EINVAL);
	ck_assert_ptr_null(mig);
	vfiomig_free(NULL);
}
END_TEST

/* A budget that no machine has. */
START_TEST(new_finds_no_memory)
{
	ck_assert_int_eq(make(offsetof(struct vfiomig_config, budget),
	    (uint64_t)1 << 39, 8), CODE(vfiomig_new, ENOMEM));
}
END_TEST

/* ---- devices ---- */

static int
add(struct dest *dest, struct vfiomig_device_config dc)
{
	struct vfiomig_device *device = NULL;
	int r;

	if (dc.size == 0)
		dc.size = sizeof dc;
	if (dc.backend == NULL)
		dc.backend = "record";
	r = vfiomig_device_add(dest->mig, &dc, &device);
	ck_assert((r == 0) == (device != NULL));
	ck_assert_int_eq(vfiomig_failure(dest->mig, NULL, 0), 0);
	return r;
}
#define ADD(...) add(&dest, (struct vfiomig_device_config){ __VA_ARGS__ })

START_TEST(device_add)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1,
	    .budget = 3 * PACKET_ROOM);
	char name[300];
	struct dest dest;

	record_start();
	dest_open(&dest, 0, &config, 0, "record");
	memset(name, 'x', sizeof name);
	name[256] = '\0';
	ck_assert_int_eq(ADD(.idstr = NULL), CODE(vfiomig_device_add,
	    EINVAL));
	ck_assert_int_eq(ADD(.idstr = ""), -EINVAL);
	ck_assert_int_eq(ADD(.idstr = name), -EINVAL);	/* 256 */
	ck_assert_int_eq(ADD(.idstr = "a", .flags = 4), -EINVAL);
	ck_assert_int_eq(ADD(.idstr = "a", .size = 8), -EINVAL);
	ck_assert_int_eq(ADD(.idstr = "a", .backend = "none such"),
	    CODE(vfiomig_device_add, ENOENT));
	record[3].open_error = -EACCES;
	ck_assert_int_eq(ADD(.idstr = "a", .params = "3"), -EACCES);
	words_are_in(dest.log, "cannot be opened|device=\"a\"|error=-13");
	record[3].open_error = 0;
	record[3].query_error = -EOPNOTSUPP;
	ck_assert_int_eq(ADD(.idstr = "a", .params = "3"),
	    CODE(vfiomig_device_add, EOPNOTSUPP));
	record[3].query_error = 0;
	record[3].can = VFIOMIG_CAN_P2P;	/* and not STOP_COPY */
	ck_assert_int_eq(ADD(.idstr = "a", .params = "3"), -EOPNOTSUPP);
	ck_assert(!record[3].open);
	name[255] = '\0';
	ck_assert_int_eq(ADD(.idstr = name, .params = "0"), 0);	/* 255 */
	ck_assert_int_eq(ADD(.idstr = name, .params = "1"),
	    CODE(vfiomig_device_add, EEXIST));
	record[4].can = VFIOMIG_CAN_STOP_COPY;
	ck_assert_int_eq(ADD(.idstr = "a", .params = "4"), -EOPNOTSUPP);
	ck_assert_int_eq(ADD(.idstr = name, .instance_id = 1, .params = "1"),
	    0);
	ck_assert_int_eq(ADD(.idstr = "c", .params = "2"), 0);
	ck_assert_int_eq(ADD(.idstr = "d", .params = "5"),
	    CODE(vfiomig_device_add, ENOBUFS));
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(ADD(.idstr = "e", .params = "5"),
	    CODE(vfiomig_device_add, EBUSY));
	ck_assert_ptr_nonnull(vfiomig_device_find(dest.mig, name, 1));
	ck_assert_ptr_null(vfiomig_device_find(dest.mig, name, 2));
	ck_assert_ptr_null(vfiomig_device_find(dest.mig, NULL, 0));
	ck_assert_ptr_null(vfiomig_device_find(NULL, name, 0));
	dest_close(&dest);
}
END_TEST

/* ---- channels, and figures ---- */

START_TEST(channel_open)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 2);
	struct vfiomig_channel_config cc = { .size = sizeof cc, .fd = -1 };
	struct vfiomig_channel *channel;
	struct dest dest;

	record_start();
	dest_open(&dest, 0, &config, 0, "record");
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    CODE(vfiomig_channel_open, EBUSY));		/* no device yet */
	ck_assert_int_eq(ADD(.idstr = "a", .params = "0"), 0);
	cc.flags = 2;
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    CODE(vfiomig_channel_open, EINVAL));
	cc.flags = 0;
	cc.size = 8;
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    -EINVAL);
	cc.size = sizeof cc;
	cc.fd = 1000000;		/* nobody's */
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    CODE(vfiomig_channel_open, EBADF));
	cc.fd = -1;
	ck_assert_int_eq(vfiomig_channel_open(NULL, &cc, &channel), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, NULL, &channel),
	    -EINVAL);
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, NULL), -EINVAL);
	dest_channel(&dest, 0, -1, 0);
	dest_channel(&dest, 1, -1, 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_channel_close(dest.channel[0]), 0);
	ck_assert_int_eq(vfiomig_channel_open(dest.mig, &cc, &channel),
	    -EBUSY);			/* all came, one went */
	ck_assert_int_eq(vfiomig_channel_event_fd(dest.channel[1]), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_event_fd(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_close(NULL), -EINVAL);
	dest_close(&dest);
}
END_TEST

START_TEST(figures_and_the_rest)
{
	struct vfiomig_config config = DEST_CONFIG_INIT(.channels = 1);
	struct vfiomig_channel_stats c = { .size = 0 };
	struct vfiomig_device_stats d = { .size = 0 };
	struct vfiomig_stats s = { .size = 0 };
	struct dest dest;
	char text[8];

	record_start();
	dest_open(&dest, 1, &config, 0, "record");
	dest_channel(&dest, 0, -1, 0);
	ck_assert_int_eq(vfiomig_device_stats(dest.device[0], &d),
	    CODE(vfiomig_device_stats, EINVAL));
	ck_assert_int_eq(vfiomig_device_stats(NULL, &d), -EINVAL);
	ck_assert_int_eq(vfiomig_device_stats(dest.device[0], NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_channel_stats(dest.channel[0], &c),
	    CODE(vfiomig_channel_stats, EINVAL));
	ck_assert_int_eq(vfiomig_channel_stats(NULL, &c), -EINVAL);
	ck_assert_int_eq(vfiomig_stats(dest.mig, &s),
	    CODE(vfiomig_stats, EINVAL));
	ck_assert_int_eq(vfiomig_stats(NULL, &s), -EINVAL);
	ck_assert_int_eq(vfiomig_device_event_fd(dest.device[0]),
	    CODE(vfiomig_device_event_fd, EINVAL));
	ck_assert_int_eq(vfiomig_initial_set(NULL, 1), -EINVAL);
	ck_assert_int_eq(vfiomig_config_release(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_recover(dest.mig), CODE(vfiomig_recover,
	    EBUSY));
	ck_assert_int_eq(vfiomig_resume(dest.mig), CODE(vfiomig_resume,
	    EBUSY));
	ck_assert_int_eq(vfiomig_resume(NULL), -EINVAL);
	ck_assert_int_eq(vfiomig_failure(NULL, NULL, 0), -EINVAL);
	ck_assert_int_eq(vfiomig_failure(dest.mig, NULL, 1), -EINVAL);
	ck_assert_int_eq(vfiomig_failure(dest.mig, text, sizeof text), 0);
	ck_assert_str_eq(text, "");
	vfiomig_cancel(dest.mig);
	ck_assert_int_eq(vfiomig_failure(dest.mig, text, sizeof text),
	    -ECANCELED);
	ck_assert_str_eq(text, "migrati");	/* cut to size */
	dest_close(&dest);
}
END_TEST

static void
cases(TCase *tests)
{
	tcase_add_loop_test(tests, new_checks_each_field, 0, COUNT_OF(field));
	tcase_add_test(tests, new_checks_its_arguments);
	tcase_add_test(tests, new_finds_no_memory);
	tcase_add_test(tests, device_add);
	tcase_add_test(tests, channel_open);
	tcase_add_test(tests, figures_and_the_rest);
}
SUITE(making, cases)

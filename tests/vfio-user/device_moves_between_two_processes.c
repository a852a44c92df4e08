/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device of one vfio-user server comes whole to another's, through the
 * library, in messages of any size, with and without pre-copy data.
 */
#include "../plugins/bench.h"
#include "server.h"

#include <stdbool.h>

static const struct {
	size_t give, initial;
	uint32_t read_max;
	const char *params;
	const char *capabilities;
	uint32_t message;		/* the largest that may come */
} cases[] = {
	{ 0, 0, UINT32_MAX, "", NULL, 0 },
	{ 1, 0, UINT32_MAX, "", NULL, 1 },
	{ 3000000, 0, UINT32_MAX, "", NULL, 1 << 20 },
	{ 3000000, 12288, UINT32_MAX, "window=1", NULL, 1 << 20 },
	{ 3000000, 12288, 1000, "window=64", NULL, 1 << 20 },
	{ 100000, 0, 7, "transfer=999", NULL, 999 },
	{ 3000000, 4096, UINT32_MAX, "", "{\"capabilities\":"
	    "{\"max_data_xfer_size\":65536}}", 65536 },
	{ 3000000, 4096, UINT32_MAX, "transfer=4096",
	    "{\"x\":[1,{\"max_data_xfer_size\":7}],\"capabilities\":{}}",
	    4096 },
	{ 3000000, 4096, UINT32_MAX, "precopy=0", "{}", 1 << 20 },
};

static struct server *source, *target;
static struct vfiomig *out, *in;
static struct vfiomig_device *from, *to;
static struct vfiomig_channel *sending, *receiving;
static bool configured;

static int
config_take(void *opaque, const void *data, size_t size)
{
	(void)opaque;
	configured = size == 3 && memcmp(data, "cfg", 3) == 0;
	return 0;
}

static ssize_t
config_give(void *opaque, void *data, size_t size)
{
	(void)opaque;
	ck_assert_uint_ge(size, 3);
	memcpy(data, "cfg", 3);
	return 3;
}

static void
end_open(struct vfiomig **mig, enum vfiomig_direction direction, int fd,
    const char *params, struct vfiomig_device **dev,
    struct vfiomig_channel **ch)
{
	const struct vfiomig_config config = {
		.size = sizeof config, .channels = 1
	};
	const struct vfiomig_channel_config channel = {
		.size = sizeof channel, .fd = -1,
		.flags = VFIOMIG_CHANNEL_NONBLOCK
	};
	struct vfiomig_device_config device = {
		.size = sizeof device, .flags = VFIOMIG_DEVICE_NONBLOCK,
		.idstr = "device",
		.backend = "vfio-user", .config_load = config_take,
		.config_save = config_give
	};
	char text[256];

	snprintf(text, sizeof text, "fd=%d%s%s", fd, params[0] ? "," : "",
	    params);
	device.params = text;
	ck_assert_int_eq(vfiomig_new(mig, direction, &config), 0);
	ck_assert_int_eq(vfiomig_device_add(*mig, &device, dev), 0);
	ck_assert_int_eq(vfiomig_channel_open(*mig, &channel, ch), 0);
}

/* Every packet that is in line from one side to the other. */
static void
packets_carry(void)
{
	struct vfiomig_packet packet = { .size = sizeof packet };
	static char bytes[(1 << 20) + VFIOMIG_PACKET_HEADER];
	size_t head = VFIOMIG_PACKET_HEADER;
	int r;

	while ((r = vfiomig_packet_take(sending, &packet)) == 0) {
		memcpy(bytes, packet.iov[1].iov_base, head);
		memcpy(bytes + head, packet.iov[2].iov_base,
		    packet.iov[2].iov_len);
		ck_assert_int_eq(vfiomig_packet_submit(receiving, to, bytes,
		    head + packet.iov[2].iov_len), 0);
		ck_assert_int_eq(vfiomig_packet_release(sending), 0);
	}
	ck_assert(r == -ENODATA || r == -EAGAIN);
}

static void
precopy_move(void)
{
	static char data[1 << 16];
	ssize_t n;

	ck_assert_int_eq(vfiomig_precopy(out), 0);
	while ((n = vfiomig_state_save(from, data, sizeof data)) > 0)
		ck_assert_int_eq(vfiomig_state_load(to, data, (size_t)n), 0);
	ck_assert_int_eq(n, 0);
}

START_TEST(stream_comes_whole)
{
	size_t give = cases[_i].give;
	int peer[2], fds = server_count_fds(), r;

	ck_assert_int_eq(vfiomig_backend_register(
	    vfiomig_backend_v1_vfio_user_backend()), 0);
	source = server_new(&peer[0]);
	target = server_new(&peer[1]);
	source->give_size = give;
	source->initial = cases[_i].initial;
	source->read_max = cases[_i].read_max;
	source->capabilities = target->capabilities = cases[_i].capabilities;
	server_start(source);
	server_start(target);
	end_open(&out, VFIOMIG_OUTGOING, peer[0], cases[_i].params, &from,
	    &sending);
	end_open(&in, VFIOMIG_INCOMING, peer[1], cases[_i].params, &to,
	    &receiving);

	precopy_move();
	ck_assert_int_eq(vfiomig_quiesce(out), 0);
	while ((r = vfiomig_buffer_fill(from)) == -EAGAIN) {
		packets_carry();
		ck_assert_int_eq(vfiomig_buffer_drain(to), -EAGAIN);
	}
	ck_assert_int_eq(r, 0);
	packets_carry();
	ck_assert_int_eq(vfiomig_buffer_drain(to), 0);
	ck_assert_int_eq(vfiomig_resume(in), 0);

	vfiomig_free(out);
	vfiomig_free(in);
	close(peer[0]);
	close(peer[1]);
	server_stop(source);
	server_stop(target);
	ck_assert(configured);
	ck_assert_uint_eq(source->state, VFIOMIG_STATE_STOP);
	ck_assert_uint_eq(target->state, VFIOMIG_STATE_RUNNING);
	ck_assert_uint_eq(target->taken, give);
	ck_assert_mem_eq(target->take, source->give, give);
	ck_assert_uint_le(target->largest_write, cases[_i].message);
	ck_assert_uint_le(source->largest_read, 1 << 20);
	server_free(source);
	server_free(target);
	ck_assert_int_eq(server_count_fds(), fds);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("whole");

	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, stream_comes_whole, 0,
	    sizeof cases / sizeof *cases);
	return bench_run(tests);
}

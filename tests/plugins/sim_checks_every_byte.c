/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sim device gives a stream that its seed alone decides, and takes no
 * other: any wrong byte, too many or too few are refused.
 */
#include "../../plugins/sim/content.h"
#include "../../plugins/sim/sim.h"
#include "bench.h"

#define SIZE 10007

static const struct vfiomig_backend *sim;
static uint8_t stream[SIZE + 64];

static void *
sim_resuming(const char *params)
{
	void *device = bench_open(sim, params, 1);

	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	return device;
}

START_TEST(content_is_the_same_in_any_pieces)
{
	uint8_t piece[64];
	size_t offset, size;

	content_fill(5, 0, stream, sizeof stream);
	for (offset = 0; offset < 64; offset++) {
		for (size = 0; size < sizeof piece; size++) {
			content_fill(5, offset, piece, size);
			ck_assert_int_eq(memcmp(piece, stream + offset, size),
			    0);
			ck_assert_uint_eq(content_verify(5, offset, piece,
			    size), size);
		}
	}
	ck_assert_uint_eq(content_verify(6, 0, stream, sizeof stream), 0);
}
END_TEST

START_TEST(content_is_what_it_was)
{
	static const uint8_t first[16] = {
		0x87, 0xb8, 0x34, 0xeb, 0x2d, 0x4d, 0x43, 0x6a,
		0x70, 0x94, 0xe0, 0x3a, 0xee, 0xa4, 0x7b, 0xcb,
	};

	/* two hosts and two releases must agree */
	sim_stream(1, 0, stream, 16);
	ck_assert_mem_eq(stream, first, 16);
}
END_TEST

START_TEST(content_finds_the_first_wrong_byte)
{
	size_t i;

	content_fill(5, 3, stream, SIZE);
	for (i = 0; i < SIZE; i++) {
		stream[i] ^= 0x10;
		ck_assert_uint_eq(content_verify(5, 3, stream, SIZE), i);
		stream[i] ^= 0x10;
	}
}
END_TEST

START_TEST(the_right_bytes_are_taken_in_any_pieces)
{
	struct sim_view view;
	struct iovec iov[3];
	size_t done = 0, n;
	void *device;

	sim_stream(9, 0, stream, SIZE);
	device = sim_resuming("size=10007,seed=9,tag=a");
	for (n = 1; done + n < SIZE; done += n, n = n % 97 + 1)
		ck_assert_int_eq(sim->write(device, stream + done, n),
		    (ssize_t)n);
	iov[0] = (struct iovec){ stream + done, 1 };
	iov[1] = (struct iovec){ stream + done + 1, 0 };
	iov[2] = (struct iovec){ stream + done + 1, SIZE - done - 1 };
	ck_assert_int_eq(sim->writev(device, iov, 3), (ssize_t)(SIZE - done));
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	ck_assert_int_eq(sim_find("a", &view), 0);
	ck_assert_uint_eq(view.bytes, SIZE);
	ck_assert_uint_eq(view.verified, SIZE);
	ck_assert_int_eq(view.loaded, 1);
	ck_assert_uint_eq(view.writevs, 1);
	ck_assert_uint_eq(view.writev_bytes_max, SIZE - done);
	ck_assert_int_eq(view.writev_count_max, 3);
	sim->close(device);
}
END_TEST

START_TEST(a_wrong_byte_ends_the_load)
{
	struct sim_view view;
	struct iovec iov[2] = { { stream, 100 }, { stream + 100, 100 } };
	void *device;

	sim_stream(9, 0, stream, 200);
	stream[150] ^= 1;
	device = sim_resuming("seed=9,tag=a");
	ck_assert_int_eq(sim->writev(device, iov, 2), -EILSEQ);
	ck_assert_ptr_nonnull(strstr(bench_line, "offset=150"));
	ck_assert_int_eq(sim_find("a", &view), 0);
	ck_assert_uint_eq(view.verified, 150);
	stream[150] ^= 1;
	ck_assert_int_eq(sim->writev(device, iov, 2), -ENODEV);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), -EINVAL);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RUNNING),
	    -EINVAL);
	ck_assert_int_eq(sim->reset(device), 0);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	ck_assert_int_eq(sim->writev(device, iov, 2), 200);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	sim->close(device);
}
END_TEST

START_TEST(without_verify_all_is_taken)
{
	void *device = sim_resuming("verify=0,size=200");

	memset(stream, 0x55, 200);
	ck_assert_int_eq(sim->write(device, stream, 200), 200);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), 0);
	sim->close(device);
}
END_TEST

START_TEST(too_much_and_too_little_are_refused)
{
	struct sim_view view;
	void *device;

	sim_stream(0, 0, stream, 201);
	device = sim_resuming("size=200,tag=a");
	ck_assert_int_eq(sim->write(device, stream, 201), -ENOMEM);
	ck_assert_int_eq(sim->write(device, stream, 199), 199);
	ck_assert_int_eq(sim->write(device, stream + 199, 2), -ENOMEM);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), -EINVAL);
	ck_assert_ptr_nonnull(strstr(bench_line, "too short"));
	ck_assert_uint_eq(bench_state(sim, device), VFIOMIG_STATE_RESUMING);
	ck_assert_int_eq(sim->write(device, stream + 199, 1), -ENODEV);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP), -EINVAL);
	ck_assert_int_eq(sim_find("a", &view), 0);
	ck_assert_int_eq(view.loaded, 0);
	sim->close(device);
}
END_TEST

START_TEST(outside_of_a_session_there_is_no_device)
{
	static const uint32_t states[] = {
		VFIOMIG_STATE_RUNNING, VFIOMIG_STATE_RUNNING_P2P,
		VFIOMIG_STATE_STOP,
	};
	void *device = bench_open(sim, "size=10", 0);
	char byte;
	size_t i;

	for (i = 0; i < sizeof states / sizeof *states; i++) {
		ck_assert_int_eq(sim->set_state(device, states[i]), 0);
		ck_assert_int_eq(sim->read(device, &byte, 1), -ENODEV);
		ck_assert_int_eq(sim->write(device, &byte, 1), -ENODEV);
	}
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_STOP_COPY), 0);
	ck_assert_int_eq(sim->write(device, &byte, 1), -ENODEV);
	ck_assert_int_eq(sim->read(device, &byte, 1), 1);
	ck_assert_int_eq(sim->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	ck_assert_int_eq(sim->read(device, &byte, 1), -ENODEV);
	ck_assert_int_eq(sim->reset(device), 0);
	ck_assert_int_eq(sim->write(device, &byte, 1), -ENODEV);
	sim->close(device);
}
END_TEST

START_TEST(config_state_is_compared)
{
	struct sim_view view;
	uint8_t config[32];
	void *device;

	device = bench_open(sim, "seed=3,config_size=32,tag=a", 0);
	ck_assert_int_eq(sim->config_save(device, config, 31), -EMSGSIZE);
	ck_assert_int_eq(sim->config_save(device, config, 32), 32);
	sim_config(3, stream, 32);
	ck_assert_mem_eq(config, stream, 32);
	ck_assert_int_eq(sim->config_load(device, config, 32), 0);
	ck_assert_int_eq(sim->config_load(device, config, 31), -EINVAL);
	config[20] ^= 1;
	ck_assert_int_eq(sim->config_load(device, config, 32), -EILSEQ);
	ck_assert_ptr_nonnull(strstr(bench_line, "offset=20"));
	ck_assert_int_eq(sim_find("a", &view), 0);
	ck_assert_uint_eq(view.config_loads, 3);
	ck_assert_uint_eq(view.config_bytes, 32);
	sim->close(device);

	device = bench_open(sim, "", 0);
	ck_assert_int_eq(sim->config_save(device, config, 32), 0);
	ck_assert_int_eq(sim->config_load(device, config, 5), 0);
	sim->close(device);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("bytes");

	sim = vfiomig_backend_v1_sim_backend();
	tcase_add_test(t, content_is_the_same_in_any_pieces);
	tcase_add_test(t, content_is_what_it_was);
	tcase_add_test(t, content_finds_the_first_wrong_byte);
	tcase_add_test(t, the_right_bytes_are_taken_in_any_pieces);
	tcase_add_test(t, a_wrong_byte_ends_the_load);
	tcase_add_test(t, without_verify_all_is_taken);
	tcase_add_test(t, too_much_and_too_little_are_refused);
	tcase_add_test(t, outside_of_a_session_there_is_no_device);
	tcase_add_test(t, config_state_is_compared);
	return bench_run(t);
}

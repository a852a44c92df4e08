/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * With check= the vfio backend looks at the headers in a stream before the
 * kernel does: one that is not the driver's, or asks for more than the cap, is
 * refused with the load, however the stream was cut.
 */
#include "../plugins/bench.h"
#include "../../plugins/vfio/header.h"
#include "kernel.h"

static const struct vfiomig_backend *vfio;

static void
setup(void)
{
	vfio = vfiomig_backend_v1_vfio_backend();
}

static unsigned char stream[65536];
static size_t length;

static void
put(uint64_t number, size_t bytes)
{
	for (; bytes > 0; bytes--, number >>= 8)
		stream[length++] = (unsigned char)number;
}

static void
record(uint64_t size, uint32_t flags, uint32_t tag, size_t body)
{
	put(size, 8);
	put(flags, 4);
	put(tag, 4);
	memset(stream + length, 0xee, body);
	length += body;
}

static void
packet(uint8_t version, uint8_t type, uint64_t size, size_t body)
{
	put(version, 1);
	put(type, 1);
	put(0, 2 + 4 + 8);
	put(size, 8);
	memset(stream + length, 0xee, body);
	length += body;
}

static void
uart(uint64_t magic, uint32_t major, uint32_t ports, uint32_t flags)
{
	put(magic, 8);
	put(major, 4);
	put(0, 4);
	put(ports, 4);
	put(flags, 4);
	length += 72;
}

#define UART UINT64_C(0x7e9d09898c3e2c4e)

/* Each makes a stream; even numbers good, odd ones bad. */
static void
make(int number)
{
	length = 0;
	switch (number) {
	case 0: record(8, 0, 1, 0); put(4096, 8); record(100, 0, 0, 100);
		record(30, 1, 7, 30); record(0, 0, 0, 0); break;
	case 1: record(8, 0, 1, 0); put(4097, 8); break;
	case 2: record(4096, 0, 0, 4096); record(1, 0, 0, 1); break;
	case 3: record(4097, 0, 0, 4096); break;
	case 4: record(10, 1, 9, 10); break;
	case 5: record(10, 0, 9, 10); break;
	case 6: packet(1, 1, 40, 40); packet(1, 6, 4096, 4096); break;
	case 7: packet(1, 1, 40, 40); packet(1, 6, 4097, 4096); break;
	case 8: packet(1, 1, 0, 0); packet(1, 2, 0, 0); break;
	case 9: packet(1, 3, 40, 40); break;
	case 10: uart(UART, 1, 2, 0); break;
	case 11: uart(UART + 1, 1, 2, 0); break;
	case 12: uart(UART, 1, 1, 0); break;
	case 13: uart(UART, 2, 2, 0); break;
	case 14: put(UINT64_C(0xcdcdcdcdfeedaacc), 8); length += 168; break;
	case 15: put(UINT64_C(0xcdcdcdcdfeedaacd), 8); length += 168; break;
	case 16: put(UINT64_C(0xaaccfeeddecadede), 8); length += 168; break;
	case 17: put(UINT64_C(0xaaccfeeddecadede), 8); length += 4089; break;
	case 18: record(100, 0, 0, 100); break;
	case 19: record(8, 0, 1, 0); put(4097, 8); break;
	case 20: uart(UART, 1, 2, 0); length += 4000; break;
	case 21: uart(UART, 1, 2, 0); length += 4097; break;
	case 22: packet(1, 1, 40, 40); break;
	case 23: packet(2, 1, 40, 40); break;
	}
}

static const char *const names[] = {
	"mlx5", "mlx5", "mlx5", "mlx5", "mlx5", "mlx5", "xe", "xe", "xe", "xe",
	"mtty", "mtty", "mtty", "mtty", "hisi", "hisi", "hisi", "hisi",
	"virtio", "virtio", "mtty", "mtty", "xe", "xe",
};
#define STREAMS ((int)(sizeof names / sizeof *names))

START_TEST(verdict_does_not_depend_on_the_cut)
{
	static const size_t cuts[] = { 1, 2, 3, 7, 23, 24, 25, 4096, 65536 };
	struct header_walk walk;
	size_t cut, at, n;
	const char *why;
	int verdict;

	make(_i);
	for (cut = 0; cut < sizeof cuts / sizeof *cuts; cut++) {
		header_walk_init(&walk, (enum header_format)
		    header_format_find(names[_i]), 4096);
		verdict = 0;
		for (at = 0; at < length && verdict == 0; at += n) {
			n = length - at < cuts[cut] ? length - at : cuts[cut];
			verdict = header_walk_feed(&walk, stream + at, n,
			    &why);
		}
		ck_assert_int_eq(verdict, _i % 2 ? -EBADMSG : 0);
	}
}
END_TEST

START_TEST(format_is_guessed_from_the_first_bytes)
{
	static const int streams[] = { 0, 2, 6, 10, 12, 14, 16, 20, 22 };
	struct header_walk walk;
	const char *why;
	int i = streams[_i];

	make(i);
	header_walk_init(&walk, HEADER_AUTO, 4096);
	ck_assert_int_eq(header_walk_feed(&walk, stream, length, &why), 0);
	ck_assert_str_eq(header_format_name(walk.format), names[i]);
}
END_TEST

START_TEST(unknown_formats_pass_the_guess)
{
	struct header_walk walk;
	const char *why;

	memset(stream, 0x5a, sizeof stream);
	header_walk_init(&walk, HEADER_AUTO, 16);
	ck_assert_int_eq(header_walk_feed(&walk, stream, sizeof stream, &why),
	    0);
	ck_assert_str_eq(header_format_name(walk.format), "off");
}
END_TEST

START_TEST(refused_header_does_not_reach_the_kernel)
{
	ssize_t taken;
	size_t at;
	void *device;

	kernel_boot(7, 100, 0);
	length = 0;
	record(1000, 0, 0, 1000);
	at = length;
	record(UINT64_C(1) << 30, 1, 5, 0);
	device = bench_open(vfio, "fd=50,check=mlx5,cap=1M", 1);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_RESUMING), 0);
	kernel.write_short = 100;
	for (at = 0; at < 1016; at += (size_t)taken) {
		taken = vfio->write(device, stream + at, 1016 - at);
		ck_assert_int_gt(taken, 0);
	}
	ck_assert_int_eq(vfio->write(device, stream + at, length - at),
	    -EBADMSG);
	ck_assert_ptr_nonnull(strstr(bench_line, "above the cap"));
	ck_assert_uint_eq(kernel.loaded, 1016);
	ck_assert_int_eq(vfio->set_state(device, VFIOMIG_STATE_STOP), -EIO);
	ck_assert_int_eq(vfio->reset(device), 0);
	vfio->close(device);
}
END_TEST

int
main(void)
{
	TCase *tests = tcase_create("vfio_refuses_headers_that_ask_too_much");

	tcase_add_checked_fixture(tests, setup, NULL);
	tcase_add_loop_test(tests, verdict_does_not_depend_on_the_cut, 0,
	    STREAMS);
	tcase_add_loop_test(tests, format_is_guessed_from_the_first_bytes, 0,
	    9);
	tcase_add_test(tests, unknown_formats_pass_the_guess);
	tcase_add_test(tests, refused_header_does_not_reach_the_kernel);
	return bench_run(tests);
}

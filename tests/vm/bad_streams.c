/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bad_streams TWO_PORTS ONE_PORT - nothing but a whole stream makes a device
 * run
 *
 * Each bad stream is given to the backend, and through packets to the library
 * inside a sandbox; each must be refused, and the device end in STOP.
 */
#include <pthread.h>
#include <errno.h>
#include <string.h>

#include "../../plugins/builtin.h"
#include "card.h"
#include "report.h"
#include "sandbox.h"

#define SIZE_MAX_BAD (CARD_STATE + 8)

static unsigned char good[SIZE_MAX_BAD], other[SIZE_MAX_BAD];

/* Through the backend alone. */
static void
backend_refuses(const char *place, const char *params, const void *data,
    size_t size, size_t piece, const char *what)
{
	struct card card;
	int written, stopped;

	card_open(&card, place, params, 1);
	card_move(&card, VFIOMIG_STATE_RESUMING);
	written = card_write(&card, data, size, piece);
	stopped = card.ops->set_state(card.device, VFIOMIG_STATE_STOP);
	must(stopped < 0, "%s, %zu by %zu: accepted", what, size, piece);
	must(written == 0 || stopped == -EIO, "%s: asked after %d", what,
	    written);
	must(card.ops->set_state(card.device, VFIOMIG_STATE_RUNNING) < 0,
	    "%s: it runs", what);
	must(card_state(&card) == VFIOMIG_STATE_RESUMING, "%s: in %u", what,
	    card_state(&card));
	must(card.ops->reset(card.device) == 0, "%s: no reset", what);
	card_move(&card, VFIOMIG_STATE_STOP);
	card_move(&card, VFIOMIG_STATE_RUNNING);
	card_close(&card);
}

struct incoming {
	struct vfiomig *migration;
	struct vfiomig_device *device;
	struct vfiomig_channel *channel;
	const unsigned char *data;
	size_t size, piece;
	int error;
};

static int
packet(struct incoming *in, uint32_t idx, uint32_t flags, const void *data,
    size_t size)
{
	unsigned char bytes[VFIOMIG_PACKET_HEADER + SIZE_MAX_BAD] = { 0 };

	bytes[7] = (unsigned char)idx;
	bytes[11] = (unsigned char)flags;
	memcpy(bytes + VFIOMIG_PACKET_HEADER, data, size);
	return vfiomig_packet_submit(in->channel, in->device, bytes,
	    VFIOMIG_PACKET_HEADER + size);
}

static void *
drain_run(void *opaque)
{
	struct incoming *in = opaque;

	sandbox_enter();
	in->error = vfiomig_buffer_drain(in->device);
	return NULL;
}

static void *
submit_run(void *opaque)
{
	struct incoming *in = opaque;
	uint32_t idx = 0;
	size_t at, n;
	int error = 0;

	sandbox_enter();
	for (at = 0; at < in->size && error == 0; at += n) {
		n = in->size - at < in->piece ? in->size - at : in->piece;
		error = packet(in, idx++, 0, in->data + at, n);
	}
	if (error == 0)
		error = packet(in, idx, 1, "config", 6);
	if (error == 0)
		vfiomig_channel_close(in->channel);
	return NULL;
}

/* Set up outside, work inside the sandbox.  0, or the drain's error. */
static int
incoming_load(struct incoming *in, int fd, const char *params)
{
	struct vfiomig_config config = { .size = sizeof config, .channels = 1,
	    .budget = 4 << 20 };
	struct vfiomig_channel_config channel = { .size = sizeof channel,
	    .fd = -1 };
	struct vfiomig_device_config device = { .size = sizeof device,
	    .idstr = "a/vfio", .backend = "vfio" };
	char text[128];
	pthread_t submit, drain;

	snprintf(text, sizeof text, "fd=%d%s", fd, params);
	device.params = text;
	must(vfiomig_new(&in->migration, VFIOMIG_INCOMING, &config) == 0 &&
	    vfiomig_device_add(in->migration, &device, &in->device) == 0 &&
	    vfiomig_channel_open(in->migration, &channel, &in->channel) == 0,
	    "no migration");
	pthread_create(&submit, NULL, submit_run, in);
	pthread_create(&drain, NULL, drain_run, in);
	pthread_join(submit, NULL);
	pthread_join(drain, NULL);
	return in->error;
}

static void
library_refuses(const char *place, const char *params, const void *data,
    size_t size, size_t piece, const char *what)
{
	struct incoming in = { .data = data, .size = size, .piece = piece };
	struct vfiomig_device_stats stats = { .size = sizeof stats };
	struct uart *uart = uart_open(place);

	must(uart != NULL, "no device");
	must(incoming_load(&in, uart_fd(uart), params) < 0, "%s: accepted",
	    what);
	must(vfiomig_resume(in.migration) < 0, "%s: it runs", what);
	must(vfiomig_recover(in.migration) == 0, "%s: not recovered", what);
	must(vfiomig_device_stats(in.device, &stats) == 0 &&
	    stats.state == VFIOMIG_STATE_STOP, "%s: in %u", what, stats.state);
	must(stats.was_reset || size == 0, "%s: not reset", what);
	vfiomig_free(in.migration);
	uart_close(uart);
}

static void
library_accepts(const char *place, const char *params, size_t piece)
{
	struct incoming in = { .data = good, .size = CARD_STATE,
	    .piece = piece };
	char wanted[UART_TEXT], found[UART_TEXT];
	struct uart *uart = uart_open(place);
	char text[512];
	int error;

	must(uart != NULL, "no device");
	uart_fill(uart, 1);
	error = incoming_load(&in, uart_fd(uart), params);
	vfiomig_failure(in.migration, text, sizeof text);
	must(error == 0, "the whole stream is refused: %d %s", error, text);
	must(vfiomig_resume(in.migration) == 0, "it does not run");
	uart_read(uart, found, sizeof found);
	uart_expect(5, wanted, sizeof wanted);
	must(strcmp(wanted, found) == 0, "wanted %s found %s", wanted, found);
	vfiomig_free(in.migration);
	uart_close(uart);
}

static void
refused(const char *place, const void *data, size_t size, const char *what)
{
	static const char *const params[] = {
		"", ",hold=0", ",check=mtty,hold=0"
	};
	size_t i, piece;

	for (i = 0; i < sizeof params / sizeof *params; i++) {
		for (piece = 1; piece <= 128; piece *= 8) {
			backend_refuses(place, params[i], data, size, piece,
			    what);
			library_refuses(place, params[i], data, size, piece,
			    what);
		}
	}
}

static void
damaged(const char *place, size_t byte, const char *what)
{
	unsigned char data[CARD_STATE];

	memcpy(data, good, sizeof data);
	data[byte] ^= 0x40;
	refused(place, data, sizeof data, what);
	ok("%s is refused", what);
}

/*
 * The driver says EFAULT for a header that it does not know, but counts the
 * bytes as taken, and would stop and run on them: the refusal is the
 * backend's alone.
 */
static void
trap_is_known(const char *place)
{
	unsigned char data[CARD_STATE];
	struct card card;
	int error;

	memcpy(data, good, sizeof data);
	data[0] ^= 0x40;
	card_open(&card, place, ",hold=0", 1);
	card_move(&card, VFIOMIG_STATE_RESUMING);
	error = card_write(&card, data, sizeof data, sizeof data);
	must(error == -EFAULT, "the driver says %d", error);
	must(card.ops->set_state(card.device, VFIOMIG_STATE_STOP) == -EIO,
	    "it stops");
	must(card_state(&card) == VFIOMIG_STATE_RESUMING, "it was asked");
	must(card.ops->reset(card.device) == 0, "no reset");
	card_close(&card);
	ok("a write that failed with EFAULT is the end of the load");
}

int
main(int argc, char **argv)
{
	struct card card;
	size_t size, one;

	must(argc == 3, "usage: bad_streams TWO_PORTS ONE_PORT");
	must(sandbox_init() == 0, "no sandbox");
	must(vfiomig_backend_register(vfiomig_backend_v1_vfio_backend()) == 0,
	    "register");
	card_open(&card, argv[1], "", 0);
	uart_fill(card.uart, 5);
	must(card_save(&card, good, sizeof good, 96) == CARD_STATE, "save");
	card_close(&card);
	card_open(&card, argv[2], "", 0);
	one = card_save(&card, other, sizeof other, 96);
	card_close(&card);

	for (size = 1; size <= CARD_STATE; size += 5) {
		library_accepts(argv[1], "", size);
		library_accepts(argv[1], ",hold=0,check=mtty", size);
	}
	ok("the whole stream is loaded inside the sandbox");
	for (size = 0; size < CARD_STATE; size += size < 25 ? 1 : 7)
		refused(argv[1], good, size, "truncated stream");
	ok("a truncated stream is refused");
	refused(argv[1], good, CARD_STATE + 1, "over-long stream");
	ok("an over-long stream is refused");
	trap_is_known(argv[1]);
	damaged(argv[1], 0, "bad magic");
	damaged(argv[1], 8, "bad version");
	damaged(argv[1], 16, "bad number of ports");
	refused(argv[1], other, one, "stream of another type");
	refused(argv[2], good, CARD_STATE, "stream of another type");
	ok("a stream of another type is refused, both ways");
	return 0;
}

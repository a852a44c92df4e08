/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * card.c - a sample device in the hands of the vfio backend
 */
#include <string.h>

#include "../../plugins/builtin.h"
#include "card.h"
#include "report.h"

static void
card_log(const struct vfiomig_host *host, enum vfiomig_log_level level,
    const char *line)
{
	(void)host;
	if (getenv("VM_VERBOSE") != NULL)
		fprintf(stderr, "%d %s\n", (int)level, line);
}

static const struct vfiomig_host card_host = {
	sizeof card_host, card_log, NULL
};

void
card_open(struct card *card, const char *place, const char *params,
    int incoming)
{
	char text[256];
	int error;

	card->uart = uart_open(place);
	must(card->uart != NULL, "no device at %s", place);
	card->ops = vfiomig_backend_v1_vfio_backend();
	snprintf(text, sizeof text, "fd=%d%s", uart_fd(card->uart), params);
	error = card->ops->open(&card_host, text, incoming, &card->device);
	must(error == 0, "open(%s): %d", text, error);
}

void
card_close(struct card *card)
{
	card->ops->close(card->device);
	uart_close(card->uart);
}

void
card_move(struct card *card, uint32_t state)
{
	int error = card->ops->set_state(card->device, state);

	must(error == 0, "move to %u: %d", state, error);
}

uint32_t
card_state(struct card *card)
{
	uint32_t state = 0;

	must(card->ops->get_state(card->device, &state) == 0, "no state");
	return state;
}

/* Read until nothing comes; @used bytes are there, the new count returned. */
static size_t
card_read(struct card *card, unsigned char *data, size_t size, size_t used,
    size_t piece)
{
	size_t room;
	ssize_t n;

	for (;;) {
		room = size - used < piece ? size - used : piece;
		must(room > 0, "longer than %zu", size);
		n = card->ops->read(card->device, data + used, room);
		must(n >= 0, "read: %zd", n);
		if (n == 0)
			return used;
		used += (size_t)n;
	}
}

size_t
card_save(struct card *card, void *data, size_t size, size_t piece)
{
	uint32_t can = 0;
	size_t used = 0;

	must(card->ops->query(card->device, &can) == 0, "query");
	if (can & VFIOMIG_CAN_PRE_COPY) {
		card_move(card, VFIOMIG_STATE_PRE_COPY);
		used = card_read(card, data, size, used, piece);
		must(used == 24, "%zu bytes in PRE_COPY", used);
		if (can & VFIOMIG_CAN_P2P)
			card_move(card, VFIOMIG_STATE_PRE_COPY_P2P);
	} else if (can & VFIOMIG_CAN_P2P) {
		card_move(card, VFIOMIG_STATE_RUNNING_P2P);
	}
	card_move(card, VFIOMIG_STATE_STOP_COPY);
	used = card_read(card, data, size, used, piece);
	card_move(card, VFIOMIG_STATE_STOP);
	card_move(card, VFIOMIG_STATE_RUNNING);
	return used;
}

int
card_write(struct card *card, const void *data, size_t size, size_t piece)
{
	const char *p = data;
	size_t at, n;
	ssize_t taken;

	for (at = 0; at < size; at += (size_t)taken) {
		n = size - at < piece ? size - at : piece;
		taken = card->ops->write(card->device, p + at, n);
		if (taken < 0)
			return (int)taken;
		must(taken > 0 && (size_t)taken <= n, "took %zd of %zu", taken,
		    n);
	}
	return 0;
}

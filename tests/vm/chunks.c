/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * chunks SOURCE DESTINATION - a device's state is one byte stream
 *
 * Saves the source in pieces of every size into a file, loads that into
 * the destination in pieces of every size, and finds the source's registers
 * there, with the flags that the device has and with fewer.
 */
#include <string.h>
#include <unistd.h>

#include "card.h"
#include "report.h"

#define SEED 7
#define FILE_NAME "/tmp/state"

static void
save_to_file(struct card *card, size_t piece)
{
	unsigned char data[4 * CARD_STATE];
	size_t size;
	FILE *file;

	size = card_save(card, data, sizeof data, piece);
	must(size == CARD_STATE, "%zu bytes saved", size);
	file = fopen(FILE_NAME, "wb");
	must(file != NULL && fwrite(data, 1, size, file) == size &&
	    fclose(file) == 0, "no file");
}

static void
load_from_file(struct card *card, size_t piece)
{
	unsigned char data[CARD_STATE + 1];
	char wanted[UART_TEXT], found[UART_TEXT];
	size_t size;
	FILE *file;

	file = fopen(FILE_NAME, "rb");
	must(file != NULL, "no file");
	size = fread(data, 1, sizeof data, file);
	fclose(file);
	uart_fill(card->uart, SEED + 1 + (unsigned int)piece);
	card_move(card, VFIOMIG_STATE_RESUMING);
	must(card_write(card, data, size, piece) == 0, "write by %zu", piece);
	card_move(card, VFIOMIG_STATE_STOP);
	card_move(card, VFIOMIG_STATE_RUNNING);
	uart_read(card->uart, found, sizeof found);
	uart_expect(SEED, wanted, sizeof wanted);
	must(strcmp(found, wanted) == 0, "pieces of %zu: wanted %s found %s",
	    piece, wanted, found);
}

static void
run(const char *source, const char *destination, const char *params)
{
	char in_params[128], wanted[UART_TEXT], found[UART_TEXT];
	struct card from, to;
	size_t piece;
	int hold;

	card_open(&from, source, params, 0);
	uart_fill(from.uart, SEED);
	for (hold = 0; hold < 2; hold++) {
		snprintf(in_params, sizeof in_params, "%s,hold=%d", params,
		    hold * 256);
		card_open(&to, destination, in_params, 1);
		for (piece = 1; piece <= CARD_STATE; piece++) {
			save_to_file(&from, piece);
			load_from_file(&to, piece);
		}
		save_to_file(&from, 1 << 20);
		load_from_file(&to, 1 << 20);
		card_close(&to);
	}
	uart_read(from.uart, found, sizeof found);
	uart_expect(SEED, wanted, sizeof wanted);
	must(strcmp(found, wanted) == 0, "the source changed: %s", found);
	card_close(&from);
}

int
main(int argc, char **argv)
{
	must(argc == 3, "usage: chunks SOURCE DESTINATION");
	run(argv[1], argv[2], "");
	ok("registers equal after every chunking, by way of PRE_COPY");
	run(argv[1], argv[2], ",precopy=0");
	ok("registers equal after every chunking, without PRE_COPY");
	run(argv[1], argv[2], ",precopy=0,p2p=0");
	ok("registers equal after every chunking, without P2P");
	unlink(FILE_NAME);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * registers fill|check DEVICE SEED - put a seed's values into a sample device's
 * registers, or find them there
 * registers save DEVICE FILE - all of its state, as its driver has it
 *
 * check empties the device's FIFOs: save first.
 */
#include <string.h>

#include "card.h"
#include "report.h"

#define STATE_MAX (16 << 20)

static void
check(struct uart *uart, unsigned int seed)
{
	char wanted[UART_TEXT], found[UART_TEXT];

	uart_read(uart, found, sizeof found);
	uart_expect(seed, wanted, sizeof wanted);
	must(strcmp(found, wanted) == 0, "wanted %s found %s", wanted, found);
}

static void
save(const char *place, const char *name)
{
	unsigned char *data = malloc(STATE_MAX);
	struct card card;
	size_t size;
	FILE *file;

	must(data != NULL, "no memory");
	card_open(&card, place, "", 0);
	size = card_save(&card, data, STATE_MAX, 1 << 20);
	card_close(&card);
	file = fopen(name, "wb");
	must(file != NULL && fwrite(data, 1, size, file) == size &&
	    fclose(file) == 0, "%s cannot be written", name);
	free(data);
}

int
main(int argc, char **argv)
{
	struct uart *uart;

	must(argc == 4, "usage: registers fill|check|save DEVICE SEED|FILE");
	if (strcmp(argv[1], "save") == 0) {
		save(argv[2], argv[3]);
		return 0;
	}
	uart = uart_open(argv[2]);
	must(uart != NULL, "no device at %s", argv[2]);
	if (strcmp(argv[1], "fill") == 0)
		uart_fill(uart, (unsigned int)atoi(argv[3]));
	else
		check(uart, (unsigned int)atoi(argv[3]));
	uart_close(uart);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uart.c - the kernel's sample VFIO device, as its guest would see it
 *
 * A card has two 16550-like ports, a BAR each, at 1 << 40 bytes from one
 * another in the device's file.  What is sent comes back in the FIFO.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../plugins/vfio/device.h"
#include "uart.h"

enum { RX_TX = 0, IER = 1, FCR = 2, LCR = 3, MCR = 4, LSR = 5, SCR = 7 };

struct uart {
	struct vfio_device device;
};

static void
uart_log(const struct vfiomig_host *host, enum vfiomig_log_level level,
    const char *line)
{
	(void)host;
	(void)level;
	fprintf(stderr, "%s\n", line);
}

struct uart *
uart_open(const char *params)
{
	static const struct vfiomig_host host = {
		sizeof host, uart_log, NULL
	};
	struct uart *uart = calloc(1, sizeof *uart);

	if (uart == NULL)
		return NULL;
	uart->device.host = &host;
	if (vfio_params_read(&host, params, &uart->device.params) == 0 &&
	    vfio_node_open(&uart->device) == 0)
		return uart;
	free(uart);
	return NULL;
}

void
uart_close(struct uart *uart)
{
	vfio_node_close(&uart->device);
	free(uart);
}

int
uart_fd(const struct uart *uart)
{
	return uart->device.fd;
}

static off_t
place(int port, int reg)
{
	return ((off_t)port << 40) + reg;
}

static void
put(struct uart *uart, int port, int reg, unsigned int value)
{
	unsigned char byte = (unsigned char)value;

	if (pwrite(uart_fd(uart), &byte, 1, place(port, reg)) != 1)
		perror("uart: write");
}

static unsigned int
get(struct uart *uart, int port, int reg)
{
	unsigned char byte = 0;

	if (pread(uart_fd(uart), &byte, 1, place(port, reg)) != 1)
		perror("uart: read");
	return byte;
}

/* The seed's values of one port. */
struct values {
	unsigned int ier, lcr, mcr, scr, divisor, count;
	unsigned char fifo[UART_FIFO];
};

static void
values_make(unsigned int seed, int port, struct values *v)
{
	unsigned int n = seed * 2654435761u + (unsigned int)port * 40503u + 1;
	unsigned int i;

	v->ier = n >> 3 & 0x0f;
	v->lcr = n >> 7 & 0x7f;
	v->mcr = n >> 14 & 0x1f;
	v->scr = n >> 20 & 0xff;
	v->divisor = (n >> 5 & 0xffff) | 1;
	v->count = 1 + n % (UART_FIFO - 1);	/* a full one looks empty */
	for (i = 0; i < v->count; i++)
		v->fifo[i] = (unsigned char)(n >> (i % 13) ^ i * 29);
}

void
uart_fill(struct uart *uart, unsigned int seed)
{
	struct values v;
	unsigned int i;
	int port;

	for (port = 0; port < UART_PORTS; port++) {
		values_make(seed, port, &v);
		put(uart, port, FCR, 0x07);	/* on and empty */
		put(uart, port, LCR, 0x80);	/* the divisor, zeroed */
		put(uart, port, RX_TX, v.divisor);
		put(uart, port, IER, v.divisor >> 8);
		put(uart, port, LCR, v.lcr);
		put(uart, port, IER, v.ier);
		put(uart, port, MCR, v.mcr);
		put(uart, port, SCR, v.scr);
		for (i = 0; i < v.count; i++)
			put(uart, port, RX_TX, v.fifo[i]);
	}
}

static void
values_print(const struct values *v, int port, char *text, size_t size)
{
	size_t used = strlen(text);
	unsigned int i;

	used += (size_t)snprintf(text + used, size - used, "port%d ier=%02x "
	    "lcr=%02x mcr=%02x scr=%02x fifo=", port, v->ier, v->lcr, v->mcr,
	    v->scr);
	for (i = 0; i < v->count; i++)
		used += (size_t)snprintf(text + used, size - used, "%02x",
		    v->fifo[i]);
	snprintf(text + used, size - used, "\n");
}

/* The divisor cannot be read: asking for it clears it. */
void
uart_read(struct uart *uart, char *text, size_t size)
{
	struct values v;
	int port;

	text[0] = '\0';
	for (port = 0; port < UART_PORTS; port++) {
		v.ier = get(uart, port, IER);
		v.lcr = get(uart, port, LCR);
		v.mcr = get(uart, port, MCR);
		v.scr = get(uart, port, SCR);
		for (v.count = 0; v.count < UART_FIFO &&
		    (get(uart, port, LSR) & 1) != 0; v.count++)
			v.fifo[v.count] = (unsigned char)get(uart, port, RX_TX);
		values_print(&v, port, text, size);
	}
}

void
uart_expect(unsigned int seed, char *text, size_t size)
{
	struct values v;
	int port;

	text[0] = '\0';
	for (port = 0; port < UART_PORTS; port++) {
		values_make(seed, port, &v);
		values_print(&v, port, text, size);
	}
}

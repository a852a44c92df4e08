/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uart.h - the kernel's sample VFIO device, a serial card, as its guest would
 * see it
 *
 * The oracle of every test in the guest: what was put into one card's
 * registers must be found in another's.  Goes through the card's own
 * registers, never through its migration state.
 */
#ifndef TESTS_VM_UART_H
#define TESTS_VM_UART_H

#include <stddef.h>

#define UART_PORTS	2
#define UART_FIFO	16
#define UART_TEXT	512

struct uart;

/* @params: "group=...,device=..." as the vfio backend's, or "cdev=...".
 * NULL when it cannot be opened (said on stderr). */
struct uart *uart_open(const char *params);
void uart_close(struct uart *uart);

/* For the backend's fd=. */
int uart_fd(const struct uart *uart);

/* Fill every register and FIFO that a guest can, by @seed. */
void uart_fill(struct uart *uart, unsigned int seed);

/* All of it in words, for comparing.  Empties the FIFOs. */
void uart_read(struct uart *uart, char *text, size_t size);

/* What uart_read() would say after uart_fill() with @seed. */
void uart_expect(unsigned int seed, char *text, size_t size);

#endif

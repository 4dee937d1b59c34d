/* SPDX-License-Identifier: EPL-2.0 */
/* The UART the monitor owns: its link to the debugger. 115200 8N1, FIFOs on. */
#ifndef DEV_UART_16550_H
#define DEV_UART_16550_H

#include "lib/types.h"

void uart_init(u16 base);
u16 uart_base(void);
#define UART_PORTS 8 /* from the base: hidden from the guest */

/* The next received byte, or -1. */
int uart_receive(void);
void uart_write(const void *data, size_t length);

/* Received bytes raise the interrupt line (on) or wait to be polled (off). */
void uart_receive_interrupt(bool on);

/* True while the UART asserts its interrupt line. */
bool uart_interrupt_pending(void);

#endif

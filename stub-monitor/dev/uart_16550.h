/* SPDX-License-Identifier: EPL-2.0 */
/* The UART the monitor owns: its link to the debugger. 115200 8N1, FIFOs on. */
#ifndef DEV_UART_16550_H
#define DEV_UART_16550_H

#include "lib/types.h"

struct link;

/* Sets it up, interrupts off. */
const struct link *uart_init(u16 base);
u16 uart_base(void);
#define UART_PORTS 8 /* from the base: hidden from the guest */

/* Received bytes raise the interrupt line (on) or wait to be polled (off). */
void uart_receive_interrupt(bool on);

#endif

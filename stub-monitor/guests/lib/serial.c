/* SPDX-License-Identifier: EPL-2.0 */
/* A 16550 at COM1; its FIFO is filled by REP OUTSB, so a line costs few port accesses. */
#include "serial.h"
#include "port.h"

#define COM1      0x3f8
#define UART_DATA (COM1 + 0)
#define UART_IER  (COM1 + 1)
#define UART_FCR  (COM1 + 2)
#define UART_LCR  (COM1 + 3)
#define UART_MCR  (COM1 + 4)
#define UART_LSR  (COM1 + 5)

#define FCR_ENABLE_AND_CLEAR 0x07
#define LCR_8N1              0x03
#define LCR_DLAB             0x80
#define MCR_DTR_RTS          0x03
#define LSR_THR_EMPTY        0x20
#define FIFO_BYTES           16

void serial_init(void)
{
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_DLAB);
	outb(UART_DATA, 1);
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_8N1);
	outb(UART_FCR, FCR_ENABLE_AND_CLEAR);
	outb(UART_MCR, MCR_DTR_RTS);
}

void serial_write(const char *text, u64 length)
{
	while (length) {
		u64 n = length < FIFO_BYTES ? length : FIFO_BYTES;

		while (!(inb(UART_LSR) & LSR_THR_EMPTY))
			;
		outsb(UART_DATA, text, n);
		text += n;
		length -= n;
	}
}

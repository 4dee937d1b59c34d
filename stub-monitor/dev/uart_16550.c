/* SPDX-License-Identifier: EPL-2.0 */
/*
 * 16550 UART (PC16550D data sheet, section 8). Waits are bounded: a UART that is not there cannot
 * hang the monitor.
 */
#include "dev/uart_16550.h"

#include "cpu/interrupts.h"
#include "cpu/io.h"
#include "dev/link.h"

#define REG_DATA     0
#define REG_IER      1
#define REG_IIR      2
#define REG_FCR      2
#define REG_LCR      3
#define REG_MCR      4
#define REG_LSR      5
#define DIVISOR_LOW  0
#define DIVISOR_HIGH 1

#define LCR_8N1          0x03
#define LCR_DLAB         0x80
#define FCR_ENABLE_CLEAR 0x07
#define FCR_TRIGGER_14   0xc0
#define MCR_DTR_RTS_OUT2 0x0b
#define IER_RECEIVE      0x01
#define IER_TRANSMIT     0x02
#define IIR_NONE_PENDING 0x01
#define LSR_DATA_READY   0x01
#define LSR_THR_EMPTY    0x20
#define FIFO_SIZE        16
#define TRANSMIT_SPINS   10000000

#define PACKET_SIZE 0x1000 /* a third of a second at 115200 baud */

static u16 port;

static bool has_input(void)
{
	return in8(port + REG_LSR) & LSR_DATA_READY;
}

/* The byte, and the NMI that announced it: nothing that runs the guest on the debugger's behalf shall be ended by it. */
static int receive(void)
{
	int byte;

	if (!has_input())
		return -1;
	byte = in8(port + REG_DATA);
	interrupts_take_nmis();
	return byte;
}

/* Fewer bytes than the trigger level interrupt some time after they have come. */
static bool interrupted(void)
{
	return !(in8(port + REG_IIR) & IIR_NONE_PENDING) || has_input();
}

static void wait_transmitter(void)
{
	for (unsigned i = 0; i < TRANSMIT_SPINS; i++)
		if (in8(port + REG_LSR) & LSR_THR_EMPTY)
			return;
}

static void write(const void *data, size_t length)
{
	const u8 *byte = data;

	for (size_t i = 0; i < length; i++) {
		if (i % FIFO_SIZE == 0)
			wait_transmitter();
		out8(port + REG_DATA, byte[i]);
	}
}

static bool can_write(void)
{
	return in8(port + REG_LSR) & LSR_THR_EMPTY;
}

static void wake_to_write(bool on)
{
	u8 enabled = in8(port + REG_IER);
	u8 wanted = on ? enabled | IER_TRANSMIT : enabled & (u8)~IER_TRANSMIT;

	if (wanted != enabled)
		out8(port + REG_IER, wanted);
}

static const struct link uart_link = {.receive = receive,
	.has_input = has_input,
	.interrupted = interrupted,
	.write = write,
	.can_write = can_write,
	.wake_to_write = wake_to_write,
	.packet_size = PACKET_SIZE};

const struct link *uart_init(u16 base)
{
	port = base;
	out8(port + REG_IER, 0);
	out8(port + REG_LCR, LCR_DLAB);
	out8(port + DIVISOR_LOW, 1);
	out8(port + DIVISOR_HIGH, 0);
	out8(port + REG_LCR, LCR_8N1);
	out8(port + REG_FCR, FCR_ENABLE_CLEAR | FCR_TRIGGER_14);
	out8(port + REG_MCR, MCR_DTR_RTS_OUT2);
	return &uart_link;
}

u16 uart_base(void)
{
	return port;
}

void uart_receive_interrupt(bool on)
{
	out8(port + REG_IER, on ? IER_RECEIVE : 0);
}

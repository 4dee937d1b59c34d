/* SPDX-License-Identifier: EPL-2.0 */
#include "dev/pic_8259.h"

#include "cpu/io.h"

#define ICW1      0x10 /* set in a command byte: starts an initialization */
#define ICW1_IC4  0x01
#define ICW1_SNGL 0x02

static u8 owned; /* mask bit of the monitor's line */
static u8 guest_mask = 0xff;
static unsigned words_left; /* initialization words still to come on the data port */

void pic_own_line(unsigned irq)
{
	owned = (u8)BIT(irq);
	guest_mask = in8(PIC_MASTER_DATA);
	out8(PIC_MASTER_DATA, guest_mask | owned);
}

static void write_command(u8 value)
{
	out8(PIC_MASTER_COMMAND, value);
	if (value & ICW1)
		words_left = 1 + !(value & ICW1_SNGL) + (value & ICW1_IC4);
}

static void write_data(u8 value)
{
	if (words_left) {
		out8(PIC_MASTER_DATA, value);
		if (--words_left)
			return;
		guest_mask = 0;
		out8(PIC_MASTER_DATA, owned);
		return;
	}
	guest_mask = value;
	out8(PIC_MASTER_DATA, value | owned);
}

void pic_guest_write(u16 port, u8 value)
{
	if (port == PIC_MASTER_COMMAND)
		write_command(value);
	else
		write_data(value);
}

u8 pic_guest_read(u16 port)
{
	return port == PIC_MASTER_DATA ? guest_mask : in8(port);
}

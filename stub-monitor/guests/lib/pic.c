/* SPDX-License-Identifier: EPL-2.0 */
/* 8259 (ICW1-4, OCW1, OCW2) and 8254 (mode 2). */
#include "pic.h"
#include "port.h"

#define MASTER_COMMAND 0x20
#define MASTER_DATA    0x21
#define SLAVE_COMMAND  0xa0
#define SLAVE_DATA     0xa1

#define ICW1_INIT_WITH_ICW4    0x11
#define ICW3_MASTER_SLAVE_ON_2 0x04
#define ICW3_SLAVE_ID_2        0x02
#define ICW4_8086              0x01
#define OCW2_EOI               0x20
#define ALL_MASKED             0xff

#define PIT_CH0_LOHI_MODE2 0x34

void pic_init(u8 first_vector)
{
	outb(MASTER_COMMAND, ICW1_INIT_WITH_ICW4);
	outb(SLAVE_COMMAND, ICW1_INIT_WITH_ICW4);
	outb(MASTER_DATA, first_vector);
	outb(SLAVE_DATA, (u8)(first_vector + 8));
	outb(MASTER_DATA, ICW3_MASTER_SLAVE_ON_2);
	outb(SLAVE_DATA, ICW3_SLAVE_ID_2);
	outb(MASTER_DATA, ICW4_8086);
	outb(SLAVE_DATA, ICW4_8086);
	pic_mask_all();
}

void pic_mask_all(void)
{
	outb(MASTER_DATA, ALL_MASKED);
	outb(SLAVE_DATA, ALL_MASKED);
}

void pic_unmask(u8 irq)
{
	if (irq >= 8) {
		outb(SLAVE_DATA, (u8)(inb(SLAVE_DATA) & ~(1u << (irq - 8))));
		irq = IRQ_CASCADE;
	}
	outb(MASTER_DATA, (u8)(inb(MASTER_DATA) & ~(1u << irq)));
}

void pic_eoi(u8 irq)
{
	if (irq >= 8)
		outb(SLAVE_COMMAND, OCW2_EOI);
	outb(MASTER_COMMAND, OCW2_EOI);
}

void pit_start(u32 hz)
{
	u32 divisor = PIT_HZ / hz;

	outb(PIT_COMMAND, PIT_CH0_LOHI_MODE2);
	outb(PIT_CHANNEL0, (u8)divisor);
	outb(PIT_CHANNEL0, (u8)(divisor >> 8));
}

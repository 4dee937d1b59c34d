/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack on the monitor's interrupt and UART: the PIC gets new vectors and all lines open, COM2
 * gets odd settings, every I/O APIC entry is rewritten; then a counter is printed for ever.
 */
#include "../lib/apic.h"
#include "../lib/cpu.h"
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/pic.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define COM2             0x2f8
#define UART_REGISTERS   8
#define PIC_VECTOR_NEW   0x50
#define IOAPIC_VECTOR    0x70
#define FIRST_EXTERNAL   0x20
#define SPINS_PER_LINE   2000000
#define LINES_UNTIL_DONE 10

static u64 interrupts;

static void on_any(struct interrupt_frame *frame)
{
	interrupts++;
	if (frame->vector >= PIC_VECTOR_NEW && frame->vector < PIC_VECTOR_NEW + 16)
		pic_eoi((u8)(frame->vector - PIC_VECTOR_NEW));
	else
		lapic_eoi();
}

static void take_pic(void)
{
	u8 irq;

	pic_init(PIC_VECTOR_NEW);
	for (irq = 0; irq < 16; irq++)
		pic_unmask(irq);
	pit_start(100);
}

/* Everything a UART has: divisor, five data bits, loopback, interrupts, FIFO cleared, scratch. */
static void spoil_com2(void)
{
	static const u8 settings[][2] = {{3, 0x80}, {0, 0x77}, {1, 0x13}, {3, 0x38}, {4, 0x1f},
		{1, 0x0f}, {2, 0x07}, {7, 0x5a}, {0, 'X'}, {3, 0xff}};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		outb((u16)(COM2 + settings[i][0]), settings[i][1]);
	for (i = 0; i < UART_REGISTERS; i++)
		digest_add(inb((u16)(COM2 + i)));
}

static void take_ioapic(void)
{
	u32 last = (ioapic_read(IOAPIC_VERSION) >> 16) & 0xff;
	u32 line;

	for (line = 0; line <= last; line++)
		ioapic_route((u8)line, (u8)(IOAPIC_VECTOR + line));
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	volatile u64 spin;
	u64 line;
	u32 vector;

	(void)magic;
	(void)info;
	guest_ready("reprogram");
	for (vector = FIRST_EXTERNAL; vector < 256; vector++)
		interrupt_handle((u8)vector, on_any);
	take_pic();
	spoil_com2();
	take_ioapic();
	interrupts_on();
	for (line = 1;; line++) {
		print("reprogram: line %lu, %s\n", line, interrupts ? "interrupts" : "quiet");
		for (spin = 0; spin < SPINS_PER_LINE; spin++)
			;
		if (line == LINES_UNTIL_DONE)
			guest_print_done();
	}
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack by accesses of 16 and 32 bits that begin below or at a port the monitor owns: its UART
 * (0x2f8..0x2ff) and the PIC's mask, which holds off the UART's line. Then a counter, for ever.
 */
#include "../lib/guest.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define BELOW_COM2       0x2f6
#define COM2             0x2f8
#define COM2_CONTROL     0x2fa
#define ABOVE_COM2       0x2fe
#define PIC_COMMAND      0x20
#define PIC_NOTHING_OPEN 0xff0a /* mask: all; command: OCW3, read the request register */
#define PIC_ALL_OPEN     0x000a
#define SPINS_PER_LINE   2000000

static void attack_uart(void)
{
	outl(BELOW_COM2, 0x00ff0000); /* data, interrupts off */
	outl(BELOW_COM2, 0x80005a5a);
	outw(COM2, 0x0058);
	outw(COM2 + 1, 0x0000);
	outl(COM2_CONTROL, 0x0080); /* FIFO off, divisor latch, modem control */
	outl(COM2 + 1, 0x00038000);
	outw(COM2 + 3, 0x0080);
	outl(ABOVE_COM2, 0x12345678); /* QEMU without the monitor aborts here */
	digest_add(inl(BELOW_COM2));
	digest_add(inw(COM2));
	digest_add(inl(COM2_CONTROL));
	digest_add(inl(ABOVE_COM2));
}

static void attack_pic(void)
{
	outw(PIC_COMMAND, PIC_NOTHING_OPEN);
	digest_add(inw(PIC_COMMAND));
	outw(PIC_COMMAND, PIC_ALL_OPEN);
	digest_add(inw(PIC_COMMAND) & 0xff00);
	outl(PIC_COMMAND - 2, 0x000a0000);
	digest_add(inl(PIC_COMMAND - 2) & 0xff000000);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	volatile u64 spin;
	u64 line;

	(void)magic;
	(void)info;
	guest_ready("wideports");
	attack_uart();
	attack_pic();
	print("wideports: com2 %x mask %x\n", inw(COM2), inb(PIC_COMMAND + 1));
	guest_print_done();
	for (line = 1;; line++) {
		for (spin = 0; spin < SPINS_PER_LINE; spin++)
			;
		print("wideports: line %lu\n", line);
	}
}

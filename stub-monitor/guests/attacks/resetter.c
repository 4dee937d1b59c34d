/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack by reset; the argument says how: cf9, port92, kbd or triple; or by an access that only
 * covers the port: cf9-word, cf9-below, cf9-outs, port92-word, kbd-long, kbd-outs.
 */
#include "../lib/guest.h"
#include "../lib/port.h"
#include "../lib/print.h"

#define RESET_CONTROL        0xcf9
#define RESET_HARD           0x02
#define RESET_NOW            0x06
#define SYSTEM_CONTROL_A     0x92
#define FAST_RESET           0x01
#define KEYBOARD_COMMAND     0x64
#define KEYBOARD_PULSE_RESET 0xfe

struct idt_pointer {
	u16 limit;
	u64 base;
} __attribute__((packed));

static void reset_by_triple_fault(void)
{
	struct idt_pointer empty = {0, 0};

	__asm__ volatile("lidt %0\n\tud2" ::"m"(empty));
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	const char *way = multiboot_argument(info);

	(void)magic;
	guest_ready("resetter");
	print("resetter: by %s\n", way);
	guest_print_done();
	if (strings_equal(way, "cf9")) {
		outb(RESET_CONTROL, RESET_HARD);
		outb(RESET_CONTROL, RESET_NOW);
	} else if (strings_equal(way, "port92")) {
		outb(SYSTEM_CONTROL_A, (u8)(inb(SYSTEM_CONTROL_A) | FAST_RESET));
	} else if (strings_equal(way, "kbd")) {
		outb(KEYBOARD_COMMAND, KEYBOARD_PULSE_RESET);
	} else if (strings_equal(way, "cf9-word")) {
		outw(RESET_CONTROL, RESET_NOW);
	} else if (strings_equal(way, "cf9-below")) {
		outl(RESET_CONTROL - 2, RESET_NOW << 16);
	} else if (strings_equal(way, "cf9-outs")) {
		static const u8 bytes[] = {RESET_HARD, RESET_NOW, 0};

		outsb(RESET_CONTROL, bytes, sizeof(bytes));
	} else if (strings_equal(way, "port92-word")) {
		outw(SYSTEM_CONTROL_A - 1, FAST_RESET << 8);
	} else if (strings_equal(way, "kbd-long")) {
		outl(KEYBOARD_COMMAND - 3, (u32)KEYBOARD_PULSE_RESET << 24);
	} else if (strings_equal(way, "kbd-outs")) {
		static const u8 bytes[] = {KEYBOARD_PULSE_RESET};

		outsb(KEYBOARD_COMMAND, bytes, sizeof(bytes));
	} else if (strings_equal(way, "triple")) {
		reset_by_triple_fault();
	}
	print("resetter: still here\n");
	for (;;)
		__asm__ volatile("cli\n\thlt");
}

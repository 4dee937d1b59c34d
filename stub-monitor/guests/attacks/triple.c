/* SPDX-License-Identifier: EPL-2.0 */
/* An attack by triple fault: an exception with an empty IDT. */
#include "../lib/guest.h"

struct idt_pointer {
	u16 limit;
	u64 base;
} __attribute__((packed));

void guest_main(u32 magic, const struct multiboot_info *info)
{
	struct idt_pointer empty = {0, 0};

	(void)magic;
	(void)info;
	guest_ready("triple");
	guest_print_done();
	__asm__ volatile("lidt %0\n\t.globl triple_fault\ntriple_fault:\n\tud2" ::"m"(empty));
}

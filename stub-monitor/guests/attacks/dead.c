/* SPDX-License-Identifier: EPL-2.0 */
/* An attack on break-in: asleep with interrupts off, nothing of the guest's wakes it again. */
#include "../lib/guest.h"

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("dead");
	guest_print_done();
	__asm__ volatile("cli\n\t.globl dead_halt\ndead_halt:\n\thlt\n\tjmp dead_halt");
}

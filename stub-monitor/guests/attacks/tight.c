/* SPDX-License-Identifier: EPL-2.0 */
/* An attack on break-in: a loop of one instruction with interrupts off. */
#include "../lib/guest.h"

void guest_main(u32 magic, const struct multiboot_info *info)
{
	(void)magic;
	(void)info;
	guest_ready("tight");
	guest_print_done();
	__asm__ volatile("cli\n\t.globl tight_loop\ntight_loop:\n\tjmp tight_loop");
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack on breakpoints: an instruction whose operand changes before each execution, by a write
 * next to where a breakpoint's byte may stand. `changed_instruction` is the place.
 */
#include "../lib/guest.h"
#include "../lib/print.h"

#define ROUNDS         50
#define OPERAND_OFFSET 1 /* of MOV EAX, imm32 */

extern u8 changed_instruction[];

static u32 run_changed(u32 operand)
{
	u32 result;

	*(volatile u32 *)(changed_instruction + OPERAND_OFFSET) = operand;
	__asm__ volatile(
		".globl changed_instruction\nchanged_instruction:\n\tmov $0x11111111, %%eax"
		: "=a"(result)
		:
		: "memory");
	return result;
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 wrong = 0, round;

	(void)magic;
	(void)info;
	guest_ready("selfmod");
	for (round = 0; round < ROUNDS; round++) {
		u32 result = run_changed(round * 0x01010101u);

		wrong += result != round * 0x01010101u;
		digest_add(result);
	}
	print("selfmod: wrong %u\n", wrong);
	guest_print_done();
	for (;;)
		__asm__ volatile("cli\n\thlt");
}

/* SPDX-License-Identifier: EPL-2.0 */
#include "real_mode.h"

#define VECTORS 256

extern const u8 real_mode_code[], real_mode_code_end[], real_mode_frame[], real_mode_end[];

static void copy(u64 to, const void *from, u64 count)
{
	for (u64 i = 0; i < count; i++)
		((volatile u8 *)to)[i] = ((const u8 *)from)[i];
}

/* All of it anew each time: what ran in there may have written over it. */
void real_mode_run(const struct real_mode_frame *frame)
{
	const u32 back = REAL_MODE_SEGMENT << 16 | (u32)(real_mode_end - real_mode_code);
	void (*go)(void) = (void (*)(void))REAL_MODE_AT;

	for (u64 i = 0; i < VECTORS; i++)
		copy(i * sizeof(back), &back, sizeof(back));
	copy(REAL_MODE_AT, real_mode_code, (u64)(real_mode_code_end - real_mode_code));
	copy(REAL_MODE_AT + (u64)(real_mode_frame - real_mode_code), frame, sizeof(*frame));
	__asm__ volatile("call *%0"
			 :
			 : "r"(go)
			 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
			 "cc");
}

/* SPDX-License-Identifier: EPL-2.0 */
#include "real_mode.h"

#define VECTORS 256

extern const u8 real_mode_code[];
extern const u64 real_mode_code_bytes, real_mode_frame_at,
	real_mode_end_at; /* of it, and offsets in it */

/* The interrupt table is at address 0, which is no pointer in C. */
static void copy(u64 to, const void *from, u64 count)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

/* All of it anew each time: what ran in there may have written over it. */
void real_mode_run(const struct real_mode_frame *frame)
{
	const u32 back = REAL_MODE_SEGMENT << 16 | (u32)real_mode_end_at;
	void (*go)(void) = (void (*)(void))REAL_MODE_AT;

	for (u64 i = 0; i < VECTORS; i++)
		copy(i * sizeof(back), &back, sizeof(back));
	copy(REAL_MODE_AT, real_mode_code, real_mode_code_bytes);
	copy(REAL_MODE_AT + real_mode_frame_at, frame, sizeof(*frame));
	__asm__ volatile("call *%0"
			 :
			 : "r"(go)
			 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory",
			 "cc");
}

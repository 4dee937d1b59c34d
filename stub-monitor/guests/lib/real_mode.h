/* SPDX-License-Identifier: EPL-2.0 */
/* A stay in real mode: until an interrupt or exception, whichever it is, brings the CPU back. */
#ifndef REAL_MODE_H
#define REAL_MODE_H

#define REAL_MODE_AT      0x8000 /* the code that goes there and comes back */
#define REAL_MODE_SEGMENT 0x800

#ifndef __ASSEMBLER__
#include "types.h"

struct real_mode_frame {
	u32 eax, ebx, ecx, edx, esi, edi, ebp;
	u16 es, fs, gs, ds;
	u16 sp, ss, ip, cs, flags;
} __attribute__((packed));

/* Interrupts are as frame->flags says, in there only. Who acknowledges the interrupt is the caller. */
void real_mode_run(const struct real_mode_frame *frame);
#endif

#endif

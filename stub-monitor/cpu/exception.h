/* SPDX-License-Identifier: EPL-2.0 */
/* An exception of the monitor's own: what the stubs in cpu/interrupts.S leave on the fault stack. */
#ifndef CPU_EXCEPTION_H
#define CPU_EXCEPTION_H

#include "lib/types.h"

#define VECTOR_UD 6
#define VECTOR_PF 14

struct exception_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error_code, rip, cs, rflags, rsp, ss;
};

/* The panic screen, then the panic server (lib/panic.h). */
__attribute__((noreturn)) void panic_exception(const struct exception_frame *frame);

/* Goes on in `serve` on the panic stack. */
__attribute__((noreturn)) void panic_switch_stack(void (*serve)(void));

#endif

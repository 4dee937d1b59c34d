/* SPDX-License-Identifier: EPL-2.0 */
/* Interrupts and exceptions: the frame a handler gets, and the table of handlers. */
#ifndef GUEST_INTERRUPT_H
#define GUEST_INTERRUPT_H

#include "types.h"

#define VECTOR_DE  0
#define VECTOR_DB  1
#define VECTOR_NMI 2
#define VECTOR_BP  3
#define VECTOR_UD  6
#define VECTOR_GP  13
#define VECTOR_PF  14

/*
 * As vectors.S pushes it; a handler may change any of it and the interrupted code sees the change.
 */
struct interrupt_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	u64 rbp, rdi, rsi, rdx, rcx, rbx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

typedef void (*interrupt_handler)(struct interrupt_frame *frame);

/* Loads the IDT; every vector without a handler ends in panic(). */
void interrupt_init(void);
void interrupt_handle(u8 vector, interrupt_handler handler);

/* Prints the registers on COM1 and halts for ever. */
void panic(struct interrupt_frame *frame) __attribute__((noreturn));

#endif

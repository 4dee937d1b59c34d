/* SPDX-License-Identifier: EPL-2.0 */
/*
 * From long mode to real mode and back (AMD manual 2, 14.8 and 1.2.4): what real_mode.c copies to REAL_MODE_AT, below
 * 64 KB, and calls there. The way back is real_mode_end, to which all of the interrupt table points. Addresses in here
 * are those of the copy.
 */
#include "real_mode.h"

#define MSR_EFER     0xc0000080
#define EFER_LME     0x100
#define CR0_PE       1
#define CR0_PG       0x80000000
#define CODE_64      0x08
#define DATA         0x10
#define CODE_32      0x18
#define CODE_16      0x20 /* begins at REAL_MODE_AT */
#define DATA_16      0x28
#define IN(label)    (label - real_mode_code)
#define AT(label)    (REAL_MODE_AT + IN(label))

	.section .rodata
	.balign 16
	.globl real_mode_code, real_mode_code_bytes, real_mode_frame_at, real_mode_end_at
real_mode_code:
	.code64
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, AT(saved_rsp)
	mov %cr3, %rax
	mov %rax, AT(saved_cr3)
	mov %cr0, %rax
	mov %rax, AT(saved_cr0)
	mov %cr4, %rax
	mov %rax, AT(saved_cr4)
	sgdt AT(saved_gdt)
	sidt AT(saved_idt)
	lgdt AT(own_gdt_pointer)
	pushq $CODE_32
	pushq $AT(to_32)
	lretq

	.code32
to_32:
	mov $DATA_16, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %fs
	mov %eax, %gs
	mov %eax, %ss
	mov %cr0, %eax
	and $~CR0_PG, %eax
	mov %eax, %cr0
	mov $MSR_EFER, %ecx
	rdmsr
	and $~EFER_LME, %eax
	wrmsr
	lidt AT(real_idt_pointer)
	ljmp $CODE_16, $IN(to_16)

	.code16
to_16:
	mov %cr0, %eax
	and $~CR0_PE, %al
	mov %eax, %cr0
	ljmp $REAL_MODE_SEGMENT, $IN(in_real)
in_real:
	mov %cs, %ax
	mov %ax, %ss
	mov $IN(real_mode_frame), %sp
	popl %eax
	popl %ebx
	popl %ecx
	popl %edx
	popl %esi
	popl %edi
	popl %ebp
	pop %es
	pop %fs
	pop %gs
	pop %ds
	lssw %cs:IN(frame_stack), %sp
	pushw %cs:IN(frame_flags)
	pushw %cs:IN(frame_cs)
	pushw %cs:IN(frame_ip)
	iretw

real_mode_end:
	cli
	mov %cs, %ax
	mov %ax, %ds
	lgdtl IN(own_gdt_pointer)
	mov $CR0_PE, %eax
	mov %eax, %cr0
	ljmpl $CODE_32, $AT(back_32)

	.code32
back_32:
	mov $DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %fs
	mov %eax, %gs
	mov %eax, %ss
	mov AT(saved_cr4), %eax
	mov %eax, %cr4
	mov AT(saved_cr3), %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or $EFER_LME, %eax
	wrmsr
	mov AT(saved_cr0), %eax
	mov %eax, %cr0
	ljmp $CODE_64, $AT(back_64)

	.code64
back_64:
	mov AT(saved_rsp), %rsp
	lgdt AT(saved_gdt)
	lidt AT(saved_idt)
	cld
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	.balign 8
saved_rsp:	.quad 0
saved_cr3:	.quad 0
saved_cr0:	.quad 0
saved_cr4:	.quad 0
own_gdt:	.quad 0
	.quad 0x00af9b000000ffff
	.quad 0x00cf93000000ffff
	.quad 0x00cf9b000000ffff
	.quad 0x00009b000000ffff | REAL_MODE_AT << 16
	.quad 0x000093000000ffff
own_gdt_pointer:
	.word own_gdt_pointer - own_gdt - 1
	.quad AT(own_gdt)
real_idt_pointer:
	.word 0x3ff
	.quad 0
saved_gdt:	.skip 10
saved_idt:	.skip 10
real_mode_frame:
	.skip 7 * 4 + 4 * 2
frame_stack:	.skip 4
frame_ip:	.skip 2
frame_cs:	.skip 2
frame_flags:	.skip 2
real_mode_code_end:

	.balign 8
real_mode_code_bytes:	.quad IN(real_mode_code_end)
real_mode_frame_at:	.quad IN(real_mode_frame)
real_mode_end_at:	.quad IN(real_mode_end)

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The 256 interrupt entries, 16 bytes each. All build the same struct interrupt_frame and call
 * interrupt_dispatch(frame). The CFI lets gdb's backtrace walk from a handler to what it interrupted.
 */
	.cfi_sections .debug_frame

	.text
	.balign 16
	.globl interrupt_entries
interrupt_entries:
	.set vector, 0
	.rept 256
	.balign 16
	.cfi_startproc simple
	.cfi_signal_frame
	/* The CPU pushes an error code for #DF, #TS..#PF, #AC, #CP, #VC, #SX. */
	.if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
	.cfi_def_cfa %rsp, 48
	.else
	.cfi_def_cfa %rsp, 40
	.endif
	.cfi_offset %rip, -40
	.cfi_offset %rsp, -16
	.if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
	.else
	pushq $0
	.cfi_adjust_cfa_offset 8
	.endif
	pushq $vector
	.cfi_adjust_cfa_offset 8
	jmp interrupt_common
	.cfi_endproc
	.set vector, vector + 1
	.endr

	.macro SAVE register
	pushq %\register
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %\register, 0
	.endm

	.macro RESTORE register
	popq %\register
	.cfi_adjust_cfa_offset -8
	.cfi_same_value %\register
	.endm

interrupt_common:
	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_def_cfa %rsp, 56
	.cfi_offset %rip, -40
	.cfi_offset %rsp, -16
	SAVE rax
	SAVE rbx
	SAVE rcx
	SAVE rdx
	SAVE rsi
	SAVE rdi
	SAVE rbp
	SAVE r8
	SAVE r9
	SAVE r10
	SAVE r11
	SAVE r12
	SAVE r13
	SAVE r14
	SAVE r15
	cld
	mov %rsp, %rdi
	call interrupt_dispatch
	RESTORE r15
	RESTORE r14
	RESTORE r13
	RESTORE r12
	RESTORE r11
	RESTORE r10
	RESTORE r9
	RESTORE r8
	RESTORE rbp
	RESTORE rdi
	RESTORE rsi
	RESTORE rdx
	RESTORE rcx
	RESTORE rbx
	RESTORE rax
	add $16, %rsp
	.cfi_adjust_cfa_offset -16
	iretq
	.cfi_endproc

	.section .note.GNU-stack, "", @progbits

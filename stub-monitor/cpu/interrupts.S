/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The monitor's own interrupt entry points and the two places where it lets an interrupt in.
 * GIF is clear while the monitor runs, so exceptions (a bug, or a probed MSR) are all that can happen outside those places.
 * Two tables: vectors 8-15 may be a PIC interrupt or an exception, and only the place tells which.
 */
	.text

/* One stub a vector, 16 bytes each: exceptions. */
	.globl exception_stubs
	.align 16
exception_stubs:
	.set vector, 0
	.rept 32
	.align 16
	.if (vector != 8) && (vector != 10) && (vector != 11) && (vector != 12) && (vector != 13) && (vector != 14) && (vector != 17) && (vector != 21)
	pushq $0
	.endif
	pushq $vector
	jmp exception_common
	.set vector, vector + 1
	.endr

/* Builds the rest of struct exception_frame (cpu/exception.h). */
exception_common:
	pushq %rax
	pushq %rcx
	pushq %rdx
	pushq %rbx
	pushq %rbp
	pushq %rsi
	pushq %rdi
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, %rdi
	call exception_entry
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rdi
	popq %rsi
	popq %rbp
	popq %rbx
	popq %rdx
	popq %rcx
	popq %rax
	addq $16, %rsp
	iretq

/* void panic_switch_stack(void (*serve)(void)): goes on in `serve` on the panic stack and does not return. */
	.globl panic_switch_stack
panic_switch_stack:
	movq $panic_stack_top, %rsp
	xorl %ebp, %ebp
	call *%rdi
	ud2

/* One stub a vector: physical interrupts, taken only inside interrupt_take and interrupt_wait. */
	.globl interrupt_stubs
	.align 16
interrupt_stubs:
	.set vector, 0
	.rept 256
	.align 16
	movl $vector, interrupt_taken(%rip)
	jmp interrupt_common
	.set vector, vector + 1
	.endr

interrupt_common:
	andl $~0x200, 16(%rsp)	/* one at a time: return with IF clear */
	iretq

/* #DB: INTERRUPTS_DEBUG_TRAP_COST instructions; on the stack of the moment, because the TSS may be the guest's yet. */
	.globl debug_stub
debug_stub:
	incl interrupts_debug_traps(%rip)
	iretq

/* NMI: counts itself; if it came between the check and the HLT of a wait, the HLT is skipped. */
	.globl nmi_stub
nmi_stub:
	incl interrupt_nmis(%rip)
	pushq %rax
	leaq wait_begin(%rip), %rax
	cmpq %rax, 8(%rsp)
	jb 1f
	leaq wait_end(%rip), %rax
	cmpq %rax, 8(%rsp)
	jae 1f
	movq %rax, 8(%rsp)
1:	popq %rax
	iretq

/* void interrupt_open_nmi(void): lets a pending NMI in, nothing else. */
	.globl interrupt_open_nmi
interrupt_open_nmi:
	stgi
	nop
	nop
	clgi
	ret

/* void interrupt_open(void): lets one pending interrupt (and NMI) in. The caller has loaded the interrupt IDT. */
	.globl interrupt_open
interrupt_open:
	stgi
	sti
	nop
	nop
	cli
	clgi
	ret

/* void interrupt_halt(bool interrupts): sleeps until an NMI, or also an interrupt, unless interrupt_nmis != 0 already. */
	.globl interrupt_halt
interrupt_halt:
	stgi
	testl %edi, %edi
	jz halt_nmi_only
wait_begin:
	cmpl $0, interrupt_nmis(%rip)
	jne wait_end
	sti
	hlt
	jmp wait_end
halt_nmi_only:
	cmpl $0, interrupt_nmis(%rip)
	jne wait_end
	hlt
wait_end:
	cli
	clgi
	/*
	 * Under QEMU's -icount the time slept is added to the TSC some time after waking up, when the emulator's main loop
	 * next comes by. PAUSE makes it come by now, so that the addition does not fall into a run of the guest.
	 */
	pause
	pause
	ret

	.bss
	.align 4
	.globl interrupt_taken, interrupt_nmis, interrupts_debug_traps
interrupt_taken: .skip 4
interrupt_nmis:	.skip 4
interrupts_debug_traps:	.skip 4

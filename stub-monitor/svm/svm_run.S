/* SPDX-License-Identifier: EPL-2.0 */
/*
 * void svm_run(struct svm_world *world): one world switch. GIF is clear before and after (APM 2 15.5, 15.17).
 * The instruction sequence between the two RDTSCs is the same on every path, so that the TSC difference minus a constant
 * is the number of instructions the guest retired (under QEMU's -icount shift=0).
 * struct svm_world: 0 vmcb (phys), 8 gprs, 16 dr7, 24 timer register, 32 timer value, 40 tsc before, 48 tsc after,
 * 56 the host's own state of VMSAVE (phys): its task state segment has the stacks for faults, 64 the guest's TSC if 72 is
 * all ones, 80 where the VMCB has its offset
 */
#define RCX 8
#define RDX 16
#define RBX 24
#define RBP 40
#define RSI 48
#define RDI 56

	.text
	.globl svm_run
svm_run:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rdi
	movq (%rdi), %rax
	vmload %rax
	rdtsc
	shlq $32, %rdx
	orq %rdx, %rax
	movq %rax, 40(%rdi)
	movq 64(%rdi), %rcx
	subq %rax, %rcx
	andq 72(%rdi), %rcx
	movq 80(%rdi), %rax
	movq %rcx, (%rax)
	movq 24(%rdi), %rcx
	movl 32(%rdi), %eax
	movl %eax, (%rcx)
	movq 16(%rdi), %rax
	movq %rax, %dr7
	movq (%rdi), %rax
	movq 8(%rdi), %rdi
	movq RCX(%rdi), %rcx
	movq RDX(%rdi), %rdx
	movq RBX(%rdi), %rbx
	movq RBP(%rdi), %rbp
	movq RSI(%rdi), %rsi
	movq 64(%rdi), %r8
	movq 72(%rdi), %r9
	movq 80(%rdi), %r10
	movq 88(%rdi), %r11
	movq 96(%rdi), %r12
	movq 104(%rdi), %r13
	movq 112(%rdi), %r14
	movq 120(%rdi), %r15
	movq RDI(%rdi), %rdi
	vmrun %rax
	pushq %rdi
	movq 8(%rsp), %rdi
	movq 8(%rdi), %rdi
	movq %rcx, RCX(%rdi)
	movq %rdx, RDX(%rdi)
	movq %rbx, RBX(%rdi)
	movq %rbp, RBP(%rdi)
	movq %rsi, RSI(%rdi)
	movq %r8, 64(%rdi)
	movq %r9, 72(%rdi)
	movq %r10, 80(%rdi)
	movq %r11, 88(%rdi)
	movq %r12, 96(%rdi)
	movq %r13, 104(%rdi)
	movq %r14, 112(%rdi)
	movq %r15, 120(%rdi)
	popq RDI(%rdi)
	rdtsc
	shlq $32, %rdx
	orq %rdx, %rax
	popq %rdi
	movq %rax, 48(%rdi)
	movl $0x400, %eax
	movq %rax, %dr7
	movq (%rdi), %rax
	vmsave %rax
	movq 56(%rdi), %rax
	vmload %rax
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

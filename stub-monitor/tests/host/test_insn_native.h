/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Runs one instruction on the CPU this test runs on, from a given register state, and returns the
 * state after it: the reference for the emulator. All registers are the instruction's but RSP.
 */
#ifndef TEST_INSN_NATIVE_H
#define TEST_INSN_NATIVE_H

#include <string.h>
#include <sys/mman.h>

#include "insn/insn_decode.h"

#define FXSAVE_SIZE 512

/* Offsets are written out in native_run's assembly. */
struct native_state {
	u64 gpr[GPR_COUNT];                    /* 0; RSP is ignored */
	u64 rflags;                            /* 128 */
	u64 host_rsp;                          /* 136 */
	_Alignas(16) u8 fpu[FXSAVE_SIZE];      /* 144 */
	_Alignas(16) u8 host_fpu[FXSAVE_SIZE]; /* 656 */
};

_Static_assert(offsetof(struct native_state, fpu) == 144, "native_run's assembly says so");
_Static_assert(offsetof(struct native_state, host_fpu) == 656, "native_run's assembly says so");

struct native_state native_state;
void native_run(const void *code);
extern const u8 native_return[];

__asm__(".text\n"
	".globl native_run, native_return\n"
	"native_run:\n"
	"push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
	"mov %rsp, native_state+136(%rip)\n"
	"fxsave64 native_state+656(%rip)\n"
	"fxrstor64 native_state+144(%rip)\n"
	"push %rdi\n"
	"push native_state+128(%rip)\n"
	"mov native_state+0(%rip), %rax; mov native_state+8(%rip), %rcx\n"
	"mov native_state+16(%rip), %rdx; mov native_state+24(%rip), %rbx\n"
	"mov native_state+40(%rip), %rbp; mov native_state+48(%rip), %rsi\n"
	"mov native_state+56(%rip), %rdi; mov native_state+64(%rip), %r8\n"
	"mov native_state+72(%rip), %r9; mov native_state+80(%rip), %r10\n"
	"mov native_state+88(%rip), %r11; mov native_state+96(%rip), %r12\n"
	"mov native_state+104(%rip), %r13; mov native_state+112(%rip), %r14\n"
	"mov native_state+120(%rip), %r15\n"
	"popfq\n"
	"ret\n" /* to `code` */
	"native_return:\n"
	"mov native_state+136(%rip), %rsp\n"
	"mov %rax, native_state+0(%rip); mov %rcx, native_state+8(%rip)\n"
	"mov %rdx, native_state+16(%rip); mov %rbx, native_state+24(%rip)\n"
	"mov %rbp, native_state+40(%rip); mov %rsi, native_state+48(%rip)\n"
	"mov %rdi, native_state+56(%rip); mov %r8, native_state+64(%rip)\n"
	"mov %r9, native_state+72(%rip); mov %r10, native_state+80(%rip)\n"
	"mov %r11, native_state+88(%rip); mov %r12, native_state+96(%rip)\n"
	"mov %r13, native_state+104(%rip); mov %r14, native_state+112(%rip)\n"
	"mov %r15, native_state+120(%rip)\n"
	"pushfq; pop native_state+128(%rip)\n"
	"cld\n"
	"fxsave64 native_state+144(%rip)\n"
	"fxrstor64 native_state+656(%rip)\n"
	"pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"ret\n");

/* A page below 4 GB, so that 32-bit addressing can be tested as well. */
static inline void *native_map(size_t size, int protection)
{
	void *page = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return page == MAP_FAILED ? NULL : page;
}

/* Runs `length` bytes of code in registers cpu->gpr, rflags, fpu; and stores what they become. */
static inline void native_execute(struct cpu_state *cpu, const u8 *bytes, size_t length)
{
	static const u8 jump_absolute[] = {0xff, 0x25, 0, 0, 0, 0}; /* JMP [RIP+0] */
	static u8 *code;
	const u8 *target = native_return;
	u64 rsp = cpu->gpr[RSP];

	if (!code)
		code = native_map(PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	memcpy(code, bytes, length);
	memcpy(code + length, jump_absolute, sizeof(jump_absolute));
	memcpy(code + length + sizeof(jump_absolute), &target, sizeof(target));
	memcpy(native_state.gpr, cpu->gpr, sizeof(cpu->gpr));
	memcpy(native_state.fpu, cpu->fpu, FXSAVE_SIZE);
	native_state.rflags = cpu->rflags;
	native_run(code);
	memcpy(cpu->gpr, native_state.gpr, sizeof(cpu->gpr));
	memcpy(cpu->fpu, native_state.fpu, FXSAVE_SIZE);
	cpu->gpr[RSP] = rsp;
	cpu->rflags = native_state.rflags;
	cpu->rip += length;
}

#endif

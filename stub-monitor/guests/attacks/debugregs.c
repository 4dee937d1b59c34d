/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An attack on the monitor's own debugging means: a guest that debugs itself, with breakpoints in
 * DR0-DR3, single steps by TF and INT3, each with its own handler. Every run has one digest.
 */
#include "../lib/guest.h"
#include "../lib/interrupt.h"
#include "../lib/print.h"

#define ROUNDS          20
#define RFLAGS_TF       (1ull << 8)
#define RFLAGS_RF       (1ull << 16)
#define DR6_BS          (1ull << 14)
#define DR6_CLEAR       0xffff0ff0ull
#define DR7_CLEAR       0x400ull
#define DR7_L0_EXECUTE  (1ull << 0)
#define DR7_L1_WRITE_8  (1ull << 2 | 1ull << 20 | 2ull << 22)
#define DR7_L2_ACCESS_4 (1ull << 4 | 3ull << 24 | 3ull << 26)

static u64 executions, writes, accesses, steps, int3s;
volatile u64 written;
volatile u32 accessed;

static u64 take_dr6(void)
{
	u64 value;

	__asm__ volatile("mov %%dr6, %0" : "=r"(value));
	__asm__ volatile("mov %0, %%dr6" ::"r"(DR6_CLEAR));
	return value;
}

static void on_debug(struct interrupt_frame *frame)
{
	u64 dr6 = take_dr6();

	executions += dr6 & 1;
	writes += (dr6 >> 1) & 1;
	accesses += (dr6 >> 2) & 1;
	steps += !!(dr6 & DR6_BS);
	digest_add(dr6);
	digest_add(frame->rip);
	digest_add(frame->rflags);
	if (dr6 & 1)
		frame->rflags |= RFLAGS_RF;
}

static void on_int3(struct interrupt_frame *frame)
{
	int3s++;
	digest_add(frame->rip);
}

static void __attribute__((noinline)) broken_function(void)
{
	__asm__ volatile("nop");
}

static void set_breakpoints(void)
{
	__asm__ volatile("mov %0, %%dr0" ::"r"(broken_function));
	__asm__ volatile("mov %0, %%dr1" ::"r"(&written));
	__asm__ volatile("mov %0, %%dr2" ::"r"(&accessed));
	__asm__ volatile("mov %0, %%dr7" ::"r"(
		DR7_CLEAR | DR7_L0_EXECUTE | DR7_L1_WRITE_8 | DR7_L2_ACCESS_4));
}

static u64 read_back(void)
{
	u64 dr0, dr1, dr2, dr7;

	__asm__ volatile("mov %%dr0, %0\n\tmov %%dr1, %1\n\tmov %%dr2, %2\n\tmov %%dr7, %3"
			 : "=r"(dr0), "=r"(dr1), "=r"(dr2), "=r"(dr7));
	return dr0 ^ dr1 << 1 ^ dr2 << 2 ^ dr7 << 3;
}

static void step_a_little(void)
{
	__asm__ volatile("pushf\n\torq %0, (%%rsp)\n\tpopf\n\tnop\n\tnop\n\tnop\n\t"
			 "pushf\n\tandq %1, (%%rsp)\n\tpopf" ::"i"((int)RFLAGS_TF),
			 "i"(~(int)RFLAGS_TF)
			 : "memory", "cc");
}

static void __attribute__((noinline)) one_round(u32 i)
{
	broken_function();
	written = i;
	accessed = accessed + 1;
	step_a_little();
	__asm__ volatile("int3");
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	u32 i;

	(void)magic;
	(void)info;
	guest_ready("debugregs");
	interrupt_handle(VECTOR_DB, on_debug);
	interrupt_handle(VECTOR_BP, on_int3);
	set_breakpoints();
	for (i = 0; i < ROUNDS; i++)
		one_round(i);
	digest_add(read_back());
	print("debugregs: execute %lu write %lu access %lu step %lu int3 %lu\n", executions, writes,
		accesses, steps, int3s);
	guest_done();
}

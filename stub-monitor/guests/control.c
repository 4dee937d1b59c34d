/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Shows CR8 and TSC_AUX: what was written is read back, by every way of reading it, whether the
 * instructions run or are stepped. `control_begin` and `control_end` frame the stretch to step.
 */
#include "lib/cpu.h"
#include "lib/guest.h"
#include "lib/print.h"

#define CPUID_STRUCTURED 7
#define CPUID_ECX_RDPID  (1u << 22)
#define ROUNDS           3
#define PRIORITY_OF(i)   (2 * (i) + 3)
#define AUX_OF(i)        (0x1000u * ((i) + 1) + 0x234)

static u64 priorities[ROUNDS], wrong;
static u32 aux_msr[ROUNDS], aux_rdtscp[ROUNDS], aux_rdpid[ROUNDS];

static u32 rdpid(void)
{
	u64 value;

	__asm__ volatile("rdpid %0" : "=r"(value));
	return (u32)value;
}

static void write_and_read(u32 i, bool has_rdpid)
{
	write_cr8(PRIORITY_OF(i));
	priorities[i] = read_cr8();
	wrmsr(MSR_TSC_AUX, AUX_OF(i));
	aux_msr[i] = (u32)rdmsr(MSR_TSC_AUX);
	rdtscp(&aux_rdtscp[i]);
	aux_rdpid[i] = has_rdpid ? rdpid() : AUX_OF(i);
}

static void compare(u32 i)
{
	print("control: CR8 %lu, TSC_AUX %x rdtscp %x rdpid %x\n", priorities[i], aux_msr[i],
		aux_rdtscp[i], aux_rdpid[i]);
	wrong += priorities[i] != PRIORITY_OF(i);
	wrong += aux_msr[i] != AUX_OF(i);
	wrong += aux_rdtscp[i] != AUX_OF(i);
	wrong += aux_rdpid[i] != AUX_OF(i);
	digest_add(priorities[i]);
	digest_add(aux_msr[i] ^ (u64)aux_rdtscp[i] << 16 ^ (u64)aux_rdpid[i] << 32);
}

void guest_main(u32 magic, const struct multiboot_info *info)
{
	bool has_rdpid = cpuid(CPUID_STRUCTURED, 0).ecx & CPUID_ECX_RDPID;
	u32 i;

	(void)magic;
	(void)info;
	guest_ready("control");
	__asm__ volatile(".globl control_begin\ncontrol_begin:");
	for (i = 0; i < ROUNDS; i++)
		write_and_read(i, has_rdpid);
	__asm__ volatile(".globl control_end\ncontrol_end:");
	write_cr8(0);
	for (i = 0; i < ROUNDS; i++)
		compare(i);
	print("control: %lu wrong\n", wrong);
	guest_done();
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * XSAVE/XRSTOR of the whole supported state whatever the guest has enabled in XCR0 (APM 2 11.5):
 * SSE registers exist for a guest that never set CR4.OSXSAVE. Without XSAVE (cpu=qemu64), FXSAVE.
 */
#include "cpu/fpu.h"

#include "cpu/regs.h"
#include "lib/string.h"

#define CPUID_1_XSAVE BIT(26)
#define CPUID_1_AVX   BIT(28)
#define CR0_TS        BIT(3)
#define CR0_EM        BIT(2)

static u64 supported; /* 0: no XSAVE */

void fpu_init(void)
{
	struct cpuid_regs features = cpuid(1, 0);

	if (!(features.ecx & CPUID_1_XSAVE))
		return;
	write_cr4(read_cr4() | CR4_OSXSAVE);
	supported = FPU_X87_SSE | (features.ecx & CPUID_1_AVX ? FPU_AVX : 0);
	xsetbv0(1); /* as after reset */
}

u64 fpu_supported_xcr0(void)
{
	return supported;
}

/* Without it XRSTOR, on a CPU that has it, takes the area for the state after reset: a recording may be replayed there. */
void fpu_set_saved(u8 *area, u64 components)
{
	memcpy(area + FPU_OFFSET_XSTATE_BV, &components, sizeof(components));
}

void fpu_save(struct cpu_state *cpu)
{
	if (!supported) {
		__asm__ volatile("fxsave64 %0" : "=m"(cpu->fpu));
		fpu_set_saved(cpu->fpu, FPU_X87_SSE);
		cpu->xcr0 = 1;
		return;
	}
	cpu->xcr0 = xgetbv0();
	xsetbv0(supported);
	__asm__ volatile("xsave64 %0" : "+m"(cpu->fpu) : "a"((u32)supported), "d"(0));
	xsetbv0(cpu->xcr0);
}

void fpu_load(const struct cpu_state *cpu)
{
	if (!supported) {
		__asm__ volatile("fxrstor64 %0" : : "m"(cpu->fpu));
		return;
	}
	xsetbv0(supported);
	__asm__ volatile("xrstor64 %0" : : "m"(cpu->fpu), "a"((u32)supported), "d"(0));
	xsetbv0(cpu->xcr0);
}

void fpu_reset(struct cpu_state *cpu)
{
	__asm__ volatile("fninit");
	fpu_save(cpu);
}

/* SPDX-License-Identifier: EPL-2.0 */
/* The instructions C has no words for. */
#ifndef GUEST_CPU_H
#define GUEST_CPU_H

#include "types.h"

#define MSR_TSC       0x10u
#define MSR_APIC_BASE 0x1bu
#define MSR_EFER      0xc0000080u
#define MSR_TSC_AUX   0xc0000103u

#define EFER_SVME (1ull << 12)

#define CR4_OSXSAVE (1ull << 18)

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline u64 rdtsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

static inline u64 rdtscp(u32 *aux)
{
	u32 low, high;

	__asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(*aux));
	return (u64)high << 32 | low;
}

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline u64 read_cr2(void)
{
	u64 value;

	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

static inline u64 read_cr4(void)
{
	u64 value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

static inline void write_cr4(u64 value)
{
	__asm__ volatile("mov %0, %%cr4" ::"r"(value) : "memory");
}

static inline u64 read_cr8(void)
{
	u64 value;

	__asm__ volatile("mov %%cr8, %0" : "=r"(value));
	return value;
}

static inline void write_cr8(u64 value)
{
	__asm__ volatile("mov %0, %%cr8" ::"r"(value) : "memory");
}

static inline void invlpg(u64 address)
{
	__asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

static inline void interrupts_on(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline void interrupts_off(void)
{
	__asm__ volatile("cli" ::: "memory");
}

/* STI's shadow covers HLT: no interrupt can slip in between and be slept over. */
static inline void wait_for_interrupt(void)
{
	__asm__ volatile("sti\n\thlt" ::: "memory");
}

#endif

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Control registers, debug registers, MSRs, CPUID of the physical CPU. Numbers: APM 2 appendix A.
 */
#ifndef CPU_REGS_H
#define CPU_REGS_H

#include "lib/types.h"

#define MSR_TSC          0x10
#define MSR_APIC_BASE    0x1b
#define MSR_EFER         0xc0000080
#define MSR_STAR         0xc0000081
#define MSR_LSTAR        0xc0000082
#define MSR_CSTAR        0xc0000083
#define MSR_SFMASK       0xc0000084
#define MSR_FS_BASE      0xc0000100
#define MSR_GS_BASE      0xc0000101
#define MSR_KERNEL_GS    0xc0000102
#define MSR_TSC_AUX      0xc0000103
#define MSR_SYSENTER_CS  0x174
#define MSR_SYSENTER_ESP 0x175
#define MSR_SYSENTER_EIP 0x176
#define MSR_PAT          0x277
#define MSR_VM_CR        0xc0010114
#define MSR_VM_HSAVE_PA  0xc0010117

#define CR4_OSXSAVE BIT(18)

struct cpuid_regs {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid_regs cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid_regs r;
	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return low | (u64)high << 32;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" : : "a"((u32)value), "d"((u32)(value >> 32)), "c"(msr) : "memory");
}

static inline u64 rdtsc(void)
{
	u32 low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return low | (u64)high << 32;
}

static inline u64 rdpmc(u32 counter)
{
	u32 low, high;
	__asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
	return low | (u64)high << 32;
}

#define CPU_REG_ACCESSORS(reg) \
	static inline u64 read_##reg(void) \
	{ \
		u64 value; \
		__asm__ volatile("mov %%" #reg ", %0" : "=r"(value)); \
		return value; \
	} \
	static inline void write_##reg(u64 value) \
	{ \
		__asm__ volatile("mov %0, %%" #reg : : "r"(value) : "memory"); \
	}

CPU_REG_ACCESSORS(cr0)
CPU_REG_ACCESSORS(cr2)
CPU_REG_ACCESSORS(cr3)
CPU_REG_ACCESSORS(cr4)
CPU_REG_ACCESSORS(cr8)
CPU_REG_ACCESSORS(dr0)
CPU_REG_ACCESSORS(dr1)
CPU_REG_ACCESSORS(dr2)
CPU_REG_ACCESSORS(dr3)
CPU_REG_ACCESSORS(dr6)
CPU_REG_ACCESSORS(dr7)

static inline u64 xgetbv0(void)
{
	u32 low, high;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low | (u64)high << 32;
}

static inline void xsetbv0(u64 value)
{
	__asm__ volatile("xsetbv" : : "a"((u32)value), "d"((u32)(value >> 32)), "c"(0));
}

/* Reads or writes an MSR that may not exist: false where the CPU raised #GP. */
bool cpu_rdmsr_safe(u32 msr, u64 *value);
bool cpu_wrmsr_safe(u32 msr, u64 value);

#endif

/* SPDX-License-Identifier: EPL-2.0 */
/* The virtual machine control block (APM 2 appendix B) and its codes (appendix C). */
#ifndef SVM_SVM_VMCB_H
#define SVM_SVM_VMCB_H

#include "cpu/cpu_state.h"

#define INTERCEPT1_INTR     BIT(0)
#define INTERCEPT1_NMI      BIT(1)
#define INTERCEPT1_SMI      BIT(2)
#define INTERCEPT1_INIT     BIT(3)
#define INTERCEPT1_VINTR    BIT(4)
#define INTERCEPT1_RDTSC    BIT(14)
#define INTERCEPT1_RDPMC    BIT(15)
#define INTERCEPT1_CPUID    BIT(18)
#define INTERCEPT1_INTN     BIT(21)
#define INTERCEPT1_HLT      BIT(24)
#define INTERCEPT1_INVLPGA  BIT(26)
#define INTERCEPT1_IOIO     BIT(27)
#define INTERCEPT1_MSR      BIT(28)
#define INTERCEPT1_SHUTDOWN BIT(31)
#define INTERCEPT2_SVM      0x7full /* VMRUN, VMMCALL, VMLOAD, VMSAVE, STGI, CLGI, SKINIT */
#define INTERCEPT2_RDTSCP   BIT(7)
#define INTERCEPT2_MONITOR  BIT(10)
#define INTERCEPT2_MWAIT    (BIT(11) | BIT(12))
#define INTERCEPT2_XSETBV   BIT(13)

#define INT_CTL_V_IRQ          BIT(8)
#define INT_CTL_V_IGN_TPR      BIT(20)
#define INT_CTL_V_INTR_MASKING BIT(24)
#define INT_STATE_SHADOW       BIT(0)

#define EVENT_VALID      BIT(31)
#define EVENT_ERROR_CODE BIT(11)
#define EVENT_TYPE_SHIFT 8

enum {
	VMEXIT_CR0_READ = 0x00,
	VMEXIT_CR0_WRITE = 0x10,
	VMEXIT_DR0_READ = 0x20,
	VMEXIT_DR0_WRITE = 0x30,
	VMEXIT_EXCP0 = 0x40,
	VMEXIT_EXCP_DB = 0x41,
	VMEXIT_EXCP_BP = 0x43,
	VMEXIT_INTR = 0x60,
	VMEXIT_NMI = 0x61,
	VMEXIT_SMI = 0x62,
	VMEXIT_INIT = 0x63,
	VMEXIT_VINTR = 0x64,
	VMEXIT_RDTSC = 0x6e,
	VMEXIT_RDPMC = 0x6f,
	VMEXIT_CPUID = 0x72,
	VMEXIT_SWINT = 0x75,
	VMEXIT_HLT = 0x78,
	VMEXIT_INVLPGA = 0x7a,
	VMEXIT_IOIO = 0x7b,
	VMEXIT_MSR = 0x7c,
	VMEXIT_SHUTDOWN = 0x7f,
	VMEXIT_VMRUN = 0x80,
	VMEXIT_SKINIT = 0x86,
	VMEXIT_RDTSCP = 0x87,
	VMEXIT_MONITOR = 0x8a,
	VMEXIT_MWAIT = 0x8b,
	VMEXIT_MWAIT_CONDITIONAL = 0x8c,
	VMEXIT_XSETBV = 0x8d,
	VMEXIT_NPF = 0x400,
};

#define VMEXIT_INVALID (~0ull)

#define IOIO_IN       BIT(0)
#define IOIO_STRING   BIT(2)
#define IOIO_REP      BIT(3)
#define NPF_PRESENT   BIT(0)
#define NPF_WRITE     BIT(1)
#define NPF_FETCH     BIT(4)
#define TLB_FLUSH_ALL 1

struct vmcb {
	u16 intercept_cr_read, intercept_cr_write, intercept_dr_read,
		intercept_dr_write;                       /* 0x000 */
	u32 intercept_exceptions, intercept1, intercept2; /* 0x008 */
	u8 reserved1[0x040 - 0x014];
	u64 iopm_base, msrpm_base, tsc_offset;                           /* 0x040 */
	u32 asid, tlb_control;                                           /* 0x058 */
	u64 int_ctl, int_state;                                          /* 0x060 */
	u64 exit_code, exit_info1, exit_info2, exit_int_info, np_enable; /* 0x070 */
	u8 reserved2[0x0a8 - 0x098];
	u64 event_inject, nested_cr3, lbr_control; /* 0x0a8 */
	u8 reserved3[0x400 - 0x0c0];
	struct segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr; /* 0x400 */
	u8 reserved4[0x4cb - 0x4a0];
	u8 cpl; /* 0x4cb */
	u32 reserved5;
	u64 efer; /* 0x4d0 */
	u8 reserved6[0x548 - 0x4d8];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip; /* 0x548 */
	u8 reserved7[0x5d8 - 0x580];
	u64 rsp; /* 0x5d8 */
	u8 reserved8[0x5f8 - 0x5e0];
	u64 rax, star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp,
		sysenter_eip, cr2; /* 0x5f8 */
	u8 reserved9[0x668 - 0x648];
	u64 pat, dbgctl; /* 0x668 */
	u8 reserved10[0x1000 - 0x678];
} __attribute__((packed, aligned(4096)));

_Static_assert(offsetof(struct vmcb, exit_code) == 0x070, "APM 2 table B-1");
_Static_assert(offsetof(struct vmcb, cpl) == 0x4cb, "APM 2 table B-2");
_Static_assert(offsetof(struct vmcb, rip) == 0x578, "APM 2 table B-2");
_Static_assert(offsetof(struct vmcb, cr2) == 0x640, "APM 2 table B-2");
_Static_assert(offsetof(struct vmcb, pat) == 0x668, "APM 2 table B-2");
_Static_assert(sizeof(struct vmcb) == 4096, "one page");

#endif

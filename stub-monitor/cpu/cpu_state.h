/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The architectural state of the guest's CPU, vendor-neutral. vt_run() loads it before the guest
 * runs and stores it after each exit, so that exit handlers, the debugger and checkpoints share one
 * view. x87/SSE/AVX stay in the hardware registers between exits (the monitor uses none of them);
 * fpu_sync_from_hardware() fills `fpu` when somebody asks, fpu_load_into_hardware() puts it back.
 */
#ifndef CPU_CPU_STATE_H
#define CPU_CPU_STATE_H

#include "lib/types.h"

/* Numbering of instruction encodings (APM 3, ModRM.reg with REX), not gdb's. */
enum gpr {
	RAX,
	RCX,
	RDX,
	RBX,
	RSP,
	RBP,
	RSI,
	RDI,
	R8,
	R9,
	R10,
	R11,
	R12,
	R13,
	R14,
	R15,
	GPR_COUNT
};

/* Numbering of instruction encodings (APM 3, segment-register field), then the system segments. */
enum segment_name { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, SEG_LDTR, SEG_TR, SEG_COUNT };

/*
 * `attributes`: the VMCB's packed form (APM 2 15.5.1): type 0-3, S 4, DPL 5-6, P 7, AVL 8, L 9, D/B
 * 10, G 11.
 */
struct segment {
	u16 selector;
	u16 attributes;
	u32 limit;
	u64 base;
};

#define SEG_ATTR_L  BIT(9)
#define SEG_ATTR_DB BIT(10)

struct descriptor_table {
	u64 base;
	u16 limit;
};

/*
 * Standard (non-compacted) XSAVE area (APM 2 11.5.2): legacy 512, header 64, AVX upper halves 256.
 */
#define FPU_XSAVE_SIZE       832
#define FPU_OFFSET_FCW       0
#define FPU_OFFSET_FSW       2
#define FPU_OFFSET_FTW       4 /* abridged tag word: bit i = register i is not empty */
#define FPU_OFFSET_FOP       6
#define FPU_OFFSET_FIP       8
#define FPU_OFFSET_FDP       16
#define FPU_OFFSET_MXCSR     24
#define FPU_OFFSET_ST        32  /* 8 slots of 16 bytes, ST(i) relative to TOP, 10 bytes used */
#define FPU_OFFSET_XMM       160 /* 16 slots of 16 bytes */
#define FPU_OFFSET_XSTATE_BV 512
#define FPU_OFFSET_YMMH      576 /* 16 slots of 16 bytes */

struct cpu_state {
	u64 gpr[GPR_COUNT];
	u64 rip, rflags;
	struct segment segment[SEG_COUNT];
	struct descriptor_table gdtr, idtr;
	u64 cr0, cr2, cr3, cr4, cr8, efer, xcr0;
	u64 dr[4], dr6,
		dr7; /* the guest's own view; what is in the hardware is debug/'s business */
	u64 star, lstar, cstar, sfmask, kernel_gs_base;
	u64 sysenter_cs, sysenter_esp, sysenter_eip;
	u64 pat, tsc_aux, apic_base;
	bool halted;           /* a HLT has retired and nothing has woken the CPU yet */
	bool interrupt_shadow; /* between STI or MOV SS and the end of the next instruction */
	u8 cpl;
	u64 tsc_ahead; /* recorded and in the past: the TSC is the instant and this */
	_Alignas(64) u8 fpu[FPU_XSAVE_SIZE];
};

/*
 * Recordings hold this structure as it is (docs/spec/recording-format.md): whoever changes it gives it another version.
 */
#define CPU_STATE_VERSION     2
#define CPU_STATE_WITHOUT_TSC 1 /* tsc_ahead was padding */
_Static_assert(sizeof(struct cpu_state) == 1344, "docs/spec/recording-format.md");

#define RFLAGS_TF BIT(8)
#define RFLAGS_IF BIT(9)
#define RFLAGS_RF BIT(16)
#define CR0_PE    BIT(0)
#define CR0_ET    BIT(4)
#define CR0_WP    BIT(16)
#define CR0_NW    BIT(29)
#define CR0_CD    BIT(30)
#define CR0_PG    BIT(31)
#define CR4_PSE   BIT(4)
#define CR4_PAE   BIT(5)
#define CR4_LA57  BIT(12)
#define EFER_LME  BIT(8)
#define EFER_LMA  BIT(10)
#define EFER_NXE  BIT(11)
#define EFER_SVME BIT(12)

/* True in 64-bit mode proper (not compatibility mode): addresses and RIP are 64 bits wide. */
static inline bool cpu_in_64bit_code(const struct cpu_state *cpu)
{
	return (cpu->efer & EFER_LMA) && (cpu->segment[SEG_CS].attributes & SEG_ATTR_L);
}

#endif

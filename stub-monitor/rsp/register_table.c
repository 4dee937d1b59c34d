/* SPDX-License-Identifier: EPL-2.0 */
/* The register table; see register_table.h. */
#include "rsp/register_table.h"

#define FIELD(name, size, type, group, feature, member) \
	{ \
		name, type, group, offsetof(struct cpu_state, member), \
			sizeof(((struct cpu_state *)0)->member), size, feature, RSP_REGISTER_FIELD \
	}
#define READ_ONLY(name, size, type, group, feature, member) \
	{ \
		name, type, group, offsetof(struct cpu_state, member), \
			sizeof(((struct cpu_state *)0)->member), size, feature, \
			RSP_REGISTER_READ_ONLY \
	}
#define FPU(name, size, type, group, feature, at, width) \
	{ \
		name, type, group, offsetof(struct cpu_state, fpu) + (at), width, size, feature, \
			RSP_REGISTER_FIELD \
	}

#define GENERAL(name, type, index) FIELD(name, 8, type, NULL, RSP_FEATURE_CORE, gpr[index])
#define SELECTOR(name, index) \
	FIELD(name, 4, "int32", NULL, RSP_FEATURE_CORE, segment[index].selector)
#define ST(i)                FPU("st" #i, 10, "i387_ext", NULL, RSP_FEATURE_CORE, FPU_OFFSET_ST + 16 * (i), 10)
#define X87(name, at, width) FPU(name, 4, "int", "float", RSP_FEATURE_CORE, at, width)
#define XMM(i)               FPU("xmm" #i, 16, "vec128", NULL, RSP_FEATURE_SSE, FPU_OFFSET_XMM + 16 * (i), 16)
#define YMMH(i) \
	FPU("ymm" #i "h", 16, "uint128", NULL, RSP_FEATURE_AVX, FPU_OFFSET_YMMH + 16 * (i), 16)
#define SYSTEM(name, type, member)     FIELD(name, 8, type, "system", RSP_FEATURE_SYSTEM, member)
#define DESC(name, size, type, member) FIELD(name, size, type, "system", RSP_FEATURE_DESC, member)
#define DESC_READ_ONLY(name, size, type, member) \
	READ_ONLY(name, size, type, "system", RSP_FEATURE_DESC, member)
#define LIMIT(name, index)      DESC(name, 4, "uint32", segment[index].limit)
#define ATTRIBUTES(name, index) DESC(name, 4, "segment_attributes", segment[index].attributes)
#define BASE(name, index)       DESC(name, 8, "int64", segment[index].base)

const struct rsp_register rsp_registers[] = {
	/* org.gnu.gdb.i386.core */
	GENERAL("rax", "int64", RAX),
	GENERAL("rbx", "int64", RBX),
	GENERAL("rcx", "int64", RCX),
	GENERAL("rdx", "int64", RDX),
	GENERAL("rsi", "int64", RSI),
	GENERAL("rdi", "int64", RDI),
	GENERAL("rbp", "data_ptr", RBP),
	GENERAL("rsp", "data_ptr", RSP),
	GENERAL("r8", "int64", R8),
	GENERAL("r9", "int64", R9),
	GENERAL("r10", "int64", R10),
	GENERAL("r11", "int64", R11),
	GENERAL("r12", "int64", R12),
	GENERAL("r13", "int64", R13),
	GENERAL("r14", "int64", R14),
	GENERAL("r15", "int64", R15),
	FIELD("rip", 8, "code_ptr", NULL, RSP_FEATURE_CORE, rip),
	/* the low half: the high one is reserved and zero */
	{"eflags", "i386_eflags", NULL, offsetof(struct cpu_state, rflags), 4, 4, RSP_FEATURE_CORE,
		RSP_REGISTER_FIELD},
	SELECTOR("cs", SEG_CS),
	SELECTOR("ss", SEG_SS),
	SELECTOR("ds", SEG_DS),
	SELECTOR("es", SEG_ES),
	SELECTOR("fs", SEG_FS),
	SELECTOR("gs", SEG_GS),
	ST(0),
	ST(1),
	ST(2),
	ST(3),
	ST(4),
	ST(5),
	ST(6),
	ST(7),
	X87("fctrl", FPU_OFFSET_FCW, 2),
	X87("fstat", FPU_OFFSET_FSW, 2),
	{"ftag", "int", "float", offsetof(struct cpu_state, fpu) + FPU_OFFSET_FTW, 1, 4,
		RSP_FEATURE_CORE, RSP_REGISTER_TAG_WORD},
	/*
	 * 64-bit FXSAVE keeps no selectors: these are bits 32-47 of the pointers, as gdb has it
	 * elsewhere
	 */
	X87("fiseg", FPU_OFFSET_FIP + 4, 2),
	X87("fioff", FPU_OFFSET_FIP, 4),
	X87("foseg", FPU_OFFSET_FDP + 4, 2),
	X87("fooff", FPU_OFFSET_FDP, 4),
	X87("fop", FPU_OFFSET_FOP, 2),

	/* org.gnu.gdb.i386.sse */
	XMM(0),
	XMM(1),
	XMM(2),
	XMM(3),
	XMM(4),
	XMM(5),
	XMM(6),
	XMM(7),
	XMM(8),
	XMM(9),
	XMM(10),
	XMM(11),
	XMM(12),
	XMM(13),
	XMM(14),
	XMM(15),
	FPU("mxcsr", 4, "i386_mxcsr", "vector", RSP_FEATURE_SSE, FPU_OFFSET_MXCSR, 4),

	/* org.gnu.gdb.i386.segments */
	FIELD("fs_base", 8, "int", NULL, RSP_FEATURE_SEGMENTS, segment[SEG_FS].base),
	FIELD("gs_base", 8, "int", NULL, RSP_FEATURE_SEGMENTS, segment[SEG_GS].base),

	/* org.retrovisor.system */
	SYSTEM("k_gs_base", "int64", kernel_gs_base),
	SYSTEM("cr0", "cr0_flags", cr0),
	SYSTEM("cr2", "int64", cr2),
	SYSTEM("cr3", "int64", cr3),
	SYSTEM("cr4", "cr4_flags", cr4),
	SYSTEM("cr8", "int64", cr8),
	SYSTEM("efer", "efer_flags", efer),

	/* org.retrovisor.desc */
	BASE("cs_base", SEG_CS),
	BASE("ss_base", SEG_SS),
	BASE("ds_base", SEG_DS),
	BASE("es_base", SEG_ES),
	LIMIT("cs_limit", SEG_CS),
	LIMIT("ss_limit", SEG_SS),
	LIMIT("ds_limit", SEG_DS),
	LIMIT("es_limit", SEG_ES),
	LIMIT("fs_limit", SEG_FS),
	LIMIT("gs_limit", SEG_GS),
	ATTRIBUTES("cs_attr", SEG_CS),
	ATTRIBUTES("ss_attr", SEG_SS),
	ATTRIBUTES("ds_attr", SEG_DS),
	ATTRIBUTES("es_attr", SEG_ES),
	ATTRIBUTES("fs_attr", SEG_FS),
	ATTRIBUTES("gs_attr", SEG_GS),
	DESC("ldtr", 4, "int32", segment[SEG_LDTR].selector),
	BASE("ldtr_base", SEG_LDTR),
	LIMIT("ldtr_limit", SEG_LDTR),
	ATTRIBUTES("ldtr_attr", SEG_LDTR),
	DESC("tr", 4, "int32", segment[SEG_TR].selector),
	BASE("tr_base", SEG_TR),
	LIMIT("tr_limit", SEG_TR),
	ATTRIBUTES("tr_attr", SEG_TR),
	DESC("gdtr_base", 8, "int64", gdtr.base),
	DESC("gdtr_limit", 4, "uint32", gdtr.limit),
	DESC("idtr_base", 8, "int64", idtr.base),
	DESC("idtr_limit", 4, "uint32", idtr.limit),
	DESC("dr0", 8, "int64", dr[0]),
	DESC("dr1", 8, "int64", dr[1]),
	DESC("dr2", 8, "int64", dr[2]),
	DESC("dr3", 8, "int64", dr[3]),
	DESC("dr6", 8, "int64", dr6),
	DESC("dr7", 8, "int64", dr7),
	DESC_READ_ONLY("xcr0", 8, "int64", xcr0),
	DESC("star", 8, "int64", star),
	DESC("lstar", 8, "int64", lstar),
	DESC("cstar", 8, "int64", cstar),
	DESC("sfmask", 8, "int64", sfmask),
	DESC("sysenter_cs", 8, "int64", sysenter_cs),
	DESC("sysenter_esp", 8, "int64", sysenter_esp),
	DESC("sysenter_eip", 8, "int64", sysenter_eip),
	DESC("pat", 8, "int64", pat),
	DESC("tsc_aux", 8, "int64", tsc_aux),
	DESC_READ_ONLY("apic_base", 8, "int64", apic_base),

	/* org.gnu.gdb.i386.avx */
	YMMH(0),
	YMMH(1),
	YMMH(2),
	YMMH(3),
	YMMH(4),
	YMMH(5),
	YMMH(6),
	YMMH(7),
	YMMH(8),
	YMMH(9),
	YMMH(10),
	YMMH(11),
	YMMH(12),
	YMMH(13),
	YMMH(14),
	YMMH(15),
};

const unsigned rsp_register_count = ARRAY_SIZE(rsp_registers);

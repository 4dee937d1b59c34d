/* SPDX-License-Identifier: EPL-2.0 */
/* The register table; see register_table.h. */
#include "rsp/register_table.h"

#include "lib/string.h"

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

/* A part of a field, or a field that needs more than copying. */
#define PART(name, size, type, feature, kind, member) \
	{ \
		name, type, NULL, offsetof(struct cpu_state, member), size, size, feature, kind \
	}

#define GENERAL32(name, type, index) \
	PART(name, 4, type, RSP_FEATURE_CORE, RSP_REGISTER_FIELD, gpr[index])
#define EFLAGS /* the low half: the high one is reserved and zero */ \
	PART("eflags", 4, "i386_eflags", RSP_FEATURE_CORE, RSP_REGISTER_FIELD, rflags)
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

/*
 * What both descriptions have. 64-bit FXSAVE keeps no selectors of x87 pointers: fiseg and foseg are bits 32-47 of the
 * pointers, as gdb has it elsewhere.
 */
/* clang-format off */
#define SELECTORS_AND_X87 \
	SELECTOR("cs", SEG_CS), \
	SELECTOR("ss", SEG_SS), \
	SELECTOR("ds", SEG_DS), \
	SELECTOR("es", SEG_ES), \
	SELECTOR("fs", SEG_FS), \
	SELECTOR("gs", SEG_GS), \
	ST(0), \
	ST(1), \
	ST(2), \
	ST(3), \
	ST(4), \
	ST(5), \
	ST(6), \
	ST(7), \
	X87("fctrl", FPU_OFFSET_FCW, 2), \
	X87("fstat", FPU_OFFSET_FSW, 2), \
	{"ftag", "int", "float", offsetof(struct cpu_state, fpu) + FPU_OFFSET_FTW, 1, 4, \
	RSP_FEATURE_CORE, RSP_REGISTER_TAG_WORD}, \
	X87("fiseg", FPU_OFFSET_FIP + 4, 2), \
	X87("fioff", FPU_OFFSET_FIP, 4), \
	X87("foseg", FPU_OFFSET_FDP + 4, 2), \
	X87("fooff", FPU_OFFSET_FDP, 4), \
	X87("fop", FPU_OFFSET_FOP, 2)

#define LOW_XMM \
	XMM(0), \
	XMM(1), \
	XMM(2), \
	XMM(3), \
	XMM(4), \
	XMM(5), \
	XMM(6), \
	XMM(7)

#define SYSTEM_AND_DESCRIPTORS \
	SYSTEM("k_gs_base", "int64", kernel_gs_base), \
	SYSTEM("cr0", "cr0_flags", cr0), \
	SYSTEM("cr2", "int64", cr2), \
	SYSTEM("cr3", "int64", cr3), \
	SYSTEM("cr4", "cr4_flags", cr4), \
	SYSTEM("cr8", "int64", cr8), \
	SYSTEM("efer", "efer_flags", efer), \
	BASE("cs_base", SEG_CS), \
	BASE("ss_base", SEG_SS), \
	BASE("ds_base", SEG_DS), \
	BASE("es_base", SEG_ES), \
	LIMIT("cs_limit", SEG_CS), \
	LIMIT("ss_limit", SEG_SS), \
	LIMIT("ds_limit", SEG_DS), \
	LIMIT("es_limit", SEG_ES), \
	LIMIT("fs_limit", SEG_FS), \
	LIMIT("gs_limit", SEG_GS), \
	ATTRIBUTES("cs_attr", SEG_CS), \
	ATTRIBUTES("ss_attr", SEG_SS), \
	ATTRIBUTES("ds_attr", SEG_DS), \
	ATTRIBUTES("es_attr", SEG_ES), \
	ATTRIBUTES("fs_attr", SEG_FS), \
	ATTRIBUTES("gs_attr", SEG_GS), \
	DESC("ldtr", 4, "int32", segment[SEG_LDTR].selector), \
	BASE("ldtr_base", SEG_LDTR), \
	LIMIT("ldtr_limit", SEG_LDTR), \
	ATTRIBUTES("ldtr_attr", SEG_LDTR), \
	DESC("tr", 4, "int32", segment[SEG_TR].selector), \
	BASE("tr_base", SEG_TR), \
	LIMIT("tr_limit", SEG_TR), \
	ATTRIBUTES("tr_attr", SEG_TR), \
	DESC("gdtr_base", 8, "int64", gdtr.base), \
	DESC("gdtr_limit", 4, "uint32", gdtr.limit), \
	DESC("idtr_base", 8, "int64", idtr.base), \
	DESC("idtr_limit", 4, "uint32", idtr.limit), \
	DESC("dr0", 8, "int64", dr[0]), \
	DESC("dr1", 8, "int64", dr[1]), \
	DESC("dr2", 8, "int64", dr[2]), \
	DESC("dr3", 8, "int64", dr[3]), \
	DESC("dr6", 8, "int64", dr6), \
	DESC("dr7", 8, "int64", dr7), \
	DESC_READ_ONLY("xcr0", 8, "int64", xcr0), \
	DESC("star", 8, "int64", star), \
	DESC("lstar", 8, "int64", lstar), \
	DESC("cstar", 8, "int64", cstar), \
	DESC("sfmask", 8, "int64", sfmask), \
	DESC("sysenter_cs", 8, "int64", sysenter_cs), \
	DESC("sysenter_esp", 8, "int64", sysenter_esp), \
	DESC("sysenter_eip", 8, "int64", sysenter_eip), \
	DESC("pat", 8, "int64", pat), \
	DESC("tsc_aux", 8, "int64", tsc_aux), \
	DESC_READ_ONLY("apic_base", 8, "int64", apic_base), \
	DESC_READ_ONLY("ip16", 8, "int64", rip), \
	DESC_READ_ONLY("sp16", 8, "int64", gpr[RSP])
/* clang-format on */

static const struct rsp_register registers_64[] = {
	GENERAL("rax", "int64", RAX),
	GENERAL("rbx", "int64", RBX),
	GENERAL("rcx", "int64", RCX),
	GENERAL("rdx", "int64", RDX),
	GENERAL("rsi", "int64", RSI),
	GENERAL("rdi", "int64", RDI),
	GENERAL("rbp", "data_ptr", RBP),
	PART("rsp", 8, "data_ptr", RSP_FEATURE_CORE, RSP_REGISTER_SP, gpr[RSP]),
	GENERAL("r8", "int64", R8),
	GENERAL("r9", "int64", R9),
	GENERAL("r10", "int64", R10),
	GENERAL("r11", "int64", R11),
	GENERAL("r12", "int64", R12),
	GENERAL("r13", "int64", R13),
	GENERAL("r14", "int64", R14),
	GENERAL("r15", "int64", R15),
	PART("rip", 8, "code_ptr", RSP_FEATURE_CORE, RSP_REGISTER_PC, rip),
	EFLAGS,
	SELECTORS_AND_X87,
	LOW_XMM,
	XMM(8),
	XMM(9),
	XMM(10),
	XMM(11),
	XMM(12),
	XMM(13),
	XMM(14),
	XMM(15),
	FPU("mxcsr", 4, "i386_mxcsr", "vector", RSP_FEATURE_SSE, FPU_OFFSET_MXCSR, 4),
	FIELD("fs_base", 8, "int", NULL, RSP_FEATURE_SEGMENTS, segment[SEG_FS].base),
	FIELD("gs_base", 8, "int", NULL, RSP_FEATURE_SEGMENTS, segment[SEG_GS].base),
	SYSTEM_AND_DESCRIPTORS,
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

/* For i386 and i8086; no AVX, and no r8-r15. */
static const struct rsp_register registers_32[] = {
	GENERAL32("eax", "int32", RAX),
	GENERAL32("ecx", "int32", RCX),
	GENERAL32("edx", "int32", RDX),
	GENERAL32("ebx", "int32", RBX),
	PART("esp", 4, "data_ptr", RSP_FEATURE_CORE, RSP_REGISTER_SP, gpr[RSP]),
	GENERAL32("ebp", "data_ptr", RBP),
	GENERAL32("esi", "int32", RSI),
	GENERAL32("edi", "int32", RDI),
	PART("eip", 4, "code_ptr", RSP_FEATURE_CORE, RSP_REGISTER_PC, rip),
	EFLAGS,
	SELECTORS_AND_X87,
	LOW_XMM,
	FPU("mxcsr", 4, "i386_mxcsr", "vector", RSP_FEATURE_SSE, FPU_OFFSET_MXCSR, 4),
	SYSTEM_AND_DESCRIPTORS,
};

static const struct rsp_architecture architectures[] = {
	{"x86-64", "i386:x86-64", RSP_REGNUM_RIP, RSP_REGNUM_RSP, RSP_REGNUM_RBP, registers_64,
		ARRAY_SIZE(registers_64)},
	{"i386", "i386", 8, 4, 5, registers_32, ARRAY_SIZE(registers_32)},
	{"i8086", "i8086", 8, 4, 5, registers_32, ARRAY_SIZE(registers_32)},
};

const struct rsp_architecture *rsp_architecture = &architectures[0];

const struct rsp_architecture *rsp_architecture_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(architectures); i++)
		if (strcmp(architectures[i].name, name) == 0)
			return &architectures[i];
	return NULL;
}

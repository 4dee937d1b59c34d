/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Decodes one x86 instruction as far as the monitor needs it: the instructions it intercepts, and
 * those that can touch device memory. Guarantees: after INSN_OK, `length` is right and every field
 * is set; an instruction whose length is not certain is INSN_UNKNOWN, never a guess. VEX, EVEX, XOP
 * and 3DNow! are unknown. INSN_OP_OTHER means "the length is right, and nothing here knows what it
 * does"; it may also be an undefined encoding (most of them x87 and SSE) among defined ones of the
 * same length. Does not look at CPU state: whether the instruction would fault is not decided here,
 * except for a LOCK prefix where none is allowed. Specified in APM 3, chapter 1 (encoding),
 * appendix A (opcode maps); APM 2 15.9 (intercepts).
 */
#ifndef INSN_DECODE_H
#define INSN_DECODE_H

#include "lib/types.h"
#include "cpu/cpu_state.h"

#define INSN_MAX_LENGTH 15

enum code_size { CODE_16 = 16, CODE_32 = 32, CODE_64 = 64 };

enum insn_result {
	INSN_OK,        /* decoded; or emulated to its end, RIP is at the next instruction */
	INSN_AGAIN,     /* one iteration of a REP is done, more are left: RIP stays */
	INSN_TRUNCATED, /* more bytes are needed than were available */
	INSN_UNKNOWN,   /* not decoded, or nothing emulates it; nothing has changed */
	INSN_FAULT, /* the guest deserves an exception (struct insn_fault); nothing has changed */
	INSN_MISMATCH, /* no operand lies in the page that faulted; nothing has changed */
	INSN_REFUSED,  /* the bus did not do an access; no register has changed */
};

enum insn_op {
	INSN_OP_OTHER,
	/* Emulated on device memory. The first eight in the order of ModRM.reg in group 1. */
	INSN_OP_ADD,
	INSN_OP_OR,
	INSN_OP_ADC,
	INSN_OP_SBB,
	INSN_OP_AND,
	INSN_OP_SUB,
	INSN_OP_XOR,
	INSN_OP_CMP,
	INSN_OP_TEST,
	INSN_OP_NOT,
	INSN_OP_NEG,
	INSN_OP_INC,
	INSN_OP_DEC,
	INSN_OP_MOV, /* and MOVNTI */
	INSN_OP_MOVZX,
	INSN_OP_MOVSX, /* and MOVSXD */
	INSN_OP_MOV_XMM,
	INSN_OP_XCHG,
	INSN_OP_XADD,
	INSN_OP_CMPXCHG,
	INSN_OP_BT,
	INSN_OP_BTS,
	INSN_OP_BTR,
	INSN_OP_BTC,
	INSN_OP_MOVS,
	INSN_OP_CMPS,
	INSN_OP_STOS,
	INSN_OP_LODS,
	INSN_OP_SCAS,
	/* Control flow and stack */
	INSN_OP_PUSH,
	INSN_OP_POP,
	INSN_OP_CALL,
	INSN_OP_CALL_FAR,
	INSN_OP_JMP,
	INSN_OP_JMP_FAR,
	INSN_OP_RET,
	/* Intercepted */
	INSN_OP_IN,
	INSN_OP_OUT,
	INSN_OP_INS,
	INSN_OP_OUTS,
	INSN_OP_CPUID,
	INSN_OP_HLT,
	INSN_OP_PAUSE,
	INSN_OP_RDTSC,
	INSN_OP_RDTSCP,
	INSN_OP_RDPMC,
	INSN_OP_RDMSR,
	INSN_OP_WRMSR,
	INSN_OP_MOV_FROM_CR, /* reg = CR number (LOCK adds 8), rm = GPR */
	INSN_OP_MOV_TO_CR,
	INSN_OP_MOV_FROM_DR,
	INSN_OP_MOV_TO_DR,
	INSN_OP_CLTS,
	INSN_OP_LMSW,
	INSN_OP_SMSW,
	INSN_OP_SGDT,
	INSN_OP_SIDT,
	INSN_OP_LGDT,
	INSN_OP_LIDT,
	INSN_OP_SLDT,
	INSN_OP_STR,
	INSN_OP_LLDT,
	INSN_OP_LTR,
	INSN_OP_INVLPG,
	INSN_OP_INVD,
	INSN_OP_WBINVD,
	INSN_OP_INT, /* immediate = vector */
	INSN_OP_INT1,
	INSN_OP_INT3,
	INSN_OP_INTO,
	INSN_OP_IRET,
	INSN_OP_PUSHF,
	INSN_OP_POPF,
	INSN_OP_CLI,
	INSN_OP_STI,
	INSN_OP_MONITOR,
	INSN_OP_MWAIT,
	INSN_OP_XGETBV,
	INSN_OP_XSETBV,
	INSN_OP_SWAPGS,
	INSN_OP_SYSCALL,
	INSN_OP_SYSRET,
	INSN_OP_VMRUN,
	INSN_OP_VMMCALL,
	INSN_OP_VMLOAD,
	INSN_OP_VMSAVE,
	INSN_OP_STGI,
	INSN_OP_CLGI,
	INSN_OP_SKINIT,
	INSN_OP_INVLPGA,
};

/* Which operands the instruction has, destination first. */
enum insn_form {
	INSN_FORM_NONE,
	INSN_FORM_RM,        /* ModRM.rm alone */
	INSN_FORM_RM_REG,    /* ModRM.rm, ModRM.reg */
	INSN_FORM_REG_RM,    /* ModRM.reg, ModRM.rm */
	INSN_FORM_RM_IMM,    /* ModRM.rm, immediate */
	INSN_FORM_ACC_MOFFS, /* AL/AX/EAX/RAX, [displacement] */
	INSN_FORM_MOFFS_ACC,
	INSN_FORM_ACC_IMM,
	INSN_FORM_RM_XMM,
	INSN_FORM_XMM_RM,
	INSN_FORM_STRING,
};

enum insn_repeat { INSN_NO_REPEAT, INSN_REP, INSN_REPNE };
enum insn_map { INSN_MAP_ONE_BYTE, INSN_MAP_0F, INSN_MAP_0F38, INSN_MAP_0F3A };

#define INSN_NO_REGISTER 0xff

/* REX: 0100WRXB */
#define REX_W 0x08
#define REX_R 0x04
#define REX_X 0x02
#define REX_B 0x01

struct insn {
	enum insn_op op;
	enum insn_form form;
	enum insn_map map;
	enum insn_repeat repeat; /* as prefixed; only string instructions repeat */
	enum code_size code_size;
	u8 length;
	u8 opcode;       /* last opcode byte, without its prefixes */
	u8 operand_size; /* in bytes: 1, 2, 4, 8; 16 for XMM */
	u8 source_size;  /* same, except for MOVZX/MOVSX */
	u8 address_size; /* in bytes: 2, 4, 8 */
	u8 rex;          /* 0: none. Its presence alone turns AH..BH into SPL..DIL */
	bool lock;
	bool operand_size_prefix;
	bool segment_override;
	u8 segment; /* enum segment_name of the memory operand, default or overridden */
	bool has_modrm;
	bool memory;    /* ModRM.rm, or moffs, is a memory operand described by the next five */
	u8 base, index; /* enum gpr or INSN_NO_REGISTER */
	u8 scale;       /* 1, 2, 4, 8 */
	bool rip_relative;
	int64_t displacement;
	u8 reg, rm;    /* ModRM fields with REX.R, REX.B; `rm` of a register operand only */
	u64 immediate; /* sign-extended */
};

enum insn_result insn_decode(const u8 *bytes, size_t available, enum code_size code_size,
	struct insn *out);

/* True if this is a string instruction whose REP or REPNE prefix counts RCX down. */
static inline bool insn_repeats(const struct insn *insn)
{
	return insn->repeat != INSN_NO_REPEAT && insn->form == INSN_FORM_STRING;
}

/* The size of the code the CPU is executing: what insn_decode() wants to know. */
static inline enum code_size insn_code_size(const struct cpu_state *cpu)
{
	if (cpu_in_64bit_code(cpu))
		return CODE_64;
	return cpu->segment[SEG_CS].attributes & SEG_ATTR_DB ? CODE_32 : CODE_16;
}

#endif

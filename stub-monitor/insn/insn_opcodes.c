/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The opcode maps (APM 3, appendix A, tables and the group tables). Data only. Not in
 * the tables, hence unknown: VEX and EVEX (C4, C5, 62 with a register operand or in 64-bit code),
 * XOP (8F with ModRM.reg other than 0), 3DNow! (0F 0F), EXTRQ/INSERTQ (0F 78), POPCNT (0F B8).
 */
#include "insn/insn_opcodes.h"

#define ENTRY(o, f, i, fl) \
	{ \
		INSN_OP_##o, INSN_FORM_##f, IMM_##i, OPCODE_KNOWN | (fl) \
	}
#define M       OPCODE_MODRM
#define MB      (OPCODE_MODRM | OPCODE_BYTE)
#define LOCKED  OPCODE_LOCK
#define NOT_64  OPCODE_NOT_64
#define STACK   OPCODE_STACK
#define MEM     (OPCODE_MODRM | OPCODE_MEMORY)
#define REG     (OPCODE_MODRM | OPCODE_REGISTER)
#define CONTROL (OPCODE_MODRM | OPCODE_MOD_IS_3)
#define GROUP(g, i, fl) \
	{ \
		GROUP_##g, INSN_FORM_NONE, IMM_##i, \
			OPCODE_KNOWN | OPCODE_GROUP | OPCODE_MODRM | (fl) \
	}

#define SIMPLE(o)    ENTRY(o, NONE, NONE, 0)
#define OTHER(i, fl) ENTRY(OTHER, NONE, i, fl)
#define BRANCH(o, i) ENTRY(o, NONE, i, OPCODE_RELATIVE)

/* The same entry several times. Variadic because an expanded entry holds commas. */
#define TWICE(n, ...)   [(n)] = __VA_ARGS__, [(n) + 1] = __VA_ARGS__
#define FOUR(n, ...)    TWICE(n, __VA_ARGS__), TWICE((n) + 2, __VA_ARGS__)
#define EIGHT(n, ...)   FOUR(n, __VA_ARGS__), FOUR((n) + 4, __VA_ARGS__)
#define SIXTEEN(n, ...) EIGHT(n, __VA_ARGS__), EIGHT((n) + 8, __VA_ARGS__)

/* The six encodings of ADD .. CMP (00-05, 08-0D, .. 38-3D). */
#define ARITHMETIC(n, o, fl) \
	[(n)] = ENTRY(o, RM_REG, NONE, MB | (fl)), [(n) + 1] = ENTRY(o, RM_REG, NONE, M | (fl)), \
	[(n) + 2] = ENTRY(o, REG_RM, NONE, MB), [(n) + 3] = ENTRY(o, REG_RM, NONE, M), \
	[(n) + 4] = ENTRY(o, ACC_IMM, 8, OPCODE_BYTE), [(n) + 5] = ENTRY(o, ACC_IMM, Z, 0)

/* An even opcode with byte operands and the odd one after it. */
#define PAIR(n, o, f, i, fl) \
	[(n)] = ENTRY(o, f, i, OPCODE_BYTE | (fl)), [(n) + 1] = ENTRY(o, f, i, fl)

const struct opcode insn_one_byte_map[256] = {
	ARITHMETIC(0x00, ADD, LOCKED),
	ARITHMETIC(0x08, OR, LOCKED),
	ARITHMETIC(0x10, ADC, LOCKED),
	ARITHMETIC(0x18, SBB, LOCKED),
	ARITHMETIC(0x20, AND, LOCKED),
	ARITHMETIC(0x28, SUB, LOCKED),
	ARITHMETIC(0x30, XOR, LOCKED),
	ARITHMETIC(0x38, CMP, 0),
	/* PUSH and POP of ES, CS, SS, DS; DAA, DAS, AAA, AAS */
	TWICE(0x06, OTHER(NONE, NOT_64)),
	[0x0e] = OTHER(NONE, NOT_64),
	TWICE(0x16, OTHER(NONE, NOT_64)),
	TWICE(0x1e, OTHER(NONE, NOT_64)),
	[0x27] = OTHER(NONE, NOT_64),
	[0x2f] = OTHER(NONE, NOT_64),
	[0x37] = OTHER(NONE, NOT_64),
	[0x3f] = OTHER(NONE, NOT_64),
	/* INC and DEC of registers; REX in 64-bit code */
	SIXTEEN(0x40, OTHER(NONE, NOT_64)),
	EIGHT(0x50, ENTRY(PUSH, NONE, NONE, STACK)),
	EIGHT(0x58, ENTRY(POP, NONE, NONE, STACK)),
	TWICE(0x60, OTHER(NONE, NOT_64)),       /* PUSHA, POPA */
	[0x62] = OTHER(NONE, MEM | NOT_64),     /* BOUND */
	[0x63] = ENTRY(MOVSX, REG_RM, NONE, M), /* MOVSXD; ARPL outside 64-bit code */
	[0x68] = ENTRY(PUSH, NONE, Z, STACK),
	[0x69] = OTHER(Z, M), /* IMUL */
	[0x6a] = ENTRY(PUSH, NONE, 8, STACK),
	[0x6b] = OTHER(8, M),
	PAIR(0x6c, INS, STRING, NONE, 0),
	PAIR(0x6e, OUTS, STRING, NONE, 0),
	SIXTEEN(0x70, BRANCH(OTHER, 8)), /* Jcc */
	[0x80] = GROUP(1, 8, OPCODE_BYTE),
	[0x81] = GROUP(1, Z, 0),
	[0x82] = GROUP(1, 8, OPCODE_BYTE | NOT_64),
	[0x83] = GROUP(1, 8, 0),
	PAIR(0x84, TEST, RM_REG, NONE, M),
	PAIR(0x86, XCHG, RM_REG, NONE, M | LOCKED),
	PAIR(0x88, MOV, RM_REG, NONE, M),
	PAIR(0x8a, MOV, REG_RM, NONE, M),
	[0x8c] = OTHER(NONE, M), /* MOV from segment register, LEA, MOV to segment register */
	[0x8d] = OTHER(NONE, MEM),
	[0x8e] = OTHER(NONE, M),
	[0x8f] = GROUP(1A, NONE, STACK),
	EIGHT(0x90, SIMPLE(OTHER)), /* XCHG with rAX; NOP; PAUSE */
	TWICE(0x98, SIMPLE(OTHER)), /* CBW, CWD */
	[0x9a] = ENTRY(CALL_FAR, NONE, FAR_PTR, NOT_64),
	[0x9b] = SIMPLE(OTHER), /* FWAIT */
	[0x9c] = ENTRY(PUSHF, NONE, NONE, STACK),
	[0x9d] = ENTRY(POPF, NONE, NONE, STACK),
	TWICE(0x9e, SIMPLE(OTHER)), /* SAHF, LAHF */
	PAIR(0xa0, MOV, ACC_MOFFS, MOFFS, 0),
	PAIR(0xa2, MOV, MOFFS_ACC, MOFFS, 0),
	PAIR(0xa4, MOVS, STRING, NONE, 0),
	PAIR(0xa6, CMPS, STRING, NONE, 0),
	[0xa8] = ENTRY(TEST, ACC_IMM, 8, OPCODE_BYTE),
	[0xa9] = ENTRY(TEST, ACC_IMM, Z, 0),
	PAIR(0xaa, STOS, STRING, NONE, 0),
	PAIR(0xac, LODS, STRING, NONE, 0),
	PAIR(0xae, SCAS, STRING, NONE, 0),
	EIGHT(0xb0, OTHER(8, OPCODE_BYTE)), /* MOV to a register */
	EIGHT(0xb8, OTHER(V, 0)),
	PAIR(0xc0, OTHER, RM, 8, M), /* shifts and rotates */
	[0xc2] = ENTRY(RET, NONE, 16, STACK),
	[0xc3] = ENTRY(RET, NONE, NONE, STACK),
	TWICE(0xc4, OTHER(NONE, MEM | NOT_64)), /* LES, LDS */
	[0xc6] = GROUP(11, 8, OPCODE_BYTE),
	[0xc7] = GROUP(11, Z, 0),
	[0xc8] = OTHER(16_8, STACK), /* ENTER, LEAVE */
	[0xc9] = OTHER(NONE, STACK),
	[0xca] = OTHER(16, 0), /* RET far */
	[0xcb] = SIMPLE(OTHER),
	[0xcc] = SIMPLE(INT3),
	[0xcd] = ENTRY(INT, NONE, 8, 0),
	[0xce] = ENTRY(INTO, NONE, NONE, NOT_64),
	[0xcf] = SIMPLE(IRET),
	PAIR(0xd0, OTHER, RM, NONE, M), /* shifts and rotates */
	PAIR(0xd2, OTHER, RM, NONE, M),
	TWICE(0xd4, OTHER(8, NOT_64)), /* AAM, AAD */
	[0xd7] = SIMPLE(OTHER),        /* XLAT */
	EIGHT(0xd8, OTHER(NONE, M)),   /* x87 */
	FOUR(0xe0, BRANCH(OTHER, 8)),  /* LOOPcc, JCXZ */
	PAIR(0xe4, IN, NONE, 8, 0),
	PAIR(0xe6, OUT, NONE, 8, 0),
	[0xe8] = BRANCH(CALL, Z),
	[0xe9] = BRANCH(JMP, Z),
	[0xea] = ENTRY(JMP_FAR, NONE, FAR_PTR, NOT_64),
	[0xeb] = BRANCH(JMP, 8),
	PAIR(0xec, IN, NONE, NONE, 0),
	PAIR(0xee, OUT, NONE, NONE, 0),
	[0xf1] = SIMPLE(INT1),
	[0xf4] = SIMPLE(HLT),
	[0xf5] = SIMPLE(OTHER), /* CMC */
	[0xf6] = GROUP(3, NONE, OPCODE_BYTE),
	[0xf7] = GROUP(3, NONE, 0),
	TWICE(0xf8, SIMPLE(OTHER)), /* CLC, STC */
	[0xfa] = SIMPLE(CLI),
	[0xfb] = SIMPLE(STI),
	TWICE(0xfc, SIMPLE(OTHER)), /* CLD, STD */
	[0xfe] = GROUP(4, NONE, OPCODE_BYTE),
	[0xff] = GROUP(5, NONE, 0),
};

const struct opcode insn_0f_map[256] = {
	[0x00] = GROUP(6, NONE, 0),
	[0x01] = GROUP(7, NONE, 0),
	TWICE(0x02, OTHER(NONE, M)), /* LAR, LSL */
	[0x05] = SIMPLE(SYSCALL),
	[0x06] = SIMPLE(CLTS),
	[0x07] = SIMPLE(SYSRET),
	[0x08] = SIMPLE(INVD),
	[0x09] = SIMPLE(WBINVD),
	[0x0b] = SIMPLE(OTHER),      /* UD2 */
	[0x0d] = OTHER(NONE, M),     /* PREFETCH */
	EIGHT(0x10, OTHER(NONE, M)), /* SSE moves, some with a name: insn_find_xmm_move() */
	EIGHT(0x18, OTHER(NONE, M)), /* PREFETCHh, NOP */
	[0x20] = ENTRY(MOV_FROM_CR, RM_REG, NONE, CONTROL | LOCKED),
	[0x21] = ENTRY(MOV_FROM_DR, RM_REG, NONE, CONTROL),
	[0x22] = ENTRY(MOV_TO_CR, REG_RM, NONE, CONTROL | LOCKED),
	[0x23] = ENTRY(MOV_TO_DR, REG_RM, NONE, CONTROL),
	EIGHT(0x28, OTHER(NONE, M)),
	[0x30] = SIMPLE(WRMSR),
	[0x31] = SIMPLE(RDTSC),
	[0x32] = SIMPLE(RDMSR),
	[0x33] = SIMPLE(RDPMC),
	TWICE(0x34, SIMPLE(OTHER)),    /* SYSENTER, SYSEXIT */
	SIXTEEN(0x40, OTHER(NONE, M)), /* CMOVcc */
	SIXTEEN(0x50, OTHER(NONE, M)), /* SSE */
	SIXTEEN(0x60, OTHER(NONE, M)),
	[0x70] = OTHER(8, M),
	TWICE(0x71, OTHER(8, REG)),
	[0x73] = OTHER(8, REG),
	TWICE(0x74, OTHER(NONE, M)),
	[0x76] = OTHER(NONE, M),
	[0x77] = SIMPLE(OTHER), /* EMMS */
	FOUR(0x7c, OTHER(NONE, M)),
	SIXTEEN(0x80, BRANCH(OTHER, Z)), /* Jcc */
	SIXTEEN(0x90, OTHER(NONE, MB)),  /* SETcc */
	TWICE(0xa0, OTHER(NONE, STACK)), /* PUSH FS, POP FS */
	[0xa2] = SIMPLE(CPUID),
	[0xa3] = ENTRY(BT, RM_REG, NONE, M),
	[0xa4] = OTHER(8, M), /* SHLD */
	[0xa5] = OTHER(NONE, M),
	TWICE(0xa8, OTHER(NONE, STACK)), /* PUSH GS, POP GS */
	[0xaa] = SIMPLE(OTHER),          /* RSM */
	[0xab] = ENTRY(BTS, RM_REG, NONE, M | LOCKED),
	[0xac] = OTHER(8, M), /* SHRD */
	[0xad] = OTHER(NONE, M),
	[0xae] = OTHER(NONE, M), /* FXSAVE .., fences */
	[0xaf] = OTHER(NONE, M), /* IMUL */
	PAIR(0xb0, CMPXCHG, RM_REG, NONE, M | LOCKED),
	[0xb2] = OTHER(NONE, MEM), /* LSS, LFS, LGS */
	TWICE(0xb4, OTHER(NONE, MEM)),
	[0xb3] = ENTRY(BTR, RM_REG, NONE, M | LOCKED),
	TWICE(0xb6, ENTRY(MOVZX, REG_RM, NONE, M)),
	[0xba] = GROUP(8, 8, 0),
	[0xbb] = ENTRY(BTC, RM_REG, NONE, M | LOCKED),
	TWICE(0xbc, OTHER(NONE, M)), /* BSF, BSR, TZCNT, LZCNT */
	TWICE(0xbe, ENTRY(MOVSX, REG_RM, NONE, M)),
	PAIR(0xc0, XADD, RM_REG, NONE, M | LOCKED),
	[0xc2] = OTHER(8, M),
	[0xc3] = ENTRY(MOV, RM_REG, NONE, MEM), /* MOVNTI */
	[0xc4] = OTHER(8, M),
	[0xc5] = OTHER(8, REG),
	[0xc6] = OTHER(8, M),
	[0xc7] = GROUP(9, NONE, 0),
	EIGHT(0xc8, SIMPLE(OTHER)),    /* BSWAP */
	SIXTEEN(0xd0, OTHER(NONE, M)), /* SSE */
	SIXTEEN(0xe0, OTHER(NONE, M)),
	EIGHT(0xf0, OTHER(NONE, M)),
	FOUR(0xf8, OTHER(NONE, M)),
	TWICE(0xfc, OTHER(NONE, M)),
	[0xfe] = OTHER(NONE, M),
};

#define RM_IMM(o, fl) ENTRY(o, RM_IMM, NONE, fl)
#define RM(o, fl)     ENTRY(o, RM, NONE, fl)

const struct opcode insn_groups[GROUP_COUNT][8] = {
	[GROUP_1] = {RM_IMM(ADD, LOCKED), RM_IMM(OR, LOCKED), RM_IMM(ADC, LOCKED),
		RM_IMM(SBB, LOCKED), RM_IMM(AND, LOCKED), RM_IMM(SUB, LOCKED), RM_IMM(XOR, LOCKED),
		RM_IMM(CMP, 0)},
	[GROUP_1A] = {RM(POP, 0)},
	[GROUP_3] = {ENTRY(TEST, RM_IMM, Z, 0), ENTRY(TEST, RM_IMM, Z, 0), RM(NOT, LOCKED),
		RM(NEG, LOCKED), RM(OTHER, 0), RM(OTHER, 0), RM(OTHER, 0), RM(OTHER, 0)},
	[GROUP_4] = {RM(INC, LOCKED), RM(DEC, LOCKED)},
	[GROUP_5] = {RM(INC, LOCKED), RM(DEC, LOCKED), RM(CALL, STACK), RM(CALL_FAR, MEM),
		RM(JMP, STACK), RM(JMP_FAR, MEM), RM(PUSH, STACK)},
	[GROUP_6] = {RM(SLDT, 0), RM(STR, 0), RM(LLDT, 0), RM(LTR, 0), RM(OTHER, 0), RM(OTHER, 0)},
	[GROUP_7] = {RM(SGDT, MEM), RM(SIDT, MEM), RM(LGDT, MEM), RM(LIDT, MEM),
		RM(SMSW, 0), [6] = RM(LMSW, 0), [7] = RM(INVLPG, MEM)},
	[GROUP_8] = {[4] = RM_IMM(BT, 0),
		[5] = RM_IMM(BTS, LOCKED),
		[6] = RM_IMM(BTR, LOCKED),
		[7] = RM_IMM(BTC, LOCKED)},
	/* CMPXCHG8B; XRSTORS, XSAVEC, XSAVES; RDRAND, RDSEED */
	[GROUP_9] = {[1] = RM(OTHER, MEM | LOCKED),
		[3] = RM(OTHER, MEM),
		[4] = RM(OTHER, MEM),
		[5] = RM(OTHER, MEM),
		[6] = RM(OTHER, REG),
		[7] = RM(OTHER, REG)},
	[GROUP_11] = {RM_IMM(MOV, 0)},
};

static const struct {
	u8 modrm;
	u8 op;
} group7_register_ops[] = {
	{0xc8, INSN_OP_MONITOR},
	{0xc9, INSN_OP_MWAIT},
	{0xd0, INSN_OP_XGETBV},
	{0xd1, INSN_OP_XSETBV},
	{0xd8, INSN_OP_VMRUN},
	{0xd9, INSN_OP_VMMCALL},
	{0xda, INSN_OP_VMLOAD},
	{0xdb, INSN_OP_VMSAVE},
	{0xdc, INSN_OP_STGI},
	{0xdd, INSN_OP_CLGI},
	{0xde, INSN_OP_SKINIT},
	{0xdf, INSN_OP_INVLPGA},
	{0xf8, INSN_OP_SWAPGS},
	{0xf9, INSN_OP_RDTSCP},
};

enum insn_op insn_group7_register_op(u8 modrm)
{
	for (size_t i = 0; i < ARRAY_SIZE(group7_register_ops); i++)
		if (group7_register_ops[i].modrm == modrm)
			return (enum insn_op)group7_register_ops[i].op;
	return INSN_OP_OTHER;
}

static const struct xmm_move xmm_moves[] = {
	{0x10, 0x00, INSN_FORM_XMM_RM, 16}, {0x11, 0x00, INSN_FORM_RM_XMM, 16}, /* MOVUPS */
	{0x10, 0x66, INSN_FORM_XMM_RM, 16}, {0x11, 0x66, INSN_FORM_RM_XMM, 16}, /* MOVUPD */
	{0x10, 0xf3, INSN_FORM_XMM_RM, 4}, {0x11, 0xf3, INSN_FORM_RM_XMM, 4},   /* MOVSS */
	{0x10, 0xf2, INSN_FORM_XMM_RM, 8}, {0x11, 0xf2, INSN_FORM_RM_XMM, 8},   /* MOVSD */
	{0x28, 0x00, INSN_FORM_XMM_RM, 16}, {0x29, 0x00, INSN_FORM_RM_XMM, 16}, /* MOVAPS */
	{0x28, 0x66, INSN_FORM_XMM_RM, 16}, {0x29, 0x66, INSN_FORM_RM_XMM, 16}, /* MOVAPD */
	{0x2b, 0x00, INSN_FORM_RM_XMM, 16}, {0x2b, 0x66, INSN_FORM_RM_XMM, 16}, /* MOVNTPS/PD */
	{0x6f, 0x66, INSN_FORM_XMM_RM, 16}, {0x7f, 0x66, INSN_FORM_RM_XMM, 16}, /* MOVDQA */
	{0x6f, 0xf3, INSN_FORM_XMM_RM, 16}, {0x7f, 0xf3, INSN_FORM_RM_XMM, 16}, /* MOVDQU */
	{0x6e, 0x66, INSN_FORM_XMM_RM, 0}, {0x7e, 0x66, INSN_FORM_RM_XMM, 0},   /* MOVD */
	{0x7e, 0xf3, INSN_FORM_XMM_RM, 8}, {0xd6, 0x66, INSN_FORM_RM_XMM, 8},   /* MOVQ */
	{0xe7, 0x66, INSN_FORM_RM_XMM, 16},                                     /* MOVNTDQ */
};

const struct xmm_move *insn_find_xmm_move(u8 opcode, u8 prefix)
{
	for (size_t i = 0; i < ARRAY_SIZE(xmm_moves); i++)
		if (xmm_moves[i].opcode == opcode && xmm_moves[i].prefix == prefix)
			return &xmm_moves[i];
	return NULL;
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The opcode maps as tables: what follows an opcode, and what it does. Private to insn/. An entry
 * without OPCODE_KNOWN is an instruction that is undefined, or whose length is not certain.
 * Specified in APM 3, appendix A.
 */
#ifndef INSN_OPCODES_H
#define INSN_OPCODES_H

#include "insn/insn_decode.h"

enum immediate_kind {
	IMM_NONE,
	IMM_8,
	IMM_16,
	IMM_Z,       /* operand size, at most 4 bytes */
	IMM_V,       /* operand size */
	IMM_MOFFS,   /* address size: the displacement of a memory operand */
	IMM_16_8,    /* ENTER */
	IMM_FAR_PTR, /* operand size and a selector */
};

enum opcode_group {
	GROUP_1,  /* 80-83: ADD .. CMP */
	GROUP_1A, /* 8F: POP */
	GROUP_3,  /* F6, F7: TEST, NOT, NEG, MUL .. */
	GROUP_4,  /* FE */
	GROUP_5,  /* FF */
	GROUP_6,  /* 0F 00 */
	GROUP_7,  /* 0F 01 with a memory operand, SMSW and LMSW also with a register */
	GROUP_8,  /* 0F BA: BT .. */
	GROUP_9,  /* 0F C7 */
	GROUP_11, /* C6, C7: MOV */
	GROUP_COUNT,
};

#define OPCODE_KNOWN    BIT(0)
#define OPCODE_MODRM    BIT(1)
#define OPCODE_BYTE     BIT(2)  /* the operand size is 1 */
#define OPCODE_STACK    BIT(3)  /* the operand size is 8 by default in 64-bit code */
#define OPCODE_MEMORY   BIT(4)  /* undefined, or something else, with a register as ModRM.rm */
#define OPCODE_REGISTER BIT(5)  /* undefined with memory as ModRM.rm */
#define OPCODE_MOD_IS_3 BIT(6)  /* ModRM.mod is ignored: a register is meant */
#define OPCODE_LOCK     BIT(7)  /* LOCK is allowed if the destination is memory */
#define OPCODE_NOT_64   BIT(8)  /* undefined in 64-bit code */
#define OPCODE_GROUP    BIT(9)  /* `op` is an enum opcode_group, ModRM.reg selects the entry */
#define OPCODE_RELATIVE BIT(10) /* a branch: vendors differ about a 66 prefix in 64-bit code */

struct opcode {
	u8 op;   /* enum insn_op, or enum opcode_group */
	u8 form; /* enum insn_form */
	u8 immediate;
	u16 flags;
};

/*
 * A legacy-SSE move between memory and an XMM register: the prefix selects what 0F <opcode> means.
 */
struct xmm_move {
	u8 opcode;
	u8 prefix; /* 0, 0x66, 0xf2, 0xf3 */
	u8 form;
	u8 size; /* 0: 4, or 8 with REX.W */
};

extern const struct opcode insn_one_byte_map[256];
extern const struct opcode insn_0f_map[256];
extern const struct opcode insn_groups[GROUP_COUNT][8];

/* 0F 01 with a register as ModRM.rm, by the whole ModRM byte. INSN_OP_OTHER: not in the table. */
enum insn_op insn_group7_register_op(u8 modrm);

/* NULL: no such move. */
const struct xmm_move *insn_find_xmm_move(u8 opcode, u8 prefix);

#endif

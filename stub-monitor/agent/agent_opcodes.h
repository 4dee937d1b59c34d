/* SPDX-License-Identifier: EPL-2.0 */
/* The opcodes (GDB manual, Bytecode Descriptions), and what the check and the run share about them. */
#ifndef AGENT_AGENT_OPCODES_H
#define AGENT_AGENT_OPCODES_H

#include "lib/types.h"

enum agent_opcode {
	AGENT_FLOAT = 0x01,
	AGENT_ADD = 0x02,
	AGENT_SUB = 0x03,
	AGENT_MUL = 0x04,
	AGENT_DIV_SIGNED = 0x05,
	AGENT_DIV_UNSIGNED = 0x06,
	AGENT_REM_SIGNED = 0x07,
	AGENT_REM_UNSIGNED = 0x08,
	AGENT_LSH = 0x09,
	AGENT_RSH_SIGNED = 0x0a,
	AGENT_RSH_UNSIGNED = 0x0b,
	AGENT_TRACE = 0x0c,
	AGENT_TRACE_QUICK = 0x0d,
	AGENT_LOG_NOT = 0x0e,
	AGENT_BIT_AND = 0x0f,
	AGENT_BIT_OR = 0x10,
	AGENT_BIT_XOR = 0x11,
	AGENT_BIT_NOT = 0x12,
	AGENT_EQUAL = 0x13,
	AGENT_LESS_SIGNED = 0x14,
	AGENT_LESS_UNSIGNED = 0x15,
	AGENT_EXT = 0x16,
	AGENT_REF8 = 0x17,
	AGENT_REF16 = 0x18,
	AGENT_REF32 = 0x19,
	AGENT_REF64 = 0x1a,
	AGENT_REF_FLOAT = 0x1b,
	AGENT_REF_DOUBLE = 0x1c,
	AGENT_REF_LONG_DOUBLE = 0x1d,
	AGENT_L_TO_D = 0x1e,
	AGENT_D_TO_L = 0x1f,
	AGENT_IF_GOTO = 0x20,
	AGENT_GOTO = 0x21,
	AGENT_CONST8 = 0x22,
	AGENT_CONST16 = 0x23,
	AGENT_CONST32 = 0x24,
	AGENT_CONST64 = 0x25,
	AGENT_REG = 0x26,
	AGENT_END = 0x27,
	AGENT_DUP = 0x28,
	AGENT_POP = 0x29,
	AGENT_ZERO_EXT = 0x2a,
	AGENT_SWAP = 0x2b,
	AGENT_GETV = 0x2c,
	AGENT_SETV = 0x2d,
	AGENT_TRACEV = 0x2e,
	AGENT_TRACENZ = 0x2f,
	AGENT_TRACE16 = 0x30,
	AGENT_PICK = 0x32,
	AGENT_ROT = 0x33,
	AGENT_PRINTF = 0x34,
};

/* printf's operands: the number of values, the length of the format, NUL included, and the format. */
#define AGENT_PRINTF_HEADER 3

/* An operand of 1 to 8 bytes, most significant first whatever the guest's order. */
static inline u64 agent_operand(const u8 *at, unsigned bytes)
{
	u64 value = 0;

	while (bytes--)
		value = value << 8 | *at++;
	return value;
}

#endif

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Carries and overflows come from the top bits of operands and result, so that no wider type is
 * needed for 64-bit operands.
 */
#include "insn/insn_alu.h"

#include "insn/insn_address.h"

#define RESULT_FLAGS     (RFLAGS_PF | RFLAGS_ZF | RFLAGS_SF)
#define ARITHMETIC_FLAGS (RESULT_FLAGS | RFLAGS_CF | RFLAGS_AF | RFLAGS_OF)

static bool top_bit(u64 value, unsigned width)
{
	return value >> (8 * width - 1) & 1;
}

/* PF counts the lowest byte only. */
static u64 flags_of_result(u64 result, unsigned width)
{
	unsigned parity = (unsigned)(result & 0xff);

	parity ^= parity >> 4;
	parity ^= parity >> 2;
	parity ^= parity >> 1;
	return (parity & 1 ? 0 : RFLAGS_PF) | (result ? 0 : RFLAGS_ZF) |
		(top_bit(result, width) ? RFLAGS_SF : 0);
}

static u64 arithmetic_flags(u64 a, u64 b, u64 result, unsigned width, u64 carries, u64 overflow)
{
	return flags_of_result(result, width) | (top_bit(carries, width) ? RFLAGS_CF : 0) |
		(top_bit(overflow, width) ? RFLAGS_OF : 0) | ((a ^ b ^ result) & RFLAGS_AF);
}

static void set_flags(u64 *rflags, u64 mask, u64 value)
{
	*rflags = (*rflags & ~mask) | (value & mask);
}

static u64 add(unsigned width, u64 a, u64 b, u64 carry, u64 mask, u64 *rflags)
{
	u64 result = (a + b + carry) & insn_size_mask(width);
	u64 carries = (a & b) | ((a | b) & ~result);
	u64 overflow = (a ^ result) & (b ^ result);

	set_flags(rflags, mask, arithmetic_flags(a, b, result, width, carries, overflow));
	return result;
}

static u64 subtract(unsigned width, u64 a, u64 b, u64 borrow, u64 mask, u64 *rflags)
{
	u64 result = (a - b - borrow) & insn_size_mask(width);
	u64 borrows = (~a & b) | ((~a | b) & result);
	u64 overflow = (a ^ b) & (a ^ result);

	set_flags(rflags, mask, arithmetic_flags(a, b, result, width, borrows, overflow));
	return result;
}

static u64 logic(unsigned width, u64 result, u64 *rflags)
{
	set_flags(rflags, ARITHMETIC_FLAGS, flags_of_result(result, width));
	return result;
}

u64 insn_alu(enum insn_op op, unsigned width, u64 a, u64 b, u64 *rflags)
{
	const u64 all = ARITHMETIC_FLAGS, all_but_carry = ARITHMETIC_FLAGS & ~RFLAGS_CF;
	u64 carry = *rflags & RFLAGS_CF;

	a &= insn_size_mask(width);
	b &= insn_size_mask(width);
	switch ((unsigned)op) {
	case INSN_OP_ADD:
		return add(width, a, b, 0, all, rflags);
	case INSN_OP_ADC:
		return add(width, a, b, carry, all, rflags);
	case INSN_OP_INC:
		return add(width, a, 1, 0, all_but_carry, rflags);
	case INSN_OP_SUB:
		return subtract(width, a, b, 0, all, rflags);
	case INSN_OP_SBB:
		return subtract(width, a, b, carry, all, rflags);
	case INSN_OP_DEC:
		return subtract(width, a, 1, 0, all_but_carry, rflags);
	case INSN_OP_NEG:
		return subtract(width, 0, a, 0, all, rflags);
	case INSN_OP_CMP:
		subtract(width, a, b, 0, all, rflags);
		return a;
	case INSN_OP_OR:
		return logic(width, a | b, rflags);
	case INSN_OP_AND:
		return logic(width, a & b, rflags);
	case INSN_OP_XOR:
		return logic(width, a ^ b, rflags);
	case INSN_OP_TEST:
		logic(width, a & b, rflags);
		return a;
	case INSN_OP_NOT:
		return ~a & insn_size_mask(width);
	}
	return a;
}

u64 insn_alu_bit(enum insn_op op, u64 value, unsigned bit, u64 *rflags)
{
	u64 mask = BIT(bit);

	set_flags(rflags, RFLAGS_CF, value & mask ? RFLAGS_CF : 0);
	switch ((unsigned)op) {
	case INSN_OP_BTS:
		return value | mask;
	case INSN_OP_BTR:
		return value & ~mask;
	case INSN_OP_BTC:
		return value ^ mask;
	}
	return value;
}

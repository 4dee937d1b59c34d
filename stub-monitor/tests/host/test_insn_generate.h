/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Random 64-bit instructions with a memory operand, from a template of the opcode: prefixes, REX,
 * addressing form and immediate vary. The sequence is the same in every run.
 */
#ifndef TEST_INSN_GENERATE_H
#define TEST_INSN_GENERATE_H

#include <string.h>

#include "insn/insn_decode.h"

static inline u64 random64(void)
{
	static u64 state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static inline unsigned below(unsigned n)
{
	return (unsigned)((random64() >> 16) % n);
}

/* Often a value at which flags change. */
static inline u64 interesting64(void)
{
	static const u64 corners[] = {0, 1, ~0ull, 0x7f, 0x80, 0x7fff, 0x8000, 0x7fffffff,
		0x80000000, 0x7fffffffffffffff, 0x8000000000000000, 0x0f, 0x10, 0xffffffff};

	return below(3) ? random64() : corners[below(ARRAY_SIZE(corners))];
}

enum operand_kind { REGISTER, EXTENSION, XMM };
enum size_kind { BYTE, WIDE, NEVER_16, FIXED };

struct template
{
	u8 opcode[3];
	u8 opcode_length;
	enum size_kind size;
	enum operand_kind reg;
	u8 extension;
	u8 immediate; /* bytes; 4: operand size, at most 4 */
	u8 prefix;    /* a mandatory one */
};

struct machine_code {
	u8 bytes[INSN_MAX_LENGTH + 1];
	size_t length;
	unsigned operand_size; /* of WIDE ones */
	bool address_32;
	unsigned base, index, scale;
	int32_t displacement;
	unsigned reg;
};

static inline void emit(struct machine_code *code, u64 value, size_t size)
{
	memcpy(code->bytes + code->length, &value, size);
	code->length += size;
}

static inline unsigned any_register_but_rsp(void)
{
	unsigned number = below(15);

	return number >= RSP ? number + 1 : number;
}

/* ModRM, SIB and displacement of [base + index * scale + displacement]; index RSP: none. */
static inline void emit_memory_operand(struct machine_code *code)
{
	bool sib = code->index != RSP || (code->base & 7) == RSP;
	unsigned mod = code->displacement == 0 && (code->base & 7) != RBP ? 0
		: code->displacement == (int8_t)code->displacement        ? 1
									  : 2;

	emit(code, mod << 6 | (code->reg & 7) << 3 | (sib ? 4 : (code->base & 7)), 1);
	if (sib)
		emit(code, code->scale << 6 | (code->index & 7) << 3 | (code->base & 7), 1);
	emit(code, (u32)code->displacement, mod == 2 ? 4 : mod);
}

static inline void choose_operands(struct machine_code *code, const struct template *t)
{
	code->base = any_register_but_rsp();
	do
		code->index = below(2) ? RSP : any_register_but_rsp();
	while (code->index == code->base);
	code->scale = below(4);
	code->displacement = below(3) == 0 ? 0
		: below(2)                 ? (int8_t)random64()
					   : (int32_t)random64() / 2;
	code->address_32 = below(4) == 0;
	if (t->reg == EXTENSION)
		code->reg = t->extension;
	else
		code->reg = t->reg == XMM ? below(16) : any_register_but_rsp();
}

static inline u8 choose_rex(const struct machine_code *code, const struct template *t)
{
	u8 rex = 0x40 | (code->reg >= 8 ? REX_R : 0) | (code->base >= 8 ? REX_B : 0) |
		(code->index >= 8 ? REX_X : 0) |
		((t->size == WIDE || t->size == NEVER_16) && below(3) == 0 ? REX_W : 0);

	return rex == 0x40 && below(2) ? 0 : rex;
}

static inline void assemble(struct machine_code *code, const struct template *t)
{
	bool operand_16 = t->size == WIDE && below(3) == 0;
	u8 rex;

	memset(code, 0, sizeof(*code));
	choose_operands(code, t);
	rex = choose_rex(code, t);
	if (t->reg == REGISTER && t->size == BYTE && !rex && code->reg == RSP)
		rex = 0x40;
	code->operand_size = t->size == BYTE ? 1 : rex & REX_W ? 8 : operand_16 ? 2 : 4;
	if (operand_16)
		emit(code, 0x66, 1);
	if (code->address_32)
		emit(code, 0x67, 1);
	if (t->prefix)
		emit(code, t->prefix, 1);
	if (rex)
		emit(code, rex, 1);
	for (unsigned i = 0; i < t->opcode_length; i++)
		emit(code, t->opcode[i], 1);
	emit_memory_operand(code);
	emit(code, interesting64(),
		t->immediate == 4 ? min_u64(code->operand_size, 4) : t->immediate);
}

#endif

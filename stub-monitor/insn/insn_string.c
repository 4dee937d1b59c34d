/* SPDX-License-Identifier: EPL-2.0 */
/*
 * One iteration of MOVS, CMPS, STOS, LODS, SCAS (APM 3, chapter 3, and 1.2.6 for the repeat
 * prefixes). Either side may be a device. F2 and F3 repeat MOVS, STOS and LODS alike, as hardware
 * does.
 */
#include "insn/insn_address.h"
#include "insn/insn_alu.h"
#include "insn/insn_operand.h"

struct string_op {
	bool source, destination; /* uses DS:rSI, ES:rDI */
	enum insn_access destination_access;
	bool compares;
};

static const struct string_op *find_string_op(enum insn_op op)
{
	static const struct string_op movs = {true, true, INSN_WRITE, false};
	static const struct string_op cmps = {true, true, INSN_READ, true};
	static const struct string_op stos = {false, true, INSN_WRITE, false};
	static const struct string_op lods = {true, false, INSN_READ, false};
	static const struct string_op scas = {false, true, INSN_READ, true};

	switch ((unsigned)op) {
	case INSN_OP_MOVS:
		return &movs;
	case INSN_OP_CMPS:
		return &cmps;
	case INSN_OP_STOS:
		return &stos;
	case INSN_OP_LODS:
		return &lods;
	case INSN_OP_SCAS:
		return &scas;
	}
	return NULL;
}

static bool resolve_index(const struct emulation *e, enum segment_name segment, enum gpr index,
	enum insn_access access, struct operand *out)
{
	u64 offset = e->cpu->gpr[index] & insn_size_mask(e->insn->address_size);

	return insn_operand_resolve(e, segment, offset, e->insn->operand_size, access, out);
}

/* The accesses and the results, but for the counting. */
static bool perform(const struct emulation *e, const struct string_op *op,
	const struct operand *source, const struct operand *destination)
{
	unsigned width = e->insn->operand_size;
	u64 left = insn_register_read(e, RAX, width), right;

	if (op->source && !insn_operand_read(e, source, &left))
		return false;
	if (op->destination && op->destination_access == INSN_WRITE)
		return insn_operand_write(e, destination, left);
	if (!op->compares) {
		insn_register_write(e, RAX, width, left);
		return true;
	}
	if (!insn_operand_read(e, destination, &right))
		return false;
	insn_alu(INSN_OP_CMP, width, left, right, &e->cpu->rflags);
	return true;
}

/* Counts the iteration; true if the instruction has come to its end. */
static bool count_iteration(const struct emulation *e, const struct string_op *op)
{
	const struct insn *insn = e->insn;
	u64 step = insn->operand_size;
	bool wants_zero = insn->repeat == INSN_REP;

	if (e->cpu->rflags & RFLAGS_DF)
		step = -step;
	if (op->source)
		insn_add_to_index(e->cpu, insn, RSI, step);
	if (op->destination)
		insn_add_to_index(e->cpu, insn, RDI, step);
	if (!insn_repeats(insn))
		return true;
	insn_add_to_index(e->cpu, insn, RCX, -1ull);
	if (!(e->cpu->gpr[RCX] & insn_size_mask(insn->address_size)))
		return true;
	return op->compares && !!(e->cpu->rflags & RFLAGS_ZF) != wants_zero;
}

static enum insn_result resolve(const struct emulation *e, const struct string_op *op,
	struct operand *operands, size_t *count)
{
	enum segment_name segment = (enum segment_name)e->insn->segment;

	*count = 0;
	if (op->source && !resolve_index(e, segment, RSI, INSN_READ, &operands[(*count)++]))
		return INSN_FAULT;
	if (op->destination &&
		!resolve_index(e, SEG_ES, RDI, op->destination_access, &operands[(*count)++]))
		return INSN_FAULT;
	return insn_operands_explain_fault(e, operands, *count) ? INSN_OK : INSN_MISMATCH;
}

enum insn_result insn_emulate_string(const struct emulation *e)
{
	const struct string_op *op = find_string_op(e->insn->op);
	u64 count = e->cpu->gpr[RCX] & insn_size_mask(e->insn->address_size);
	struct operand operands[2];
	enum insn_result result;
	size_t used;

	if (!op)
		return INSN_UNKNOWN;
	if (insn_repeats(e->insn) && !count) {
		insn_complete(e->cpu, e->insn);
		return INSN_OK;
	}
	result = resolve(e, op, operands, &used);
	if (result != INSN_OK)
		return result;
	if (!perform(e, op, &operands[0], &operands[used - 1]))
		return INSN_REFUSED;
	if (!count_iteration(e, op))
		return INSN_AGAIN;
	insn_complete(e->cpu, e->insn);
	return INSN_OK;
}

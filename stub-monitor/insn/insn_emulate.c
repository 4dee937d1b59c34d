/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The instructions with one memory operand named by ModRM or moffs. Three steps: resolve the
 * operand, read what is to be read, compute into a `struct effect`; then the memory write, and
 * registers and flags only after it, because the bus may refuse.
 */
#include "insn/insn_emulate.h"

#include "insn/insn_address.h"
#include "insn/insn_alu.h"
#include "insn/insn_operand.h"

/* What is left to do once everything is known. */
struct effect {
	bool writes_memory, writes_register;
	u64 memory, value;
	unsigned number, width; /* of the register */
	u64 rflags;
};

static bool is_arithmetic(enum insn_op op)
{
	return op >= INSN_OP_ADD && op <= INSN_OP_DEC;
}

static bool is_bit_test(enum insn_op op)
{
	return op >= INSN_OP_BT && op <= INSN_OP_BTC;
}

static bool is_emulated(const struct insn *insn)
{
	return insn->memory && insn->op >= INSN_OP_ADD && insn->op <= INSN_OP_BTC;
}

static bool is_load(const struct insn *insn)
{
	return insn->form == INSN_FORM_REG_RM || insn->form == INSN_FORM_ACC_MOFFS;
}

static bool writes_memory(const struct insn *insn)
{
	return !is_load(insn) && insn->op != INSN_OP_CMP && insn->op != INSN_OP_TEST &&
		insn->op != INSN_OP_BT;
}

static bool reads_memory(const struct insn *insn)
{
	return insn->op != INSN_OP_MOV || is_load(insn);
}

/* The operand that is not memory. */
static u64 other_operand(const struct emulation *e)
{
	const struct insn *insn = e->insn;

	switch (insn->form) {
	case INSN_FORM_RM_REG:
	case INSN_FORM_REG_RM:
		return insn_register_read(e, insn->reg, insn->operand_size);
	case INSN_FORM_ACC_MOFFS:
	case INSN_FORM_MOFFS_ACC:
		return insn_register_read(e, RAX, insn->operand_size);
	default:
		return insn->immediate;
	}
}

static int64_t sign_extend(u64 value, unsigned width)
{
	unsigned unused = 64 - 8 * width;

	return (int64_t)(value << unused) >> unused;
}

/* A bit number in a register is signed and reaches beyond the operand (APM 3, BT). */
static int64_t bit_string_displacement(const struct emulation *e)
{
	unsigned width = e->insn->operand_size;
	unsigned shift = width == 2 ? 4 : width == 4 ? 5 : 6;

	if (!is_bit_test(e->insn->op) || e->insn->form != INSN_FORM_RM_REG)
		return 0;
	return (sign_extend(other_operand(e), width) >> shift) * (int64_t)width;
}

static void set_memory(struct effect *effect, u64 value)
{
	effect->writes_memory = true;
	effect->memory = value;
}

static void set_register(struct effect *effect, unsigned number, unsigned width, u64 value)
{
	effect->writes_register = true;
	effect->number = number;
	effect->width = width;
	effect->value = value;
}

static void compute_arithmetic(const struct emulation *e, u64 memory, struct effect *effect)
{
	const struct insn *insn = e->insn;
	unsigned width = insn->operand_size;
	u64 other = other_operand(e);
	u64 a = is_load(insn) ? other : memory;
	u64 b = is_load(insn) ? memory : other;
	u64 result = insn_alu(insn->op, width, a, b, &effect->rflags);

	if (writes_memory(insn))
		set_memory(effect, result);
	else if (is_load(insn) && insn->op != INSN_OP_CMP)
		set_register(effect, insn->reg, width, result);
}

static void compute_bit_test(const struct emulation *e, u64 memory, struct effect *effect)
{
	unsigned bit = (unsigned)other_operand(e) & (8u * e->insn->operand_size - 1);
	u64 result = insn_alu_bit(e->insn->op, memory, bit, &effect->rflags);

	if (writes_memory(e->insn))
		set_memory(effect, result);
}

/* Memory is written in either case, as the bus of a real machine sees it. */
static void compute_cmpxchg(const struct emulation *e, u64 memory, struct effect *effect)
{
	unsigned width = e->insn->operand_size;
	u64 accumulator = insn_register_read(e, RAX, width);

	insn_alu(INSN_OP_CMP, width, accumulator, memory, &effect->rflags);
	if (accumulator == memory) {
		set_memory(effect, other_operand(e));
	} else {
		set_memory(effect, memory);
		set_register(effect, RAX, width, memory);
	}
}

static void compute_move(const struct emulation *e, u64 memory, struct effect *effect)
{
	const struct insn *insn = e->insn;
	unsigned number = insn->form == INSN_FORM_ACC_MOFFS ? RAX : insn->reg;

	if (insn->op == INSN_OP_MOVSX)
		memory = (u64)sign_extend(memory, insn->source_size);
	if (is_load(insn))
		set_register(effect, number, insn->operand_size, memory);
	else
		set_memory(effect, other_operand(e));
}

static void compute(const struct emulation *e, u64 memory, struct effect *effect)
{
	const struct insn *insn = e->insn;

	if (is_arithmetic(insn->op)) {
		compute_arithmetic(e, memory, effect);
	} else if (is_bit_test(insn->op)) {
		compute_bit_test(e, memory, effect);
	} else if (insn->op == INSN_OP_CMPXCHG) {
		compute_cmpxchg(e, memory, effect);
	} else if (insn->op == INSN_OP_XCHG) {
		set_memory(effect, other_operand(e));
		set_register(effect, insn->reg, insn->operand_size, memory);
	} else if (insn->op == INSN_OP_XADD) {
		set_memory(effect,
			insn_alu(INSN_OP_ADD, insn->operand_size, memory, other_operand(e),
				&effect->rflags));
		set_register(effect, insn->reg, insn->operand_size, memory);
	} else {
		compute_move(e, memory, effect);
	}
}

static void commit_registers(const struct emulation *e, const struct effect *effect)
{
	if (effect->writes_register)
		insn_register_write(e, effect->number, effect->width, effect->value);
	e->cpu->rflags = effect->rflags;
	insn_complete(e->cpu, e->insn);
}

static enum insn_result emulate_one_operand(const struct emulation *e)
{
	u64 offset = insn_effective_offset(e->cpu, e->insn, bit_string_displacement(e));
	enum insn_access access = writes_memory(e->insn) ? INSN_WRITE : INSN_READ;
	struct effect effect = {.rflags = e->cpu->rflags};
	struct operand operand;
	u64 memory = 0;

	if (!insn_operand_resolve(e, (enum segment_name)e->insn->segment, offset,
		    e->insn->source_size, access, &operand))
		return INSN_FAULT;
	if (!insn_operands_explain_fault(e, &operand, 1))
		return INSN_MISMATCH;
	if (reads_memory(e->insn) && !insn_operand_read(e, &operand, &memory))
		return INSN_REFUSED;
	compute(e, memory, &effect);
	if (effect.writes_memory && !insn_operand_write(e, &operand, effect.memory))
		return INSN_REFUSED;
	commit_registers(e, &effect);
	return INSN_OK;
}

enum insn_result insn_emulate(const struct insn *insn, struct cpu_state *cpu,
	const struct insn_bus *bus, const struct gpa *fault_gpa, struct insn_fault *fault)
{
	const struct emulation e = {insn, cpu, bus, fault_gpa, fault};

	if (insn->form == INSN_FORM_STRING)
		return insn_emulate_string(&e);
	if (!is_emulated(insn))
		return INSN_UNKNOWN;
	if (insn->op == INSN_OP_MOV_XMM)
		return insn_emulate_xmm(&e);
	return emulate_one_operand(&e);
}

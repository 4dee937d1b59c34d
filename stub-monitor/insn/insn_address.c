/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Segmentation differs by mode: in 64-bit code only FS and GS have a base, nothing has a limit, and
 * an address must be canonical; elsewhere linear addresses wrap at 4 GB and limits count.
 */
#include "insn/insn_address.h"

#define TYPE_CODE        BIT(3) /* descriptor type, APM 2 4.7 */
#define TYPE_EXPAND_DOWN BIT(2) /* of a data segment */
#define TYPE_WRITABLE    BIT(1) /* of a data segment; of a code segment: readable */
#define SEGMENT_PRESENT  BIT(7)

u64 insn_effective_offset(const struct cpu_state *cpu, const struct insn *insn, int64_t extra)
{
	u64 offset = (u64)insn->displacement + (u64)extra;

	if (insn->rip_relative)
		offset += cpu->rip + insn->length;
	if (insn->base != INSN_NO_REGISTER)
		offset += cpu->gpr[insn->base];
	if (insn->index != INSN_NO_REGISTER)
		offset += cpu->gpr[insn->index] * insn->scale;
	return offset & insn_size_mask(insn->address_size);
}

struct gla insn_segment_to_linear(const struct cpu_state *cpu, enum segment_name segment,
	u64 offset)
{
	u64 base = cpu->segment[segment].base;

	if (!cpu_in_64bit_code(cpu))
		return (struct gla){(base + offset) & insn_size_mask(4)};
	if (segment != SEG_FS && segment != SEG_GS)
		base = 0;
	return (struct gla){base + offset};
}

struct gla insn_linear_address(const struct cpu_state *cpu, const struct insn *insn)
{
	return insn_segment_to_linear(cpu, (enum segment_name)insn->segment,
		insn_effective_offset(cpu, insn, 0));
}

static bool is_canonical(const struct cpu_state *cpu, u64 address)
{
	unsigned unused_bits = cpu->cr4 & CR4_LA57 ? 64 - 57 : 64 - 48;

	return (u64)((int64_t)(address << unused_bits) >> unused_bits) == address;
}

static bool limit_allows(const struct segment *segment, u64 offset, u64 last)
{
	u16 type = segment->attributes;
	u64 top = segment->attributes & SEG_ATTR_DB ? insn_size_mask(4) : insn_size_mask(2);

	if (!(type & TYPE_CODE) && type & TYPE_EXPAND_DOWN)
		return offset > segment->limit && last <= top;
	return last <= segment->limit;
}

static bool type_allows(const struct segment *segment, enum insn_access access)
{
	u16 type = segment->attributes;

	if (!(type & SEGMENT_PRESENT))
		return false;
	if (type & TYPE_CODE)
		return access == INSN_READ && type & TYPE_WRITABLE;
	return access == INSN_READ || type & TYPE_WRITABLE;
}

bool insn_segment_allows(const struct cpu_state *cpu, enum segment_name name, u64 offset,
	unsigned width, enum insn_access access)
{
	const struct segment *segment = &cpu->segment[name];
	u64 last = offset + width - 1;

	if (cpu_in_64bit_code(cpu)) {
		u64 linear = insn_segment_to_linear(cpu, name, offset).addr;

		return is_canonical(cpu, linear) && is_canonical(cpu, linear + width - 1);
	}
	if (cpu->cr0 & CR0_PE && !type_allows(segment, access))
		return false;
	return limit_allows(segment, offset, last);
}

bool insn_string_io(const struct cpu_state *cpu, const struct insn *insn,
	struct insn_string_io *out)
{
	u64 mask = insn_size_mask(insn->address_size);
	enum gpr index = insn->op == INSN_OP_INS ? RDI : RSI;

	if (insn->op != INSN_OP_INS && insn->op != INSN_OP_OUTS)
		return false;
	out->to_memory = insn->op == INSN_OP_INS;
	out->width = insn->operand_size;
	out->port = (u16)cpu->gpr[RDX];
	out->segment = out->to_memory ? SEG_ES : (enum segment_name)insn->segment;
	out->element = insn_segment_to_linear(cpu, out->segment, cpu->gpr[index] & mask);
	out->step = cpu->rflags & RFLAGS_DF ? -(int64_t)out->width : (int64_t)out->width;
	out->count = insn_repeats(insn) ? cpu->gpr[RCX] & mask : 1;
	return true;
}

void insn_add_to_index(struct cpu_state *cpu, const struct insn *insn, enum gpr index, u64 addend)
{
	u64 sum = cpu->gpr[index] + addend;

	if (insn->address_size == 2)
		sum = (cpu->gpr[index] & ~insn_size_mask(2)) | (sum & insn_size_mask(2));
	cpu->gpr[index] = insn->address_size == 4 ? sum & insn_size_mask(4) : sum;
}

void insn_complete(struct cpu_state *cpu, const struct insn *insn)
{
	cpu->rip += insn->length;
	if (insn->code_size != CODE_64)
		cpu->rip &= insn_size_mask(4);
	cpu->rflags &= ~RFLAGS_RF;
	cpu->interrupt_shadow = false;
}

void insn_string_io_advance(struct cpu_state *cpu, const struct insn *insn, u64 elements)
{
	struct insn_string_io io;

	if (!insn_string_io(cpu, insn, &io))
		return;
	if (elements) {
		insn_add_to_index(cpu, insn, io.to_memory ? RDI : RSI, (u64)io.step * elements);
		if (insn_repeats(insn))
			insn_add_to_index(cpu, insn, RCX, -elements);
	}
	if (elements >= io.count)
		insn_complete(cpu, insn);
}

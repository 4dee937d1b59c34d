/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A memory operand lies in one page or in two. Inside one page it is one access of its width. In
 * two pages of RAM as well, for memory_*() takes linear addresses, and in two pages of one device
 * that are neighbours physically too. Only otherwise it falls apart into bytes, each to where it
 * belongs.
 */
#include "insn/insn_operand.h"

#include "insn/insn_address.h"
#include "lib/string.h"

static bool translate_page(const struct emulation *e, struct gla gla, enum insn_access access,
	struct translation *out)
{
	*out = e->bus->translate(e->bus->ctx, gla, access);
	if (out->kind != TRANSLATION_FAULT)
		return true;
	*e->fault = (struct insn_fault){VECTOR_PF, out->error_code, gla};
	return false;
}

bool insn_operand_resolve(const struct emulation *e, enum segment_name segment, u64 offset,
	unsigned width, enum insn_access access, struct operand *out)
{
	struct gla linear = insn_segment_to_linear(e->cpu, segment, offset);
	struct gla second;

	if (!insn_segment_allows(e->cpu, segment, offset, width, access)) {
		*e->fault = (struct insn_fault){segment == SEG_SS ? VECTOR_SS : VECTOR_GP, 0,
			linear};
		return false;
	}
	out->linear = linear;
	out->width = width;
	out->first_width = (unsigned)min_u64(width, PAGE_SIZE - (linear.addr & PAGE_MASK));
	if (!translate_page(e, linear, access, &out->page[0]))
		return false;
	out->page[1] = out->page[0];
	second.addr = linear.addr + out->first_width;
	if (!cpu_in_64bit_code(e->cpu))
		second.addr &= insn_size_mask(4);
	return out->first_width == width || translate_page(e, second, access, &out->page[1]);
}

static bool same_page(struct gpa a, struct gpa b)
{
	return a.addr >> PAGE_SHIFT == b.addr >> PAGE_SHIFT;
}

bool insn_operands_explain_fault(const struct emulation *e, const struct operand *operands,
	size_t count)
{
	if (!e->fault_gpa)
		return true;
	for (size_t i = 0; i < count; i++)
		if (same_page(operands[i].page[0].gpa, *e->fault_gpa) ||
			same_page(operands[i].page[1].gpa, *e->fault_gpa))
			return true;
	return false;
}

/* Two pages of one device in a row are one access, as is anything in one page or in RAM alone. */
static bool is_split(const struct operand *operand)
{
	const struct translation *first = &operand->page[0], *second = &operand->page[1];

	if (operand->first_width == operand->width)
		return false;
	if (first->kind == TRANSLATION_RAM && second->kind == TRANSLATION_RAM)
		return false;
	return first->kind != second->kind ||
		first->gpa.addr + operand->first_width != second->gpa.addr;
}

/* The n-th byte of an operand, as an operand of its own. */
static struct operand byte_of(const struct operand *operand, unsigned n)
{
	bool second = n >= operand->first_width;
	struct operand byte = {.linear = {operand->linear.addr + n}, .width = 1, .first_width = 1};

	byte.page[0] = operand->page[second];
	byte.page[0].gpa.addr += second ? n - operand->first_width : n;
	byte.page[1] = byte.page[0];
	return byte;
}

static bool read_whole(const struct emulation *e, const struct operand *operand, u64 *value)
{
	const struct insn_bus *bus = e->bus;

	*value = 0;
	if (operand->page[0].kind == TRANSLATION_DEVICE) {
		bool done = bus->device_read(bus->ctx, operand->page[0].gpa, operand->width, value);

		*value &= insn_size_mask(operand->width);
		return done;
	}
	return bus->memory_read(bus->ctx, operand->linear, value, operand->width) == STATUS_OK;
}

static bool write_whole(const struct emulation *e, const struct operand *operand, u64 value)
{
	const struct insn_bus *bus = e->bus;

	value &= insn_size_mask(operand->width);
	if (operand->page[0].kind == TRANSLATION_DEVICE)
		return bus->device_write(bus->ctx, operand->page[0].gpa, operand->width, value);
	return bus->memory_write(bus->ctx, operand->linear, &value, operand->width) == STATUS_OK;
}

bool insn_operand_read(const struct emulation *e, const struct operand *operand, u64 *value)
{
	u64 collected = 0, byte_value;

	if (!is_split(operand))
		return read_whole(e, operand, value);
	for (unsigned n = 0; n < operand->width; n++) {
		struct operand byte = byte_of(operand, n);

		if (!read_whole(e, &byte, &byte_value))
			return false;
		collected |= byte_value << (8 * n);
	}
	*value = collected;
	return true;
}

bool insn_operand_write(const struct emulation *e, const struct operand *operand, u64 value)
{
	if (!is_split(operand))
		return write_whole(e, operand, value);
	for (unsigned n = 0; n < operand->width; n++) {
		struct operand byte = byte_of(operand, n);

		if (!write_whole(e, &byte, value >> (8 * n)))
			return false;
	}
	return true;
}

static bool is_high_byte(const struct emulation *e, unsigned number, unsigned width)
{
	return width == 1 && !e->insn->rex && number >= 4;
}

u64 insn_register_read(const struct emulation *e, unsigned number, unsigned width)
{
	if (is_high_byte(e, number, width))
		return e->cpu->gpr[number - 4] >> 8 & 0xff;
	return e->cpu->gpr[number] & insn_size_mask(width);
}

void insn_register_write(const struct emulation *e, unsigned number, unsigned width, u64 value)
{
	u64 mask = insn_size_mask(width);

	if (is_high_byte(e, number, width)) {
		number -= 4;
		mask <<= 8;
		value <<= 8;
	}
	/* A 32-bit result clears the upper half (APM 1 3.1.2). */
	if (width == 4)
		e->cpu->gpr[number] = 0;
	e->cpu->gpr[number] = (e->cpu->gpr[number] & ~mask) | (value & mask);
}

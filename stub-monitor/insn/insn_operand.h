/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Operands of an instruction being emulated: registers by their encoded numbers, and memory that
 * was resolved (checked and translated) before anything is accessed. Private to insn/. Order of
 * calls: insn_operand_resolve() for each memory operand, insn_operands_explain_fault(), then
 * insn_operand_read() and insn_operand_write(). Specified in APM 3 1.4 (registers), APM 2 4.12 and
 * 5 (what resolving checks).
 */
#ifndef INSN_OPERAND_H
#define INSN_OPERAND_H

#include "insn/insn_emulate.h"

#define XMM_SIZE 16

struct emulation {
	const struct insn *insn;
	struct cpu_state *cpu;
	const struct insn_bus *bus;
	const struct gpa *fault_gpa;
	struct insn_fault *fault;
};

struct operand {
	struct gla linear;
	unsigned width;
	unsigned first_width;       /* bytes in the first page */
	struct translation page[2]; /* the second is meant if first_width < width */
};

/* False: *emulation->fault says which exception the guest gets. */
bool insn_operand_resolve(const struct emulation *emulation, enum segment_name segment, u64 offset,
	unsigned width, enum insn_access access, struct operand *out);

/* True if one of the operands lies in the page of the nested fault, or there was none. */
bool insn_operands_explain_fault(const struct emulation *emulation, const struct operand *operands,
	size_t count);

/* Up to 8 bytes. False: the bus refused. */
bool insn_operand_read(const struct emulation *emulation, const struct operand *operand,
	u64 *value);
bool insn_operand_write(const struct emulation *emulation, const struct operand *operand,
	u64 value);

/* A register of the instruction by its number; 4-7 are AH..BH for a byte without REX. */
u64 insn_register_read(const struct emulation *emulation, unsigned number, unsigned width);
void insn_register_write(const struct emulation *emulation, unsigned number, unsigned width,
	u64 value);

enum insn_result insn_emulate_string(const struct emulation *emulation);
enum insn_result insn_emulate_xmm(const struct emulation *emulation);

#endif

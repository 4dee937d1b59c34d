/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Legacy-SSE moves between memory and an XMM register (APM 4; MOVNTx too). A load of fewer than 16
 * bytes clears the rest of the XMM register; the upper half of the YMM register stays as it is.
 * Alignment is not checked: hardware has, before it walked the nested page tables.
 */
#include "insn/insn_address.h"
#include "insn/insn_operand.h"
#include "lib/string.h"

#define XSTATE_SSE BIT(1) /* XSTATE_BV: the XMM registers are not in their initial state */
#define HALF       8

/* Operands of 16 bytes are two of 8; resolved first, both of them. */
static bool resolve_halves(const struct emulation *e, enum insn_access access,
	struct operand halves[2], size_t *count)
{
	u64 offset = insn_effective_offset(e->cpu, e->insn, 0);
	unsigned width = e->insn->operand_size;
	enum segment_name segment = (enum segment_name)e->insn->segment;

	*count = width > HALF ? 2 : 1;
	for (size_t i = 0; i < *count; i++)
		if (!insn_operand_resolve(e, segment, offset + i * HALF,
			    width > HALF ? HALF : width, access, &halves[i]))
			return false;
	return true;
}

static bool load(const struct emulation *e, const struct operand halves[2], size_t count, u8 *xmm)
{
	u64 values[2] = {0, 0};

	for (size_t i = 0; i < count; i++)
		if (!insn_operand_read(e, &halves[i], &values[i]))
			return false;
	memcpy(xmm, values, sizeof(values));
	return true;
}

static bool store(const struct emulation *e, const struct operand halves[2], size_t count,
	const u8 *xmm)
{
	u64 values[2];

	memcpy(values, xmm, sizeof(values));
	for (size_t i = 0; i < count; i++)
		if (!insn_operand_write(e, &halves[i], values[i]))
			return false;
	return true;
}

static void mark_xmm_in_use(struct cpu_state *cpu)
{
	u64 xstate_bv;

	memcpy(&xstate_bv, cpu->fpu + FPU_OFFSET_XSTATE_BV, sizeof(xstate_bv));
	xstate_bv |= XSTATE_SSE;
	memcpy(cpu->fpu + FPU_OFFSET_XSTATE_BV, &xstate_bv, sizeof(xstate_bv));
}

enum insn_result insn_emulate_xmm(const struct emulation *e)
{
	bool is_load = e->insn->form == INSN_FORM_XMM_RM;
	u8 *xmm = e->cpu->fpu + FPU_OFFSET_XMM + (size_t)e->insn->reg * XMM_SIZE;
	struct operand halves[2];
	size_t count;

	if (!e->bus->fpu_fetch || !e->bus->fpu_commit)
		return INSN_UNKNOWN;
	if (!resolve_halves(e, is_load ? INSN_READ : INSN_WRITE, halves, &count))
		return INSN_FAULT;
	if (!insn_operands_explain_fault(e, halves, count))
		return INSN_MISMATCH;
	e->bus->fpu_fetch(e->bus->ctx);
	if (is_load ? !load(e, halves, count, xmm) : !store(e, halves, count, xmm))
		return INSN_REFUSED;
	if (is_load) {
		mark_xmm_in_use(e->cpu);
		e->bus->fpu_commit(e->bus->ctx);
	}
	insn_complete(e->cpu, e->insn);
	return INSN_OK;
}

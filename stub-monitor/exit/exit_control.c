/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Control and debug registers the monitor keeps an eye on: CR0 (on the way into long mode), CR8 (while inputs are
 * trapped), DR0-7, XCR0.
 */
#include "exit/exit.h"

#include "cpu/fpu.h"
#include "cpu/regs.h"
#include "insn/insn_emulate.h"
#include "npt/npt.h"
#include "vt/machine.h"

#define XCR0_X87           BIT(0)
#define XCR0_SSE           BIT(1)
#define XCR0_AVX           BIT(2)
#define DR7_GENERAL_DETECT BIT(13)
#define DR7_FIXED          BIT(10)
#define CR4_DE             BIT(3)

/* MOV to CR0 with paging off and EFER.LME set (APM 2 14.6.1); the checks are those of MOV CRn in APM 3. */
enum exit_action exit_cr0_write(struct stop *stop)
{
	struct insn insn;
	u64 value;

	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	if (insn.op != INSN_OP_MOV_TO_CR)
		return exit_limit(stop,
			"instruction at 0x%lx (opcode 0x%x) changes CR0 between EFER.LME and CR0.PG and is not emulated",
			machine.cpu.rip, insn.opcode);
	value = (u32)machine.cpu.gpr[insn.rm];
	if (((value & CR0_PG) && (!(value & CR0_PE) || !(machine.cpu.cr4 & CR4_PAE))) ||
		((value & CR0_NW) && !(value & CR0_CD))) {
		exit_inject_exception(VECTOR_GP, 0);
		return RESUME_GUEST;
	}
	if (value & CR0_PG)
		machine.cpu.efer |= EFER_LMA;
	machine.cpu.cr0 = value | CR0_ET;
	npt_flush();
	exit_complete(&insn);
	return RESUME_GUEST;
}

static void perform_cr8_read(struct trace_event *event, void *data)
{
	(void)data;
	event->value = read_cr8();
}

static void perform_cr8_write(struct trace_event *event, void *data)
{
	(void)data;
	write_cr8(event->value & 0xf);
}

enum exit_action exit_cr8(struct stop *stop)
{
	struct trace_event event = {.width = 8};
	struct insn insn;
	bool write;

	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	write = insn.op == INSN_OP_MOV_TO_CR;
	event.kind = write ? EVENT_CR8_WRITE : EVENT_CR8_READ;
	event.value = write ? machine.cpu.gpr[insn.rm] : 0;
	if (exit_input(&event, NULL, write ? perform_cr8_write : perform_cr8_read, stop) ==
		STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	if (!write)
		machine.cpu.gpr[insn.rm] = event.value;
	machine.cpu.cr8 = event.value & 0xf;
	exit_complete(&insn);
	return RESUME_GUEST;
}

/* DR4 and DR5 are DR6 and DR7 unless CR4.DE is set (APM 2 13.1.1). NULL: #UD. */
static u64 *debug_register(unsigned number)
{
	if (number < 4)
		return &machine.cpu.dr[number];
	if (number < 6 && (machine.cpu.cr4 & CR4_DE))
		return NULL;
	return number & 1 ? &machine.cpu.dr7 : &machine.cpu.dr6;
}

enum exit_action exit_dr(struct stop *stop)
{
	struct insn insn;
	u64 *dr;

	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	dr = debug_register(insn.reg);
	if (!dr || insn.reg > 7) {
		exit_inject_exception(VECTOR_UD, NO_ERROR_CODE);
		return RESUME_GUEST;
	}
	if (insn.op == INSN_OP_MOV_FROM_DR)
		machine.cpu.gpr[insn.rm] = *dr;
	else
		*dr = machine.cpu.gpr[insn.rm];
	if (dr == &machine.cpu.dr7)
		*dr = (*dr & ~DR7_GENERAL_DETECT) | DR7_FIXED;
	exit_complete(&insn);
	return RESUME_GUEST;
}

static bool xcr0_valid(u64 value)
{
	return (value & XCR0_X87) && !(value & ~fpu_supported_xcr0()) &&
		!((value & XCR0_AVX) && !(value & XCR0_SSE));
}

enum exit_action exit_xsetbv(struct stop *stop)
{
	u64 value = (u32)machine.cpu.gpr[RAX] | machine.cpu.gpr[RDX] << 32;
	struct insn insn;

	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	if ((u32)machine.cpu.gpr[RCX] != 0 || machine.cpu.cpl != 0 || !xcr0_valid(value)) {
		exit_inject_exception(VECTOR_GP, 0);
		return RESUME_GUEST;
	}
	xsetbv0(value);
	exit_complete(&insn);
	return RESUME_GUEST;
}

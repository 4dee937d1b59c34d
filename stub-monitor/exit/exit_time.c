/* SPDX-License-Identifier: EPL-2.0 */
/* RDTSC, RDTSCP, RDPMC. */
#include "exit/exit.h"

#include "cpu/regs.h"
#include "insn/insn_emulate.h"
#include "vt/machine.h"

static void store_edx_eax(u64 value)
{
	machine.cpu.gpr[RAX] = (u32)value;
	machine.cpu.gpr[RDX] = value >> 32;
}

static void perform_tsc(struct trace_event *event, void *data)
{
	(void)data;
	event->value = rdtsc();
}

enum exit_action exit_rdtsc(struct stop *stop)
{
	struct trace_event event = {.kind = EVENT_TSC, .width = 8};
	struct insn insn;

	if (!exit_decode(&insn, stop) ||
		exit_input(&event, NULL, perform_tsc, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	store_edx_eax(event.value);
	if (insn.op == INSN_OP_RDTSCP)
		machine.cpu.gpr[RCX] = (u32)machine.cpu.tsc_aux;
	exit_complete(&insn);
	return RESUME_GUEST;
}

/*
 * No machine of ours has counters that are worth reading: #GP, as for a counter that does not
 * exist.
 */
enum exit_action exit_rdpmc(struct stop *stop)
{
	(void)stop;
	exit_inject_exception(VECTOR_GP, 0);
	return RESUME_GUEST;
}

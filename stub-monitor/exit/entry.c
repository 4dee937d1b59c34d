/* SPDX-License-Identifier: EPL-2.0 */
#include "exit/entry.h"

#include "clock/instruction_clock.h"
#include "cpu/interrupts.h"
#include "debug/breakpoint.h"
#include "debug/exceptions.h"
#include "dev/lapic.h"
#include "exit/counters.h"
#include "insn/insn_address.h"
#include "lib/string.h"
#include "npt/guest_linear.h"
#include "npt/npt.h"
#include "vt/machine.h"

/* An NMI that came while the monitor took an interrupt (the stop of a borrowed timer) is made to exit like any other. */
void entry_start(struct vt_entry *entry)
{
	if (interrupts_nmi_held())
		interrupts_send_nmi();
	*entry = (struct vt_entry){.trap_inputs = machine.mode != MODE_LIVE,
		.trap_vectors = exceptions_trapped(),
		.trap_tsc = machine.tsc_logged,
		.own_tsc = machine.mode != MODE_LIVE && clock_counts(),
		.tsc = clock_tsc_value(machine_tsc()),
		.inject = machine.inject};
	breakpoint_fill_entry(entry);
	entry->flush_tlb = npt_take_flush();
	counters_note_entry(&entry->inject);
}

bool entry_end_timer(const struct vt_entry *entry)
{
	bool borrowed = lapic_borrowed();

	lapic_return();
	return borrowed || (entry->paced && lapic_pace_end());
}

/*
 * An event is delivered by an entry of its own that retires nothing. Under QEMU the TSC now and then gains some
 * hundred ticks in an entry that injects (docs/decisions/0007): not counting that entry keeps the clock exact.
 */
void entry_stop_after(struct vt_entry *entry, u64 instructions)
{
	entry->delivers_only = instructions == 0;
	entry->stop_instructions = instructions;
	entry->stop_after = instructions ? clock_stop_value(instructions) : clock_stop_at_once();
}

bool entry_is_step_trap(const struct vm_exit *exit)
{
	return exit->kind == EXIT_DEBUG && (exit->info1 & DR6_SINGLE_STEP);
}

void entry_look_at_instruction(struct insn *insn)
{
	u8 bytes[INSN_MAX_LENGTH];
	size_t available = guest_linear_fetch(&machine.cpu, bytes);

	memset(insn, 0, sizeof(*insn));
	if (insn_decode(bytes, available, insn_code_size(&machine.cpu), insn) != INSN_OK)
		memset(insn, 0, sizeof(*insn));
}

void entry_hide_trap_flag(const struct insn *insn)
{
	u64 flags = 0;
	size_t size = insn->operand_size, done;
	struct gla top = {machine.cpu.gpr[RSP] + machine.cpu.segment[SEG_SS].base};

	if (insn->op == INSN_OP_SYSCALL)
		machine.cpu.gpr[R11] &= ~RFLAGS_TF;
	if (insn->op != INSN_OP_PUSHF)
		return;
	guest_linear_read(&machine.cpu, top, &flags, size, &done);
	flags &= ~RFLAGS_TF;
	guest_linear_write(&machine.cpu, top, &flags, size);
}

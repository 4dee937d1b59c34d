/* SPDX-License-Identifier: EPL-2.0 */
/*
 * RDMSR, WRMSR, RDTSC and RDPMC: the monitor's own are hidden, the virtual CPU's come from its state, all others
 * are inputs.
 */
#include "exit/exit.h"

#include "cpu/regs.h"
#include "insn/insn_emulate.h"
#include "lib/printk.h"
#include "vt/machine.h"

#define MSR_WIDTH     8 /* 0 in an event: the MSR is not there, #GP */
#define EFER_WRITABLE (BIT(0) | EFER_LME | EFER_NXE | BIT(14)) /* SCE, LME, NXE, FFXSR */

static void perform_read(struct trace_event *event, void *data)
{
	(void)data;
	event->width = cpu_rdmsr_safe((u32)event->address, &event->value) ? MSR_WIDTH : 0;
}

static void perform_write(struct trace_event *event, void *data)
{
	(void)data;
	event->width = cpu_wrmsr_safe((u32)event->address, event->value) ? MSR_WIDTH : 0;
}

static u64 *state_of(u32 msr)
{
	switch (msr) {
	case MSR_EFER:
		return &machine.cpu.efer;
	case MSR_TSC_AUX:
		return &machine.cpu.tsc_aux;
	case MSR_PAT:
		return &machine.cpu.pat;
	case MSR_APIC_BASE:
		return &machine.cpu.apic_base;
	default:
		return NULL;
	}
}

/*
 * The memory map's registers (APM 2 7.9), the triggers and the place of system management mode, and
 * the hardware configuration register: they rearrange the machine underneath the monitor.
 */
static bool is_protected(u32 msr)
{
	for (unsigned i = 0; i < vt_protected_msr_ranges; i++)
		if (msr >= vt_protected_msrs[i].first && msr <= vt_protected_msrs[i].last)
			return true;
	return false;
}

static bool is_hidden(u32 msr)
{
	return msr == MSR_VM_CR || msr == MSR_VM_HSAVE_PA;
}

/* False: #GP. */
static bool write_state(u32 msr, u64 *state, u64 value)
{
	if (msr == MSR_EFER) {
		if (value & ~(EFER_WRITABLE | EFER_LMA))
			return false;
		value = (value & EFER_WRITABLE) | (*state & EFER_LMA);
	}
	if (msr == MSR_APIC_BASE && value != *state) {
		printk("the guest's change of APIC_BASE to 0x%lx is ignored (docs/LIMITS.md)",
			value);
		return true;
	}
	*state = value;
	return true;
}

static enum exit_action fault(void)
{
	exit_inject_exception(VECTOR_GP, 0);
	return RESUME_GUEST;
}

static enum exit_action read_msr(u32 msr, const struct insn *insn, struct stop *stop)
{
	struct trace_event event = {.kind = EVENT_MSR_READ, .address = msr, .width = MSR_WIDTH};
	const u64 *state = state_of(msr);

	if (is_hidden(msr))
		return fault();
	if (state)
		event.value = *state;
	else if (msr == MSR_TSC && machine.mode != MODE_LIVE && !machine.tsc_logged)
		event.value = machine_tsc();
	else if (exit_input(&event, NULL, perform_read, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	if (!event.width)
		return fault();
	machine.cpu.gpr[RAX] = (u32)event.value;
	machine.cpu.gpr[RDX] = event.value >> 32;
	exit_complete(insn);
	return RESUME_GUEST;
}

static enum exit_action write_msr(u32 msr, u64 value, const struct insn *insn, struct stop *stop)
{
	struct trace_event event = {.kind = EVENT_MSR_WRITE,
		.address = msr,
		.value = value,
		.width = MSR_WIDTH};
	u64 *state = state_of(msr);

	if (is_hidden(msr) || (state && !write_state(msr, state, value)))
		return fault();
	if (msr == MSR_TSC)
		printk("the guest's write of the TSC is ignored (docs/LIMITS.md)");
	else if (is_protected(msr))
		printk("the guest's write of 0x%lx to MSR 0x%x is ignored (docs/LIMITS.md)", value,
			msr);
	else if (!state && exit_input(&event, NULL, perform_write, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	if (!event.width)
		return fault();
	exit_complete(insn);
	return RESUME_GUEST;
}

static void perform_rdtsc(struct trace_event *event, void *data)
{
	(void)data;
	event->value = rdtsc();
}

/* Where instants are not counted, and where a recording of old has it in its log. */
enum exit_action exit_rdtsc(struct stop *stop)
{
	struct trace_event event = {.kind = EVENT_TSC, .width = MSR_WIDTH};
	struct insn insn;

	if (!exit_decode(&insn, stop) ||
		exit_input(&event, NULL, perform_rdtsc, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	machine.cpu.gpr[RAX] = (u32)event.value;
	machine.cpu.gpr[RDX] = event.value >> 32;
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
	return fault();
}

enum exit_action exit_msr(const struct vm_exit *exit, struct stop *stop)
{
	u32 msr = (u32)machine.cpu.gpr[RCX];
	u64 value = (u32)machine.cpu.gpr[RAX] | machine.cpu.gpr[RDX] << 32;
	struct insn insn;

	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	return exit->info1 ? write_msr(msr, value, &insn, stop) : read_msr(msr, &insn, stop);
}

/* SPDX-License-Identifier: EPL-2.0 */
#include "exit/exit.h"

#include "clock/instruction_clock.h"
#include "cpu/interrupts.h"
#include "debug/breakpoint.h"
#include "debug/console_ring.h"
#include "dev/lapic.h"
#include "exit/counters.h"
#include "dev/link.h"
#include "insn/insn_address.h"
#include "lib/format.h"
#include "npt/guest_linear.h"
#include "record/record.h"
#include "record/record_dma.h"
#include "replay/replay.h"
#include "vt/machine.h"

bool (*exit_debugger_wants_stop)(void);
void (*exit_send_console)(void);

static char limit_text[200];

enum exit_action exit_limit(struct stop *stop, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vformat(limit_text, sizeof(limit_text), fmt, args);
	va_end(args);
	*stop = (struct stop){STOP_MONITOR_LIMIT, 0, limit_text};
	return STOP_FOR_DEBUGGER;
}

static enum exit_action branch_end(const struct trace_event *event, struct stop *stop)
{
	char line[120];

	event_describe(event, line, sizeof(line));
	format(limit_text, sizeof(limit_text),
		"what-if branch from @%lu ends: the guest wants an input that nobody recorded (%s)",
		replay_branch_start(), line);
	*stop = (struct stop){STOP_BRANCH_END, 0, limit_text};
	return STOP_FOR_DEBUGGER;
}

static bool is_output(u16 kind)
{
	return kind == EVENT_PORT_WRITE || kind == EVENT_DEVICE_WRITE || kind == EVENT_MSR_WRITE ||
		kind == EVENT_CR8_WRITE;
}

enum exit_action exit_input(struct trace_event *event, void *data, input_perform perform,
	struct stop *stop)
{
	switch (machine.mode) {
	case MODE_LIVE:
		perform(event, data);
		return RESUME_GUEST;
	case MODE_RECORD:
		record_dma_before_access(event);
		perform(event, data);
		record_event(event, data);
		return RESUME_GUEST;
	case MODE_REPLAY:
		if (replay_event(event, data))
			return RESUME_GUEST;
		*stop = (struct stop){STOP_DIVERGENCE, 0, replay_divergence()};
		return STOP_FOR_DEBUGGER;
	case MODE_BRANCH:
		if (is_output(event->kind))
			return RESUME_GUEST;
		event->instant = machine.now;
		event->rip = machine.cpu.rip;
		return branch_end(event, stop);
	}
	return RESUME_GUEST;
}

bool exit_decode(struct insn *insn, struct stop *stop)
{
	u8 bytes[INSN_MAX_LENGTH];
	size_t available = guest_linear_fetch(&machine.cpu, bytes);

	if (insn_decode(bytes, available, insn_code_size(&machine.cpu), insn) == INSN_OK)
		return true;
	exit_limit(stop, "instruction at 0x%lx not understood (bytes %x %x %x %x)", machine.cpu.rip,
		bytes[0], bytes[1], bytes[2], bytes[3]);
	return false;
}

void exit_complete(const struct insn *insn)
{
	insn_complete(&machine.cpu, insn);
	clock_tick();
}

void exit_inject_exception(u8 vector, int error_code)
{
	machine.inject = (struct vt_event){.valid = true,
		.type = EVENT_EXCEPTION,
		.vector = vector,
		.has_error_code = error_code != NO_ERROR_CODE,
		.error_code = (u32)error_code};
}

bool exit_check_page(struct gla gla, u32 access)
{
	struct guest_walk walk = guest_linear_walk(&machine.cpu, gla,
		access | (machine.cpu.cpl == 3 ? PF_USER : 0));

	if (walk.status != GUEST_WALK_FAULT)
		return true;
	machine.cpu.cr2 = gla.addr;
	exit_inject_exception(VECTOR_PF, (int)walk.error_code);
	return false;
}

/* ---- interrupts ---- */

bool exit_guest_takes_interrupts(void)
{
	return (machine.cpu.rflags & RFLAGS_IF) && !machine.cpu.interrupt_shadow &&
		!machine.inject.valid;
}

/*
 * By state match an interrupt waits a little for the next synchronous exit, where the instant is exact without a place: a
 * place costs the replay all the visits to its instruction. The bound is 0.1 ms where the TSC and the timer run at 1 GHz.
 */
#define HOLD_TICKS 100000

static struct {
	bool on;
	u64 until;
} hold;

bool exit_holds_interrupt(void)
{
	return hold.on && machine.mode == MODE_RECORD;
}

u64 exit_hold_left(void)
{
	u64 now = rdtsc();

	return hold.until > now ? min_u64(hold.until - now, HOLD_TICKS) : 1;
}

static bool is_worth_waiting(void)
{
	if (machine.mode != MODE_RECORD || !machine.drifts)
		return false;
	if (!hold.on)
		hold.until = rdtsc() + HOLD_TICKS;
	hold.on = true;
	return rdtsc() < hold.until;
}

/*
 * Live end: a physical interrupt is acknowledged when the guest can take it, and is then the
 * guest's to complete.
 */
static void take_interrupt(void)
{
	int vector;

	if (!exit_guest_takes_interrupts()) {
		machine.awaiting_window = true;
		return;
	}
	machine.awaiting_window = false;
	if (is_worth_waiting())
		return;
	hold.on = false;
	vector = interrupts_take();
	if (vector < 0 || vector == LAPIC_STOP_VECTOR)
		return;
	lapic_interrupt_taken(vector);
	record_delivery(
		&(struct vt_event){.valid = true, .type = EVENT_INTERRUPT, .vector = (u8)vector});
}

void exit_take_held_interrupt(void)
{
	if (!exit_holds_interrupt())
		return;
	if (!exit_guest_takes_interrupts())
		hold.on = false;
	take_interrupt();
}

/* In the past nothing but the borrowed timer gets through (lapic_borrow). */
static enum exit_action interrupt_exit(void)
{
	if (!lapic_borrowed()) {
		take_interrupt();
		return RESUME_GUEST;
	}
	lapic_end_stop();
	return RESUME_GUEST;
}

/* Bytes that were read before their NMI was taken have it pending still: it must not look like the guest's. */
bool exit_debugger_breaks_in(void)
{
	bool stop = false, ours = true;

	while (ours && !stop) {
		stop = exit_debugger_wants_stop();
		link_take_nmis(&ours);
	}
	return stop;
}

/* A link's interrupt arrives as NMI; one that no link raised is the guest's. */
static enum exit_action nmi_taken(bool ours, struct stop *stop)
{
	if (ours && exit_debugger_breaks_in()) {
		*stop = (struct stop){STOP_BREAK_IN, 0, NULL};
		return STOP_FOR_DEBUGGER;
	}
	if (!ours && !machine_in_past())
		machine.nmi_waiting = true;
	return RESUME_GUEST;
}

static enum exit_action nmi_exit(struct stop *stop)
{
	bool ours;

	link_take_nmis(&ours);
	return nmi_taken(ours, stop);
}

/*
 * The firmware's handler runs while pending NMIs are let in: it needs the machine as it is, not the
 * guest's view of it.
 */
static enum exit_action smi_exit(struct stop *stop)
{
	bool ours, any = link_take_nmis(&ours);

	return any || ours ? nmi_taken(ours, stop) : RESUME_GUEST;
}

/* ---- debug exceptions ---- */

/* RF belongs to the guest's state; only a breakpoint of the debugger's must not leave it set, or the next one is missed. */
static enum exit_action debug_exit(const struct vm_exit *exit, struct stop *stop)
{
	u64 rf = machine.cpu.rflags & RFLAGS_RF;

	machine.cpu.rflags &= ~RFLAGS_RF;
	switch (breakpoint_debug_exception(exit->info1, stop)) {
	case HIT_DEBUGGER:
		return STOP_FOR_DEBUGGER;
	case HIT_BOTH:
		exit_inject_exception(VECTOR_DB, NO_ERROR_CODE);
		return STOP_FOR_DEBUGGER;
	case HIT_GUEST:
		machine.cpu.rflags |= rf;
		exit_inject_exception(VECTOR_DB, NO_ERROR_CODE);
		return RESUME_GUEST;
	case HIT_NOTHING:
		return RESUME_GUEST;
	}
	return RESUME_GUEST;
}

/*
 * INT n exits while breakpoints are in. It has retired by the clock; a breakpoint's INT3 has not,
 * for the guest.
 */
static enum exit_action soft_int_exit(struct stop *stop)
{
	struct insn insn;
	struct gpa gpa;

	if (breakpoint_is_ours(&gpa)) {
		if (machine.mode != MODE_LIVE && clock_counts())
			machine.now--;
		return breakpoint_wants_stop(gpa, stop) ? STOP_FOR_DEBUGGER : RESUME_GUEST;
	}
	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	machine.cpu.rip += insn.length;
	machine.inject = (struct vt_event){.valid = true, .type = EVENT_SOFT_INT};
	machine.inject.vector = insn.op == INSN_OP_INT3 ? 3
		: insn.op == INSN_OP_INTO               ? 4
							: (u8)insn.immediate;
	return RESUME_GUEST;
}

static enum exit_action halt_exit(struct stop *stop)
{
	struct insn insn;

	if (!exit_decode(&insn, stop))
		return STOP_FOR_DEBUGGER;
	if (machine.mode == MODE_BRANCH)
		return branch_end(&(struct trace_event){.kind = EVENT_GUEST_INTERRUPT,
					  .rip = machine.cpu.rip},
			stop);
	if (machine.mode == MODE_RECORD)
		record_dma_sync();
	exit_complete(&insn);
	machine.cpu.halted = true;
	return RESUME_GUEST;
}

static enum exit_action stop_because(struct stop *stop, enum stop_reason reason, const char *text)
{
	*stop = (struct stop){reason, 0, text};
	return STOP_FOR_DEBUGGER;
}

static enum exit_action undefined_instruction(void)
{
	exit_inject_exception(VECTOR_UD, NO_ERROR_CODE);
	return RESUME_GUEST;
}

static enum exit_action switch_kind(const struct vm_exit *exit, struct stop *stop)
{
	switch (exit->kind) {
	case EXIT_INTERRUPT:
		return interrupt_exit();
	case EXIT_TIMER:
		return RESUME_GUEST;
	case EXIT_INTERRUPT_WINDOW:
		take_interrupt();
		return RESUME_GUEST;
	case EXIT_NMI:
		return nmi_exit(stop);
	case EXIT_SMI:
		return smi_exit(stop);
	case EXIT_INIT:
		return stop_because(stop, STOP_RESET, "the guest sent itself an INIT");
	case EXIT_HLT:
		return halt_exit(stop);
	case EXIT_CPUID:
		return exit_cpuid(stop);
	case EXIT_RDTSC:
		return exit_rdtsc(stop);
	case EXIT_RDPMC:
		return exit_rdpmc(stop);
	case EXIT_MSR:
		return exit_msr(exit, stop);
	case EXIT_PORT:
		return exit_port(exit, stop);
	case EXIT_CR0_WRITE:
		return exit_cr0_write(stop);
	case EXIT_CR8:
		return exit_cr8(stop);
	case EXIT_DR:
		return exit_dr(stop);
	case EXIT_NESTED_FAULT:
		return exit_nested_fault(exit, stop);
	case EXIT_DEBUG:
		return debug_exit(exit, stop);
	case EXIT_BREAKPOINT:
	case EXIT_SOFT_INT:
		return soft_int_exit(stop);
	case EXIT_EXCEPTION:
		return exit_exception(exit, stop);
	case EXIT_SHUTDOWN:
		return stop_because(stop, STOP_SHUTDOWN, "triple fault: the guest cannot go on");
	case EXIT_VIRTUALIZATION:
		return undefined_instruction();
	case EXIT_XSETBV:
		return exit_xsetbv(stop);
	case EXIT_INVALID_STATE:
		return exit_limit(stop,
			"the CPU refuses the guest's registers (AMD manual 2, 15.5.1):"
			" check cr0, cr3, cr4, efer and rflags");
	case EXIT_UNKNOWN:
		return exit_limit(stop, "exit code 0x%lx is not known to the monitor", exit->info1);
	}
	return RESUME_GUEST;
}

/* By state match the instruction must not exit once more: that would begin another epoch. */
static bool is_injected_exception(const struct vm_exit *exit, const struct vt_event *injected)
{
	return !clock_counts() && injected->valid && injected->type == EVENT_EXCEPTION &&
		exit->interrupted.type == EVENT_EXCEPTION &&
		exit->interrupted.vector == injected->vector;
}

/*
 * An exit can cut off the delivery of an event (its stack page was write-protected). Interrupts,
 * NMIs and software interrupts are delivered again; an exception of an instruction happens again by
 * itself. A software interrupt's RIP is still at the instruction, unless this was already the
 * second try.
 */
static enum exit_action requeue(const struct vm_exit *exit, const struct vt_event *injected,
	struct stop *stop)
{
	bool injected_soft_int = injected->valid && injected->type == EVENT_SOFT_INT;
	struct insn insn;

	if (exit->interrupted.valid && is_injected_exception(exit, injected))
		machine.inject = *injected;
	if (!exit->interrupted.valid || exit->interrupted.type == EVENT_EXCEPTION)
		return RESUME_GUEST;
	if (exit->interrupted.type == EVENT_SOFT_INT &&
		!(injected_soft_int && !exit->instructions)) {
		if (!exit_decode(&insn, stop))
			return STOP_FOR_DEBUGGER;
		machine.cpu.rip += insn.length;
	}
	machine.inject = exit->interrupted;
	machine.inject.has_error_code = false;
	return RESUME_GUEST;
}

enum exit_action exit_dispatch(const struct vm_exit *exit, struct stop *stop)
{
	struct vt_event injected = machine.inject;
	u64 before;

	counters_note_exit(exit);
	machine.inject.valid = false;
	if (requeue(exit, &injected, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	before = machine.now;
	if (switch_kind(exit, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	if (console_ring_used())
		exit_send_console();
	return machine.now > before && breakpoint_watch_changed(stop) ? STOP_FOR_DEBUGGER
								      : RESUME_GUEST;
}

/* SPDX-License-Identifier: EPL-2.0 */
#include "exit/run.h"

#include "clock/instruction_clock.h"
#include "cpu/interrupts.h"
#include "debug/breakpoint.h"
#include "debug/exceptions.h"
#include "dev/lapic.h"
#include "dev/link.h"
#include "exit/entry.h"
#include "exit/exit.h"
#include "exit/matched.h"
#include "record/record.h"
#include "record/record_dma.h"
#include "replay/checkpoint.h"
#include "replay/replay.h"
#include "vt/machine.h"

#define BRANCH_RESERVE_PAGES 16

struct machine machine;

static enum run_end stopped(struct stop *stop, enum stop_reason reason, const char *text)
{
	*stop = (struct stop){reason, 0, text};
	return RUN_STOPPED;
}

/* ---- one entry ---- */

#define FAULT_TRIES 8

/*
 * The instruction that faulted will run again, and the clock counts some faults (QEMU: UD2) and others not. So it runs into
 * the same fault once more, and what the clock counts for that is taken off: the stop is at the instant before it.
 */
static void uncount_fault(void)
{
	for (unsigned i = 0; i < FAULT_TRIES; i++) {
		struct vt_entry entry;
		struct vm_exit exit;
		struct stop ignored;

		entry_start(&entry);
		entry.hold_interrupts = true;
		vt_run(&machine.cpu, &entry, &exit);
		breakpoint_end_entry();
		if (exit.kind == EXIT_EXCEPTION) {
			machine.now -= clock_instructions(&exit);
			return;
		}
		exit_dispatch(&exit, &ignored);
	}
}

/*
 * Behind an indirect jump QEMU looks for a breakpoint before it looks at the clock. The instruction there belongs to what comes
 * after this run, and its breakpoint, too.
 */
static bool is_breakpoint_ahead(const struct vt_entry *entry, const struct vm_exit *exit)
{
	return entry->stop_after && !entry->paced && exit->kind == EXIT_DEBUG &&
		(exit->info1 & DR6_HITS) && !(exit->info1 & DR6_SINGLE_STEP) &&
		!breakpoint_step_hits(exit->info1);
}

static enum exit_action enter(struct vt_entry *entry, struct stop *stop)
{
	struct vm_exit exit;
	u64 limit = machine.now + (entry->stop_after ? entry->stop_instructions : 0);

	if (machine.mode != MODE_LIVE && !clock_counts())
		return matched_enter(entry, RUN_NO_LIMIT, stop);
	vt_run(&machine.cpu, entry, &exit);
	breakpoint_end_entry();
	if (machine.mode != MODE_LIVE) {
		exit.instructions = entry->delivers_only ? 0 : clock_instructions(&exit);
		machine.now += exit.instructions;
	}
	if (machine.mode == MODE_RECORD) {
		/* The timer was borrowed for this run only: the exit may read devices, and those are the guest's. */
		if (entry_end_timer(entry) && exit.kind == EXIT_INTERRUPT)
			exit.kind = EXIT_TIMER;
		record_guest_ran();
	}
	if (entry->stop_after && !entry->paced && machine.now > limit)
		return exit_limit(stop, "the instruction clock ran past @%lu to @%lu", limit,
			machine.now);
	if (machine.now == limit && is_breakpoint_ahead(entry, &exit))
		exit.kind = EXIT_TIMER;
	if (exit_dispatch(&exit, stop) == RESUME_GUEST)
		return RESUME_GUEST;
	if (stop->reason == STOP_EXCEPTION && machine.mode != MODE_LIVE)
		uncount_fault();
	return STOP_FOR_DEBUGGER;
}

/*
 * An interrupt or NMI has had its tick and waits for its entry. An exception has none: a guest whose handlers fault at
 * their first instruction has one waiting for ever.
 */
static bool delivery_is_due(void)
{
	return machine.inject.valid && machine.inject.type != EVENT_EXCEPTION;
}

/* ---- live and recording ---- */

/* NMIs wait for their turn: one event is delivered at a time. */
static void deliver_waiting_nmi(void)
{
	if (!machine.nmi_waiting || machine.inject.valid || machine_in_past())
		return;
	machine.nmi_waiting = false;
	record_delivery(&(struct vt_event){.valid = true, .type = EVENT_NMI, .vector = 2});
}

static void deliver_late_interrupt(void)
{
	int vector = exit_guest_takes_interrupts() ? lapic_take_late() : -1;

	if (vector >= 0)
		record_delivery(&(struct vt_event){.valid = true,
			.type = EVENT_INTERRUPT,
			.vector = (u8)vector});
}

static unsigned sleeps_left;

void run_limit_sleeps(unsigned count)
{
	sleeps_left = count;
}

/* HLT has retired: sleep until the guest, or the debugger, is woken. */
static enum exit_action sleep_halted(struct stop *stop)
{
	bool enabled = machine.cpu.rflags & RFLAGS_IF;
	int vector;
	bool ours;

	if (sleeps_left && !--sleeps_left)
		return exit_limit(stop, "the CPU has waited for too long");
	vector = interrupts_wait(enabled);
	if (vector >= 0) {
		lapic_interrupt_taken(vector);
		record_delivery(&(struct vt_event){.valid = true,
			.type = EVENT_INTERRUPT,
			.vector = (u8)vector});
	}
	if (link_take_nmis(&ours) && !ours)
		machine.nmi_waiting = true;
	if (ours && exit_debugger_breaks_in()) {
		*stop = (struct stop){STOP_BREAK_IN, 0, NULL};
		return STOP_FOR_DEBUGGER;
	}
	return RESUME_GUEST;
}

/*
 * A long computation exits now and then, for a checkpoint, by the guest's timer while that is idle. Where an interrupt waits
 * for its window, the timer is borrowed instead: the interrupt has to be held off, and not the timer's. A guest that may be
 * looking for a device's news in memory exits sooner; where its own timer is far from expiring, that one is borrowed.
 */
static void pace(struct vt_entry *entry)
{
	u64 patience = record_dma_patience();
	bool idle = lapic_timer_idle();

	if (!idle && (!patience || (!entry->hold_interrupts && lapic_timer_is_near())))
		return;
	if (entry->hold_interrupts || !idle)
		lapic_borrow();
	else
		lapic_pace_begin();
	entry->hold_interrupts = false;
	entry->paced = true;
	entry_stop_after(entry, patience ? patience : CHECKPOINT_INSTRUCTIONS);
}

/*
 * Live: by RFLAGS.TF, interrupts held off. An instruction that the monitor completes is a step by itself; one that
 * raises an exception, or INT n, is a step to the first instruction of its handler.
 */
static enum run_end step_live(struct stop *stop)
{
	u64 before = machine.now;

	while (machine.now == before) {
		struct vt_entry entry;
		struct vm_exit exit;
		struct insn insn;
		bool known, delivering = machine.inject.valid;

		if (machine.cpu.halted) {
			if (sleep_halted(stop) == STOP_FOR_DEBUGGER)
				return RUN_STOPPED;
			continue;
		}
		known = exit_decode(&insn, stop);
		entry_start(&entry);
		entry.hold_interrupts = entry.trap_soft_int = true;
		entry.single_step = entry.trap_exceptions = !delivering;
		if (delivering)
			interrupts_send_nmi();
		vt_run(&machine.cpu, &entry, &exit);
		breakpoint_end_entry();
		if (delivering && exit.kind == EXIT_NMI && !exit.interrupted.valid) {
			machine.inject.valid = false;
			interrupts_take_nmis();
			return RUN_REACHED;
		}
		if (entry_is_step_trap(&exit)) {
			if (known)
				entry_hide_trap_flag(&insn);
			machine.inject.valid = false;
			exit.info1 = breakpoint_step_hits(
				exit.info1); /* TF was ours, not the guest's */
			if (exit.info1 && exit_dispatch(&exit, stop) == STOP_FOR_DEBUGGER)
				return RUN_STOPPED;
			return RUN_REACHED;
		}
		if (exit_dispatch(&exit, stop) == STOP_FOR_DEBUGGER)
			return RUN_STOPPED;
	}
	return RUN_REACHED;
}

/* The instruction under a breakpoint whose condition is false. */
static enum exit_action pass_live(struct stop *stop)
{
	enum run_end end = step_live(stop);

	breakpoint_passed();
	return end == RUN_STOPPED ? STOP_FOR_DEBUGGER : RESUME_GUEST;
}

/* Between a breakpoint and the instruction under it nothing may come. */
static void renew_pages(void)
{
	if (machine.mode == MODE_RECORD && !breakpoint_passing())
		record_dma_renew(!breakpoint_watches_any());
}

/* QEMU forgets the interrupt shadow on entry: the shadowed instruction is run alone, with interrupts held off. */
static enum exit_action run_live_entry(bool step, struct stop *stop)
{
	struct vt_entry entry;
	bool passing = breakpoint_passing();

	renew_pages();
	if (passing && machine.mode == MODE_LIVE)
		return pass_live(stop);
	if (!passing) {
		deliver_waiting_nmi();
		deliver_late_interrupt();
		exit_take_held_interrupt();
	}
	if (machine.cpu.halted)
		return sleep_halted(stop);
	if (machine.mode == MODE_RECORD && !clock_counts() &&
		(step || passing || machine.cpu.interrupt_shadow))
		return matched_step(RUN_NO_LIMIT, stop) == RUN_STOPPED ? STOP_FOR_DEBUGGER
								       : RESUME_GUEST;
	entry_start(&entry);
	entry.want_window = machine.awaiting_window && !machine.inject.valid;
	entry.hold_interrupts = machine.awaiting_window;
	if (exit_holds_interrupt()) {
		entry.hold_interrupts = false; /* a borrow holds off all but its timer's */
		entry.paced = true;
		lapic_borrow();
		entry_stop_after(&entry, exit_hold_left());
	} else if (machine.mode == MODE_RECORD && clock_counts() &&
		(step || passing || machine.cpu.interrupt_shadow || machine.inject.valid)) {
		lapic_borrow();
		entry.want_window = entry.hold_interrupts = false;
		entry_stop_after(&entry, machine.inject.valid ? 0 : 1);
	} else if (machine.mode == MODE_RECORD) {
		pace(&entry);
	}
	return enter(&entry, stop);
}

/* ---- in the past ---- */

static enum exit_action run_for(u64 instructions, struct stop *stop)
{
	struct vt_entry entry;

	if (breakpoint_passing())
		instructions = 1;
	entry_start(&entry);
	instructions = min_u64(instructions, CHECKPOINT_INSTRUCTIONS);
	entry_stop_after(&entry, machine.inject.valid ? 0 : instructions);
	return enter(&entry, stop);
}

/*
 * An exception has no tick of its own: what came at its handler's first instruction has the instant of the faulting one.
 * If none comes, the instruction ticks, and the replay finds that it has run past the event.
 */
static enum exit_action run_to_exception(struct stop *stop)
{
	struct vt_entry entry;

	entry_start(&entry);
	entry.trap_exceptions = true;
	entry_stop_after(&entry, 1);
	return enter(&entry, stop);
}

static enum run_end run_replay(u64 limit, struct stop *stop)
{
	u64 instructions;

	if (!clock_counts())
		return matched_replay(limit, stop);
	while (machine.now < limit) {
		replay_checkpoint_if_due();
		if (checkpoint_take_overflow())
			return stopped(stop, STOP_MONITOR_LIMIT,
				"no memory left for the pages that the guest changes: give the replay a larger log=");
		switch (replay_prepare(limit, &instructions)) {
		case REPLAY_RUN:
			if (run_for(instructions, stop) == STOP_FOR_DEBUGGER)
				return RUN_STOPPED;
			break;
		case REPLAY_FAULT:
			if (run_to_exception(stop) == STOP_FOR_DEBUGGER)
				return RUN_STOPPED;
			break;
		case REPLAY_DEVICE_WROTE:
			if (exit_device_wrote(stop))
				return RUN_STOPPED;
			break;
		case REPLAY_DELIVERED:
		case REPLAY_DELIVER:
		case REPLAY_STEP:
		case REPLAY_MATCH:
			break;
		case REPLAY_AT_END:
			return stopped(stop, STOP_HISTORY_END, NULL);
		case REPLAY_DIVERGED:
			return stopped(stop, STOP_DIVERGENCE, replay_divergence());
		}
	}
	/* The limit was a delivery: let it happen, so that registers and stack show the handler's first instruction. */
	while (delivery_is_due() && machine.now == limit && !replay_comes_first())
		if (run_for(0, stop) == STOP_FOR_DEBUGGER)
			return RUN_STOPPED;
	return RUN_REACHED;
}

#define BRANCH_SLICE 1000000

static enum run_end run_branch(u64 limit, struct stop *stop)
{
	while (machine.now < limit) {
		if (checkpoint_pages_total() - checkpoint_pages_used() < BRANCH_RESERVE_PAGES)
			return stopped(stop, STOP_BRANCH_END,
				"what-if branch ends: no memory left for its pages");
		if (!clock_counts()) {
			if (matched_branch(limit, stop) == STOP_FOR_DEBUGGER)
				return RUN_STOPPED;
			continue;
		}
		if (run_for(min_u64(limit - machine.now, BRANCH_SLICE), stop) == STOP_FOR_DEBUGGER)
			return RUN_STOPPED;
	}
	return RUN_REACHED;
}

/* ---- all of it ---- */

/*
 * The debugger broke in while an event was on its way: the tick of its delivery is spent (docs/decisions/0004), so
 * the state of this instant is the handler's first instruction.
 */
static enum run_end stop_recording(struct stop *stop)
{
	while (machine.mode == MODE_RECORD && delivery_is_due() && stop->reason == STOP_BREAK_IN)
		if (clock_counts())
			run_live_entry(true, stop);
		else
			matched_deliver(stop);
	if (machine.mode == MODE_RECORD)
		record_place();
	return RUN_STOPPED;
}

enum run_end run_until(u64 limit, struct stop *stop)
{
	if (machine.mode == MODE_REPLAY)
		return run_replay(limit, stop);
	if (machine.mode == MODE_BRANCH)
		return run_branch(limit, stop);
	while (machine.mode == MODE_LIVE || machine.now < limit) {
		if (run_live_entry(false, stop) == STOP_FOR_DEBUGGER)
			return stop_recording(stop);
		if (machine.mode == MODE_RECORD)
			record_checkpoint_if_due();
	}
	return RUN_REACHED;
}

static bool step_interrupts;

void run_let_interrupts_into_steps(bool in)
{
	step_interrupts = in;
}

/* One that is pending comes instead of the instruction: the step ends at its handler's first one. */
static void let_interrupt_in(void)
{
	int vector;

	if (machine.cpu.halted || breakpoint_passing() || !exit_guest_takes_interrupts())
		return;
	vector = interrupts_take();
	if (vector < 0 || vector == LAPIC_STOP_VECTOR)
		return;
	machine.awaiting_window = false;
	lapic_interrupt_taken(vector);
	renew_pages();
	record_delivery(
		&(struct vt_event){.valid = true, .type = EVENT_INTERRUPT, .vector = (u8)vector});
}

enum run_end run_step(struct stop *stop)
{
	u64 before = machine.now;

	if (!machine_in_past() && machine.cpu.halted && !(machine.cpu.rflags & RFLAGS_IF) &&
		!machine.nmi_waiting)
		return stopped(stop, STOP_STEP,
			"the guest has halted with interrupts off: no step can end");

	if (machine_in_past())
		return clock_counts() ? run_until(before + 1, stop) : matched_step_in_past(stop);
	if (step_interrupts)
		let_interrupt_in();
	if (machine.mode == MODE_LIVE)
		return step_live(stop);
	while (machine.now == before || machine.inject.valid)
		if (run_live_entry(true, stop) == STOP_FOR_DEBUGGER)
			return clock_counts() ? RUN_STOPPED : stop_recording(stop);
	record_checkpoint_if_due();
	return RUN_REACHED;
}

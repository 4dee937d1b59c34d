/* SPDX-License-Identifier: EPL-2.0 */
#include "exit/matched.h"

#include "clock/instruction_clock.h"
#include "cpu/interrupts.h"
#include "debug/breakpoint.h"
#include "debug/debug_slots.h"
#include "exit/entry.h"
#include "npt/guest_linear.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "record/record.h"
#include "replay/checkpoint.h"
#include "replay/place.h"
#include "replay/replay.h"
#include "vt/machine.h"

/* The instruction does this in every mode, whoever looks. */
static bool is_synchronous(const struct vm_exit *exit)
{
	switch (exit->kind) {
	case EXIT_HLT:
	case EXIT_CPUID:
	case EXIT_RDTSC:
	case EXIT_RDPMC:
	case EXIT_MSR:
	case EXIT_PORT:
	case EXIT_CR0_WRITE:
	case EXIT_CR8:
	case EXIT_DR:
	case EXIT_VIRTUALIZATION:
	case EXIT_XSETBV:
		return true;
	case EXIT_NESTED_FAULT:
		return npt_kind(exit->gpa) != MEMORY_RAM && !exit->interrupted.valid;
	case EXIT_INTERRUPT:
	case EXIT_TIMER:
	case EXIT_INTERRUPT_WINDOW:
	case EXIT_NMI:
	case EXIT_SMI:
	case EXIT_INIT:
	case EXIT_DEBUG:
	case EXIT_BREAKPOINT:
	case EXIT_SOFT_INT:
	case EXIT_EXCEPTION:
	case EXIT_SHUTDOWN:
	case EXIT_INVALID_STATE:
	case EXIT_UNKNOWN:
		break;
	}
	return false;
}

/* An instruction that raises an exception, and retires nothing, has a tick all the same: the next exit is another one. */
static enum exit_action after_exit(const struct vm_exit *exit, u64 limit, struct stop *stop)
{
	bool synchronous = is_synchronous(exit);
	u64 at;

	if (synchronous) {
		clock_anchor();
		if (machine_in_past() && (machine.now >= limit || replay_is_due())) {
			machine.inject.valid = false;
			return RESUME_GUEST;
		}
	}
	at = machine.now;
	if (exit_dispatch(exit, stop) == STOP_FOR_DEBUGGER)
		return STOP_FOR_DEBUGGER;
	if (synchronous && machine.now == at)
		machine.now++;
	return RESUME_GUEST;
}

/* Before the instruction of a synchronous exit the guest stands still. */
static bool stands_before_exit(void)
{
	return machine.now % EPOCH_INSTANTS == 0;
}

static void run(struct vt_entry *entry, struct vm_exit *exit)
{
	vt_run(&machine.cpu, entry, exit);
	breakpoint_end_entry();
	if (machine.mode != MODE_RECORD)
		return;
	if (entry_end_timer(entry) && exit->kind == EXIT_INTERRUPT)
		exit->kind = EXIT_TIMER;
	record_guest_ran();
}

enum exit_action matched_enter(struct vt_entry *entry, u64 limit, struct stop *stop)
{
	struct vm_exit exit;

	run(entry, &exit);
	machine.drifts |= !stands_before_exit();
	return after_exit(&exit, limit, stop);
}

/* ---- steps ---- */

static void tick(void)
{
	if (!machine.drifts)
		machine.now++;
}

/* One entry that delivers and retires nothing: an NMI of our own ends it. True: it has arrived. */
static bool deliver(struct stop *stop, enum exit_action *action)
{
	bool exception = machine.inject.type == EVENT_EXCEPTION ||
		machine.inject.type == EVENT_SOFT_INT;
	struct vt_entry entry;
	struct vm_exit exit;

	entry_start(&entry);
	entry.hold_interrupts = machine.mode == MODE_RECORD;
	interrupts_send_nmi();
	run(&entry, &exit);
	*action = RESUME_GUEST;
	if (exit.kind != EXIT_NMI || exit.interrupted.valid) {
		*action = after_exit(&exit, RUN_NO_LIMIT, stop);
		interrupts_take_nmis();
		return false;
	}
	machine.inject.valid = false;
	interrupts_take_nmis();
	if (exception)
		tick(); /* what came from outside has had its tick */
	return true;
}

void matched_deliver(struct stop *stop)
{
	enum exit_action action;

	while (machine.inject.valid && !deliver(stop, &action) && action == RESUME_GUEST)
		;
}

static enum run_end end_step(const struct vm_exit *exit, const struct insn *insn, struct stop *stop)
{
	struct vm_exit hits = *exit;

	entry_hide_trap_flag(insn);
	machine.inject.valid = false;
	tick();
	hits.info1 = breakpoint_step_hits(exit->info1); /* TF was ours, not the guest's */
	if (hits.info1 && exit_dispatch(&hits, stop) == STOP_FOR_DEBUGGER)
		return RUN_STOPPED;
	breakpoint_passed();
	return RUN_REACHED;
}

/* False: nothing has happened yet for the guest. */
static bool step_once(u64 limit, struct stop *stop, enum run_end *end)
{
	bool guests_own = machine.cpu.rflags & RFLAGS_TF;
	u64 before = machine.now;
	struct vt_entry entry;
	struct vm_exit exit;
	struct insn insn;

	*end = RUN_STOPPED;
	entry_look_at_instruction(&insn);
	entry_start(&entry);
	entry.hold_interrupts = machine.mode == MODE_RECORD;
	entry.trap_soft_int = entry.single_step = entry.trap_exceptions = true;
	run(&entry, &exit);
	if (entry_is_step_trap(&exit) && !guests_own) {
		*end = end_step(&exit, &insn, stop);
		return true;
	}
	if (after_exit(&exit, limit, stop) == STOP_FOR_DEBUGGER)
		return true;
	*end = RUN_REACHED;
	return machine.now != before || (is_synchronous(&exit) && machine.now >= limit);
}

enum run_end matched_step(u64 limit, struct stop *stop)
{
	enum exit_action action;
	enum run_end end = RUN_REACHED;
	bool exception;

	do {
		if (!machine.inject.valid) {
			if (step_once(limit, stop, &end))
				return end;
			continue;
		}
		exception = machine.inject.type == EVENT_EXCEPTION ||
			machine.inject.type == EVENT_SOFT_INT;
		if (deliver(stop, &action) && exception)
			return RUN_REACHED;
		if (action == STOP_FOR_DEBUGGER)
			return RUN_STOPPED;
	} while (machine.mode != MODE_REPLAY || !replay_is_due());
	return RUN_REACHED;
}

/* ---- in the past ---- */

/* A step that names nothing. */
static enum run_end step_drifting(u64 limit, struct stop *stop)
{
	machine.drifts |= !stands_before_exit();
	return matched_step(limit, stop);
}

/* What is on its way arrives; the handler's first instruction may be the place. */
static enum run_end deliver_drifting(struct stop *stop)
{
	enum exit_action action;

	machine.drifts |= !stands_before_exit();
	deliver(stop, &action);
	return action == STOP_FOR_DEBUGGER ? RUN_STOPPED : RUN_REACHED;
}

/* QEMU 7.2 ends where a debug register matches what debug/breakpoint.c says of it: an INT3 in RAM then. */
static bool put_int3(u64 rip, struct gpa *gpa)
{
	struct cpu_state there = machine.cpu;
	struct guest_walk walk;

	there.rip = rip;
	walk = guest_linear_walk(&machine.cpu, guest_linear_rip(&there), 0);
	*gpa = walk.gpa;
	return walk.status == GUEST_WALK_OK && !guest_ram_is_patched(walk.gpa) &&
		guest_ram_patch(walk.gpa);
}

/*
 * RF lets the guest get past the breakpoint that it stands at (APM 2 13.1.4). No exception's frame may show it, so exceptions
 * exit.
 */
static enum exit_action run_to(u64 rip, struct vt_entry *entry, u64 limit, struct stop *stop)
{
	u64 rf = machine.cpu.rflags & RFLAGS_RF;
	struct vm_exit exit;

	if (machine.cpu.rip == rip) {
		machine.cpu.rflags |= RFLAGS_RF;
		entry->trap_exceptions = true;
	}
	run(entry, &exit);
	if (!rf)
		machine.cpu.rflags &= ~RFLAGS_RF;
	machine.drifts |= !stands_before_exit();
	return after_exit(&exit, limit, stop);
}

/* To the next time that the guest is about to execute the instruction at `rip`; where nothing can be put there, a step. */
static enum run_end next_visit(u64 rip, u64 limit, struct stop *stop)
{
	bool in_ram = !breakpoint_may_use_registers();
	struct vt_entry entry;
	struct gpa gpa;
	enum exit_action action;

	if (machine.inject.valid)
		return deliver_drifting(stop);
	if (breakpoint_passing() || (in_ram && machine.cpu.rip == rip))
		return step_drifting(limit, stop);
	if (in_ram && !put_int3(rip, &gpa))
		return step_drifting(limit, stop);
	entry_start(&entry);
	entry.trap_soft_int |= in_ram;
	if (!in_ram && !debug_slots_take(DEBUG_SLOT_PLACE, rip, 1, DEBUG_EXECUTE))
		return step_drifting(limit, stop);
	if (!in_ram)
		debug_slots_fill_entry(&entry);
	action = in_ram ? matched_enter(&entry, limit, stop) : run_to(rip, &entry, limit, stop);
	if (in_ram)
		guest_ram_unpatch(gpa);
	return action == STOP_FOR_DEBUGGER ? RUN_STOPPED : RUN_REACHED;
}

/*
 * To the next time that the guest touches a page: where the place is there because of what a device had written, the touch
 * is what exited while it was recorded, too. Touched and not there: the instruction runs, and the page is taken away again.
 */
static enum run_end next_touch(u64 frame, u64 limit, struct stop *stop)
{
	struct vt_entry entry;
	enum exit_action action;

	if (machine.inject.valid)
		return deliver_drifting(stop);
	if (breakpoint_passing() || npt_is_present(frame)) {
		npt_set_present(frame, true);
		if (machine.drifts && step_drifting(limit, stop) == RUN_STOPPED)
			return RUN_STOPPED;
		npt_set_present(frame, false);
	}
	entry_start(&entry);
	action = matched_enter(&entry, limit, stop);
	return action == STOP_FOR_DEBUGGER ? RUN_STOPPED : RUN_REACHED;
}

/* A loop that works in the page touches it all the time. */
#define TOUCHES_MAX 64

static enum run_end search(const struct place *place, u64 limit, struct stop *stop)
{
	u64 epoch = clock_epoch(machine.now), frame;
	bool by_touch = replay_place_is_a_touch(&frame);
	enum run_end end = RUN_REACHED;

	for (u64 visits = 0; end == RUN_REACHED && clock_epoch(machine.now) == epoch; visits++) {
		if (place_is_here(place)) {
			machine.now = place->event.instant;
			machine.drifts = false;
			break;
		}
		if (!machine.drifts)
			replay_checkpoint_here(); /* the search may be long, and broken off */
		if (by_touch && visits < TOUCHES_MAX)
			end = next_touch(frame, limit, stop);
		else
			end = next_visit(place->event.rip, limit, stop);
	}
	if (by_touch)
		npt_set_present(frame, true);
	return end;
}

/* Until the guest is there, or exits: then it never was. */
static enum run_end run_to_place(u64 limit, struct stop *stop)
{
	static struct place place;

	replay_next_place(&place);
	return search(&place, limit, stop);
}

bool matched_take_place(void)
{
	static struct place place;

	if (machine.mode != MODE_REPLAY || machine.drifts || !replay_next_place(&place) ||
		clock_epoch(place.event.instant) != clock_epoch(machine.now) + 1 ||
		!place_is_here(&place))
		return false;
	machine.now = place.event.instant;
	return true;
}

static enum run_end step_or_place(u64 limit, struct stop *stop)
{
	enum run_end end = RUN_REACHED;

	if (!matched_take_place())
		end = matched_step(limit, stop);
	if (end == RUN_REACHED)
		matched_take_place();
	return end;
}

static enum run_end stopped(struct stop *stop, enum stop_reason reason, const char *text)
{
	*stop = (struct stop){reason, 0, text};
	return RUN_STOPPED;
}

static enum run_end act(enum replay_next next, u64 limit, struct stop *stop)
{
	struct vt_entry entry;

	switch (next) {
	case REPLAY_STEP:
		return step_or_place(limit, stop);
	case REPLAY_MATCH:
		return run_to_place(limit, stop);
	case REPLAY_RUN:
	case REPLAY_FAULT:
		if (breakpoint_passing())
			return step_drifting(limit, stop);
		entry_start(&entry);
		return matched_enter(&entry, limit, stop) == STOP_FOR_DEBUGGER ? RUN_STOPPED
									       : RUN_REACHED;
	case REPLAY_DEVICE_WROTE:
		return exit_device_wrote(stop) ? RUN_STOPPED : RUN_REACHED;
	case REPLAY_DELIVER:
		matched_deliver(stop);
		break;
	case REPLAY_DELIVERED:
		break;
	case REPLAY_AT_END:
		return stopped(stop, STOP_HISTORY_END, NULL);
	case REPLAY_DIVERGED:
		return stopped(stop, STOP_DIVERGENCE, replay_divergence());
	}
	return RUN_REACHED;
}

static bool delivery_is_due(void)
{
	return machine.inject.valid && machine.inject.type != EVENT_EXCEPTION;
}

/* So far behind an epoch's beginning nobody has stepped: what is meant is somewhere there, and the next epoch will do. */
#define MOST_STEPS 5000000

enum run_end matched_replay(u64 wanted, struct stop *stop)
{
	u64 limit = wanted % EPOCH_INSTANTS > MOST_STEPS && wanted != RUN_NO_LIMIT
		? (clock_epoch(wanted) + 1) * EPOCH_INSTANTS
		: wanted;
	bool moves = machine.now < limit;
	u64 ignored;

	while (machine.now < limit) {
		if (!machine.drifts)
			replay_checkpoint_if_due();
		if (checkpoint_take_overflow())
			return stopped(stop, STOP_MONITOR_LIMIT,
				"no memory left for the pages that the guest changes: give the replay a larger log=");
		if (act(replay_prepare(limit, &ignored), limit, stop) == RUN_STOPPED)
			return RUN_STOPPED;
	}
	if (delivery_is_due() && machine.now == limit && !replay_comes_first())
		matched_deliver(stop);
	if (moves)
		matched_take_place();
	return RUN_REACHED;
}

enum run_end matched_step_in_past(struct stop *stop)
{
	enum run_end end;
	u64 before;

	matched_take_place();
	before = machine.now;
	end = run_until(before + 1, stop);
	if (end == RUN_REACHED && stands_before_exit() && machine.mode == MODE_REPLAY &&
		before % EPOCH_INSTANTS && machine.now < replay_end())
		end = run_until(machine.now + 1, stop);
	return end;
}

enum exit_action matched_branch(u64 limit, struct stop *stop)
{
	struct vt_entry entry;

	machine.drifts = false;
	if (limit != RUN_NO_LIMIT || breakpoint_passing())
		return matched_step(limit, stop) == RUN_STOPPED ? STOP_FOR_DEBUGGER : RESUME_GUEST;
	entry_start(&entry);
	return matched_enter(&entry, RUN_NO_LIMIT, stop);
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * seek = nearest checkpoint before, then forward. reverse-continue = from each checkpoint before,
 * latest first, run forward with breakpoints in and remember the last stop before where we came
 * from; then seek to it.
 */
#include "exit/timeline.h"

#include "clock/instruction_clock.h"
#include "debug/breakpoint.h"
#include "debug/exceptions.h"
#include "exit/matched.h"
#include "exit/run.h"
#include "lib/format.h"
#include "record/record.h"
#include "record/record_dma.h"
#include "replay/checkpoint.h"
#include "replay/place.h"
#include "replay/replay.h"
#include "vt/machine.h"

static const struct stop at_begin = {STOP_HISTORY_BEGIN, 0, NULL};
static const struct stop at_end = {STOP_HISTORY_END, 0, NULL};
static const struct stop step_done = {STOP_STEP, 0, NULL};
static const struct stop no_memory = {STOP_MONITOR_LIMIT, 0,
	"no memory left to keep the live end: the monitor needs a larger log (log=, --log) to travel that far"};

u64 timeline_begin(void)
{
	return checkpoint_count() ? record_history_begin() : machine.now;
}

u64 timeline_end(void)
{
	return machine_in_past() ? replay_end() : machine.now;
}

/*
 * A checkpoint to start from: the current state will do if it lies between checkpoint and target.
 */
static bool start_before(u64 instant)
{
	unsigned i = checkpoint_before(instant);

	if (machine.mode == MODE_REPLAY && !machine.drifts && machine.now <= instant &&
		machine.now >= checkpoint_at(i)->instant)
		return true;
	return replay_restore(i);
}

/* The devices have gone on meanwhile: what they wrote comes in as the guest touches it. */
static struct stop go_live(void)
{
	if (!replay_go_live())
		return no_memory;
	record_dma_back();
	return at_end;
}

/* From the live end or from the past, wherever we are. False: we are still there. */
static bool depart_before(u64 instant)
{
	bool was_live = machine.mode == MODE_RECORD;

	if (was_live) {
		record_dma_settle();
		record_dma_sync();
		if (!replay_enter_past())
			return false;
	}
	if (start_before(instant))
		return true;
	if (was_live)
		go_live();
	return false;
}

/*
 * Breakpoints are out. A long way leaves checkpoints, each three quarters of what is left nearer to the target, so that the
 * next steps back are short. False: stop is filled.
 */
static bool travel_by_halts(u64 instant, struct stop *stop)
{
	u64 halt;

	if (!depart_before(instant)) {
		*stop = no_memory;
		return false;
	}
	while ((halt = replay_halt_on_the_way(instant)) < instant) {
		if (run_until(halt, stop) == RUN_STOPPED)
			return false;
		replay_checkpoint_here();
	}
	return run_until(instant, stop) == RUN_REACHED;
}

static void arm(void)
{
	breakpoint_arm(ARM_SILENTLY);
	exceptions_arm();
}

static void disarm(void)
{
	exceptions_disarm();
	breakpoint_disarm();
}

/* ---- by state match: giving a state its instant ---- */

#define STEPS_A_CHECKPOINT 1024

/* One instruction on, from an exact instant. Now and then a checkpoint, so that what is near can be come to again soon. */
static enum run_end count_one(u64 *steps, struct stop *stop)
{
	if (++*steps % STEPS_A_CHECKPOINT == 0)
		replay_checkpoint_here();
	return run_until(machine.now + 1, stop);
}

/*
 * Stopped where the guest drifts: to the last exact instant, and on by steps until the state is the same. What else stops it
 * on the way is the stop then.
 */
static void locate(struct stop *stop)
{
	static struct place state;
	u64 epoch = clock_epoch(machine.now), steps = 0;
	struct stop other;

	if (!machine.drifts || machine.mode != MODE_REPLAY || stop->reason == STOP_DIVERGENCE ||
		stop->reason == STOP_MONITOR_LIMIT)
		return;
	place_take(&state);
	disarm();
	if (!travel_by_halts(machine.now, &other)) {
		*stop = other;
		return;
	}
	if (stop->reason == STOP_BREAK_IN)
		return; /* just anywhere: the last exact instant will do, and is there at once */
	while (!place_is_here(&state)) {
		if (clock_epoch(machine.now) > epoch) {
			replay_diverge("the guest came to rip 0x%lx and does not come there again",
				state.event.rip);
			*stop = (struct stop){STOP_DIVERGENCE, 0, replay_divergence()};
			return;
		}
		if (count_one(&steps, &other) == RUN_STOPPED) {
			*stop = other;
			return;
		}
	}
}

static bool travel_to(u64 instant, struct stop *stop)
{
	bool arrived = travel_by_halts(instant, stop);

	if (!arrived)
		locate(stop);
	return arrived;
}

/*
 * The last state before the epoch that begins here. Where it begins with an exit, the last name in the epoch before is one
 * for the same state; so is the first one, where it begins with a place that the guest was at already.
 */
static struct stop seek_before_epoch(u64 here)
{
	bool by_exit = here % EPOCH_INSTANTS == 0;
	u64 first, last, previous, steps = 0;
	struct stop stop;

	if (!travel_to(max_u64((clock_epoch(here) - 1) * EPOCH_INSTANTS, timeline_begin()), &stop))
		return stop;
	first = last = previous = machine.now;
	while (machine.now < here && !matched_take_place()) {
		previous = last;
		last = machine.now;
		if (count_one(&steps, &stop) == RUN_STOPPED)
			return stop;
	}
	if (steps != by_exit)
		return timeline_seek(by_exit ? previous : last);
	stop = timeline_seek(first);
	return machine.now == first ? timeline_reverse_step() : stop;
}

static bool epoch_begins_here(void)
{
	return !clock_counts() && (machine.now % EPOCH_INSTANTS == 0 || replay_is_at_place());
}

/* ---- to an instant ---- */

/* Replay has come to the live end by itself: is it the state that was left there? */
static bool arrived_as_left(struct stop *stop)
{
	const struct checkpoint *end = checkpoint_at(checkpoint_count() - 1);
	u64 frame;

	if (machine.cpu.rip != end->cpu.rip)
		return true; /* the end lies behind an exception at this same instant */
	for (unsigned i = 0; i < GPR_COUNT; i++)
		if (machine.cpu.gpr[i] != end->cpu.gpr[i])
			replay_diverge("register %u is 0x%lx at the live end, replay made 0x%lx", i,
				end->cpu.gpr[i], machine.cpu.gpr[i]),
				stop->reason = STOP_DIVERGENCE;
	if (!checkpoint_ram_equals_newest(&frame))
		replay_diverge("page 0x%lx differs from the live end", frame << PAGE_SHIFT),
			stop->reason = STOP_DIVERGENCE;
	if (stop->reason == STOP_DIVERGENCE)
		stop->text = replay_divergence();
	return stop->reason != STOP_DIVERGENCE;
}

/* At the end of history by replay: compare, then the live end itself. */
static struct stop finish_at_end(void)
{
	struct stop stop = at_end;

	if (!replay_has_live_end())
		return stop;
	return arrived_as_left(&stop) ? go_live() : stop;
}

struct stop timeline_seek_end(void)
{
	if (machine_in_past() && !replay_has_live_end())
		return timeline_seek(timeline_end());
	return machine_in_past() ? go_live() : at_end;
}

struct stop timeline_seek(u64 instant)
{
	struct stop stop;

	if (instant < timeline_begin())
		instant = timeline_begin();
	if (instant >= timeline_end())
		instant = timeline_end();
	if (machine.mode == MODE_RECORD && instant == machine.now)
		return at_end;
	if (!travel_to(instant, &stop))
		return stop;
	if (instant == timeline_end())
		return finish_at_end();
	return instant == timeline_begin() ? at_begin : step_done;
}

/* A branch is left by going back: to where it began. */
static struct stop leave_branch(void)
{
	static char text[80];
	struct stop stop = timeline_seek(replay_branch_start());

	format(text, sizeof(text), "what-if branch discarded: back at @%lu of the recording",
		machine.now);
	stop.text = text;
	return stop;
}

struct stop timeline_reverse_step(void)
{
	struct stop stop;

	if (machine.mode == MODE_BRANCH)
		return leave_branch();
	if (machine.mode == MODE_LIVE || machine.now <= timeline_begin())
		return at_begin;
	stop = epoch_begins_here() ? seek_before_epoch(machine.now)
				   : timeline_seek(machine.now - 1);
	if (stop.reason == STOP_HISTORY_BEGIN)
		stop = step_done; /* the next one will say that this is the beginning */
	return stop;
}

/* ---- backwards to a breakpoint ---- */

struct hit {
	bool found;
	u64 instant, rip;
	unsigned drifting; /* by state match: so many stops behind `instant`; 0 = it is exact */
	struct stop stop;
};

static bool is_breakpoint_stop(const struct stop *stop)
{
	return (stop->reason >= STOP_SW_BREAKPOINT && stop->reason <= STOP_WATCH_ACCESS) ||
		stop->reason == STOP_EXCEPTION;
}

static bool is_watch_stop(const struct stop *stop)
{
	return stop->reason >= STOP_WATCH_WRITE && stop->reason <= STOP_WATCH_ACCESS;
}

/* A watchpoint stops after the access; backwards, the stop is before it. */
static void note(struct hit *hit, const struct stop *stop)
{
	unsigned before = hit->found && hit->instant == machine.now ? hit->drifting : 0;

	if (machine.drifts)
		*hit = (struct hit){true, machine.now, machine.cpu.rip, before + 1, *stop};
	else
		*hit = (struct hit){true, machine.now - is_watch_stop(stop), machine.cpu.rip, 0,
			*stop};
}

/* Runs the instruction under a breakpoint without it. */
static enum run_end step_over(struct stop *stop)
{
	enum run_end end;

	disarm();
	end = machine.drifts ? matched_step(RUN_NO_LIMIT, stop) : run_until(machine.now + 1, stop);
	arm();
	return end;
}

/* The last hit in [now, limit). False: stop says what else happened. */
static bool scan(u64 limit, struct hit *hit, struct stop *stop)
{
	enum run_end end;

	arm();
	do {
		end = run_until(limit, stop);
		if (end == RUN_STOPPED && is_breakpoint_stop(stop) &&
			(machine.now < limit || is_watch_stop(stop))) {
			note(hit, stop);
			end = RUN_REACHED;
			if (machine.now < limit && !is_watch_stop(stop))
				end = step_over(stop);
		}
	} while (end == RUN_REACHED && machine.now < limit);
	disarm();
	return end == RUN_REACHED;
}

/* By state match: the stops behind the hit's instant again, and then what instant the last one has. */
static struct stop land_drifting(const struct hit *hit)
{
	struct stop stop = {.reason = STOP_STEP};
	enum run_end end = RUN_REACHED;

	arm();
	for (unsigned i = 0; i < hit->drifting; i++) {
		if (i && !is_watch_stop(&stop))
			end = step_over(&stop);
		if (end == RUN_REACHED)
			end = run_until(RUN_NO_LIMIT, &stop);
		if (end != RUN_STOPPED || !is_breakpoint_stop(&stop))
			break;
		end = RUN_REACHED;
	}
	disarm();
	locate(&stop);
	if (is_watch_stop(&stop) && !machine.drifts)
		timeline_reverse_step();
	return stop.reason == hit->stop.reason ? hit->stop : stop;
}

/* To the hit's instant; an exception in between may have the same instant, so RIP must fit, too. */
static struct stop land(const struct hit *hit)
{
	struct stop stop = timeline_seek(hit->instant);

	if (hit->drifting && machine.now == hit->instant)
		return land_drifting(hit);
	if (machine.now != hit->instant || stop.reason == STOP_DIVERGENCE)
		return stop;
	if (!is_watch_stop(&hit->stop) && machine.cpu.rip != hit->rip) {
		arm();
		run_until(hit->instant + 1, &stop);
		disarm();
	}
	return hit->stop;
}

struct stop timeline_reverse_continue(void)
{
	struct hit hit = {.found = false};
	struct stop stop;
	u64 limit = machine.now;

	if (machine.mode == MODE_BRANCH)
		return leave_branch();
	if (machine.mode == MODE_LIVE || machine.now <= timeline_begin())
		return at_begin;
	while ((breakpoint_any() || exceptions_any()) && limit > timeline_begin() && !hit.found) {
		u64 from = checkpoint_at(checkpoint_before(limit - 1))->instant;

		if (!travel_to(from, &stop) || !scan(limit, &hit, &stop))
			return stop;
		limit = from;
	}
	return hit.found ? land(&hit) : timeline_seek(timeline_begin());
}

/* ---- forwards ---- */

struct stop timeline_continue(void)
{
	struct stop stop;
	enum run_end end = run_until(RUN_NO_LIMIT, &stop);

	if (end == RUN_STOPPED)
		locate(&stop);

	if (end == RUN_STOPPED && stop.reason == STOP_HISTORY_END && machine.mode == MODE_REPLAY)
		return finish_at_end();
	return stop;
}

/*
 * A step that arrives at the live end is a step like any other, and the next one is live: gdb does not get over an end of
 * history in the middle of stepping off a breakpoint.
 */
struct stop timeline_step(void)
{
	struct stop stop = step_done;

	if (machine.mode == MODE_REPLAY && machine.now == replay_end()) {
		stop = finish_at_end();
		if (stop.reason != STOP_HISTORY_END)
			return stop;
	}
	if (run_step(&stop) == RUN_STOPPED)
		return stop;
	if (machine.mode == MODE_REPLAY && machine.now == replay_end())
		stop = finish_at_end();
	return stop.reason == STOP_DIVERGENCE || stop.reason == STOP_MONITOR_LIMIT ? stop
										   : step_done;
}

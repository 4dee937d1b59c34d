/* SPDX-License-Identifier: EPL-2.0 */
#include "replay/replay.h"

#include "clock/instruction_clock.h"
#include "cpu/fpu.h"
#include "dev/lapic.h"
#include "dma/pages.h"
#include "lib/format.h"
#include "lib/string.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "replay/checkpoint.h"
#include "replay/place.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

/* A step back over no more than this takes a fraction of a millisecond. */
#define NEAR_EVENTS       4
#define NEAR_INSTRUCTIONS 2000

static u64 cursor;      /* log position of the next event */
static u64 end_instant; /* the live end */
static bool made_elsewhere;
static u64 branch_start;
static char divergence[400];
static const char *hint = "";
static u8 event_data[TRACE_DATA_MAX];

bool replay_enter_past(void)
{
	if (!checkpoint_take(CHECKPOINT_AUTOMATIC, log_ring_end()))
		return false;
	end_instant = machine.now;
	cursor = log_ring_end();
	machine.mode = MODE_REPLAY;
	lapic_borrow();
	return true;
}

void replay_begin(u64 log_position, u64 end)
{
	machine.mode = MODE_REPLAY;
	end_instant = end;
	cursor = log_position;
	made_elsewhere = true;
	fpu_load(&machine.cpu);
	npt_protect_all(false);
	npt_trap_devices(true);
	lapic_borrow();
	checkpoint_take(CHECKPOINT_AUTOMATIC, cursor);
}

bool replay_has_live_end(void)
{
	return !made_elsewhere;
}

void replay_checkpoint_if_due(void)
{
	if (!made_elsewhere || machine.mode != MODE_REPLAY)
		return;
	if (machine.now > checkpoint_at(checkpoint_count() - 1)->instant &&
		checkpoint_is_due(cursor, log_ring_size(), clock_counts()))
		checkpoint_take(CHECKPOINT_AUTOMATIC, cursor);
}

u64 replay_end(void)
{
	return end_instant;
}

u64 replay_cursor(void)
{
	return cursor;
}

bool replay_restore(unsigned checkpoint)
{
	const struct checkpoint *restored = checkpoint_restore(checkpoint);

	if (!restored)
		return false;
	cursor = restored->log_position;
	machine.mode = MODE_REPLAY;
	return true;
}

bool replay_checkpoint_here(void)
{
	return checkpoint_take(CHECKPOINT_TEMPORARY, cursor);
}

/* The instant of event `number` from here on, counted from 0; or how many there are before `limit`. */
static u64 scan_events(u64 number, u64 limit, u64 *count)
{
	struct trace_event event;
	u64 at = cursor, instant = limit;

	for (*count = 0; *count <= number && log_ring_read(at, &event, NULL); ++*count) {
		if (event.instant >= limit)
			break;
		instant = event.instant;
		at = log_ring_next(at, &event);
	}
	return instant;
}

u64 replay_halt_on_the_way(u64 instant)
{
	u64 left = instant - machine.now, events, halt = machine.now, ignored;

	scan_events(~0ull - 1, instant, &events);
	if (left > NEAR_INSTRUCTIONS &&
		(clock_counts() || clock_epoch(instant) == clock_epoch(machine.now)))
		halt = instant - left / 4;
	if (events > NEAR_EVENTS)
		halt = max_u64(halt, scan_events(events - events / 4, instant, &ignored));
	return halt > machine.now ? halt : instant;
}

bool replay_go_live(void)
{
	if (!replay_restore(checkpoint_count() - 1))
		return false;
	lapic_return();
	machine.mode = MODE_RECORD;
	return true;
}

const char *replay_divergence(void)
{
	return divergence;
}

void replay_hint(const char *text)
{
	hint = text;
}

bool replay_diverge(const char *fmt, ...)
{
	char what[160];
	va_list args;

	va_start(args, fmt);
	vformat(what, sizeof(what), fmt, args);
	va_end(args);
	format(divergence, sizeof(divergence), "replay diverged at @%lu, rip 0x%lx: %s%s",
		machine.now, machine.cpu.rip, what, hint);
	return false;
}

static void diverge_from(const struct trace_event *expected, const char *found)
{
	char line[120];

	event_describe(expected, line, sizeof(line));
	replay_diverge("the log has %s; the guest %s", line, found);
}

static void apply_registers(const void *data)
{
	memcpy(&machine.cpu, data, sizeof(machine.cpu));
	fpu_load(&machine.cpu);
}

static void pass(const struct trace_event *event)
{
	machine.cpu.tsc_ahead += event->tsc_jump;
	machine.events++;
	cursor = log_ring_next(cursor, event);
}

/* A run of debugger writes stands at one instant and takes one tick. */
static void apply_debugger_writes(u64 instant)
{
	struct trace_event event;

	while (log_ring_read(cursor, &event, event_data) && event_is_debugger_write(event.kind) &&
		event.instant == instant) {
		if (event.kind == EVENT_DEBUGGER_REGISTERS)
			apply_registers(event_data);
		else
			guest_ram_write((struct gpa){event.address}, event_data, event.data_length);
		pass(&event);
	}
}

static void apply_dma(const struct trace_event *event)
{
	log_ring_read(cursor, &(struct trace_event){0}, event_data);
	pages_apply((struct gpa){event->address}, event_data, event->data_length);
	pass(event);
}

static void deliver(const struct trace_event *event)
{
	if (event->kind == EVENT_DMA) {
		apply_dma(event);
	} else if (event_is_debugger_write(event->kind)) {
		apply_debugger_writes(event->instant);
	} else {
		machine.inject = (struct vt_event){.valid = true,
			.type = event->kind == EVENT_GUEST_NMI ? EVENT_NMI : EVENT_INTERRUPT,
			.vector = (u8)event->address};
		machine.cpu.halted = false;
		pass(event);
	}
	machine.now++;
}

/* Towards `target`: by state match a target in this epoch is reached by steps, or by the exit that the guest stands before. */
static enum replay_next run_or_step(u64 target)
{
	if (clock_counts() || clock_epoch(target) != clock_epoch(machine.now) ||
		target == machine.now)
		return REPLAY_RUN;
	return REPLAY_STEP;
}

/* Past the last event: what is left of history is plain execution. */
static enum replay_next prepare_tail(u64 limit, u64 *instructions)
{
	if (machine.now >= end_instant)
		return REPLAY_AT_END;
	if (machine.cpu.halted) {
		replay_diverge("the guest halts and the log has nothing to wake it");
		return REPLAY_DIVERGED;
	}
	*instructions = min_u64(limit, end_instant) - machine.now;
	return run_or_step(min_u64(limit, end_instant));
}

/*
 * The recorder noticed too late that a device writes this page: what the past has shown of it is not certain. Said once
 * for each time that a replay comes here from before.
 */
static bool crosses_late(const struct trace_event *event)
{
	static u64 said_at = ~0ull;

	if (event->kind != EVENT_DMA || event->width != DMA_LATE || said_at == cursor)
		return false;
	said_at = cursor;
	replay_diverge("a device had written page 0x%lx without the recorder's knowledge by now; "
		       "what the replay showed of it before is not certain. Going on is possible",
		event->address);
	return true;
}

/* A device's bytes came while an event was on its way, by a touch of the stack: they have its RIP still. */
static bool comes_first(const struct trace_event *event)
{
	return event->kind == EVENT_DMA && event->rip == machine.cpu.rip;
}

bool replay_next_event(struct trace_event *event)
{
	return log_ring_read(cursor, event, NULL);
}

bool replay_next_place(struct place *place)
{
	if (!log_ring_read(cursor, &place->event, event_data) || place->event.kind != EVENT_PLACE)
		return false;
	place->event.data_length = (u32)min_u64(place->event.data_length,
		sizeof(place->page)); /* as we write them */
	memcpy(place->page, event_data, place->event.data_length);
	return true;
}

bool replay_place_is_a_touch(u64 *frame)
{
	struct trace_event place, next;

	if (!log_ring_read(cursor, &place, NULL) ||
		!log_ring_read(log_ring_next(cursor, &place), &next, NULL))
		return false;
	*frame = next.address >> PAGE_SHIFT;
	return place.kind == EVENT_PLACE && next.kind == EVENT_DMA &&
		next.instant == place.instant && *frame < npt_ram_frames();
}

bool replay_is_at_place(void)
{
	u64 at = machine_in_past() ? cursor : log_ring_end();
	struct trace_event event;

	if (machine_in_past() && replay_next_event(&event) && event.kind == EVENT_PLACE &&
		event.instant == machine.now)
		return true;
	while (log_ring_previous(at, &at) && log_ring_read(at, &event, NULL) &&
		event.instant >= machine.now)
		if (event.kind == EVENT_PLACE && event.instant == machine.now)
			return true;
	return false;
}

bool replay_is_due(void)
{
	struct trace_event event;

	return machine.mode == MODE_REPLAY && replay_next_event(&event) &&
		event_is_asynchronous(event.kind) && event.instant == machine.now;
}

bool replay_comes_first(void)
{
	struct trace_event event;

	return log_ring_read(cursor, &event, NULL) && event.instant == machine.now &&
		comes_first(&event);
}

static bool is_at_next_place(void)
{
	static struct place place;

	return replay_next_place(&place) && place_is_here(&place);
}

enum replay_next replay_prepare(u64 limit, u64 *instructions)
{
	struct trace_event event;
	bool asynchronous;

	if (!log_ring_read(cursor, &event, NULL))
		return prepare_tail(limit, instructions);
	asynchronous = event_is_asynchronous(event.kind);
	if (asynchronous && event.instant == machine.now && machine.inject.valid &&
		!comes_first(&event)) {
		*instructions =
			0; /* one at a time: this one came at the handler of the one before */
		return clock_counts() ? REPLAY_RUN : REPLAY_DELIVER;
	}
	if (event.kind == EVENT_PLACE && event.instant == machine.now) {
		if (!is_at_next_place()) {
			diverge_from(&event, "is in another state");
			return REPLAY_DIVERGED;
		}
		pass(&event);
		return REPLAY_DELIVERED;
	}
	if (asynchronous && event.instant == machine.now) {
		if (event.rip != machine.cpu.rip && !machine.cpu.halted) {
			if (clock_counts())
				return REPLAY_FAULT;
			diverge_from(&event, "is at another instruction");
			return REPLAY_DIVERGED;
		}
		if (crosses_late(&event))
			return REPLAY_DIVERGED;
		deliver(&event);
		return event.kind == EVENT_DMA ? REPLAY_DEVICE_WROTE : REPLAY_DELIVERED;
	}
	if (event.instant < machine.now || machine.cpu.halted) {
		diverge_from(&event, machine.cpu.halted ? "has halted" : "has run past it");
		return REPLAY_DIVERGED;
	}
	*instructions = min_u64(limit, asynchronous ? event.instant : event.instant + 1) -
		machine.now;
	if (!clock_counts() && event.kind == EVENT_PLACE &&
		clock_epoch(limit) >= clock_epoch(event.instant) &&
		clock_epoch(event.instant) == clock_epoch(machine.now) + 1)
		return REPLAY_MATCH;
	return run_or_step(min_u64(limit, event.instant));
}

static bool is_output(u16 kind)
{
	return kind == EVENT_PORT_WRITE || kind == EVENT_DEVICE_WRITE || kind == EVENT_MSR_WRITE ||
		kind == EVENT_CR8_WRITE;
}

/* Width 0 in the log: the MSR was not there, whatever was asked for. */
static bool same_request(const struct trace_event *logged, const struct trace_event *found,
	const void *data)
{
	if (logged->kind != found->kind || logged->address != found->address ||
		logged->instant != found->instant || logged->rip != found->rip ||
		(logged->width && logged->width != found->width))
		return false;
	if (!is_output(found->kind))
		return !found->data_length || logged->data_length == found->data_length;
	return logged->value == found->value && logged->data_length == found->data_length &&
		(!data || !memcmp(data, event_data, logged->data_length));
}

bool replay_event(struct trace_event *event, void *data)
{
	struct trace_event logged;
	char found[120];

	event->instant = machine.now;
	event->rip = machine.cpu.rip;
	event_describe(event, found, sizeof(found));
	if (!log_ring_read(cursor, &logged, event_data))
		return replay_diverge("the guest does %s after the last event of the log", found);
	if (!same_request(&logged, event, data)) {
		char line[140];

		format(line, sizeof(line), "does %s", found);
		diverge_from(&logged, line);
		return false;
	}
	event->value = logged.value;
	event->width = logged.width;
	event->data_length = logged.data_length;
	if (data && !is_output(event->kind))
		memcpy(data, event_data, logged.data_length);
	pass(&logged);
	return true;
}

bool replay_branch(void)
{
	if (machine.mode == MODE_BRANCH)
		return true;
	if (!replay_checkpoint_here())
		return false;
	branch_start = machine.now;
	machine.mode = MODE_BRANCH;
	return true;
}

u64 replay_branch_start(void)
{
	return branch_start;
}

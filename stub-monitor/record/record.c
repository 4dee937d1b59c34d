/* SPDX-License-Identifier: EPL-2.0 */
#include "record/record.h"

#include "clock/instruction_clock.h"
#include "cpu/regs.h"
#include "lib/printk.h"
#include "npt/npt.h"
#include "record/record_dma.h"
#include "replay/checkpoint.h"
#include "replay/place.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

#define MAX_TSC_JUMP 0xffffffffull

/* Ticks of the TSC: tenths of a second, and seconds. */
#define CHECKPOINT_TIME     200000000ull
#define CHECKPOINT_TIME_MAX 4000000000ull

static bool in_debugger_write;
static u64 number;

u64 record_number(void)
{
	return number;
}

static void begin_history(void)
{
	machine.mode = MODE_RECORD;
	machine.now = clock_first_instant();
	machine.drifts = false;
	machine.events = 0;
	machine.tsc_logged = !clock_counts();
	machine.cpu.tsc_ahead = clock_counts() ? rdtsc() : 0;
	number++;
	log_ring_reset();
	checkpoint_reset();
	npt_protect_all(false);
	npt_trap_devices(true);
	checkpoint_take(CHECKPOINT_AUTOMATIC, 0);
	in_debugger_write = false;
}

void record_begin(void)
{
	record_dma_begin();
	begin_history();
}

void record_end(void)
{
	record_dma_end();
	machine.mode = MODE_LIVE;
	machine.tsc_logged = false;
	machine.awaiting_window = false;
	checkpoint_reset();
	log_ring_reset();
	npt_protect_all(true);
	npt_trap_devices(false);
}

/* Said the 1st, 2nd, 4th, 8th... time: a guest can make it happen many times a second. */
static void begin_anew(void)
{
	static u64 times;

	times++;
	if ((times & (times - 1)) == 0)
		printk("log memory too small for what happens between two checkpoints: history begins anew (%lu times)",
			times);
	begin_history();
}

/* One instruction logs at most two device accesses, or one batch of string I/O. */
#define RESERVE (2 * TRACE_DATA_MAX)

/*
 * Called between instructions only: a checkpoint in the middle of one would have seen its first event and not its
 * effect. The oldest segment goes; if there is but one, a checkpoint here ends it.
 */
static void make_room(void)
{
	while (!log_ring_has_room(RESERVE)) {
		record_place();
		if (!checkpoint_drop_oldest() &&
			!(checkpoint_take(CHECKPOINT_AUTOMATIC, log_ring_end()) &&
				checkpoint_drop_oldest())) {
			begin_anew();
			return;
		}
		log_ring_drop(checkpoint_at(0)->log_position);
	}
}

/* How far the guest's TSC is behind the machine's. A guest that has set the machine's back waits for it. */
static u32 tsc_jump(void)
{
	long behind = (long)(rdtsc() - machine_tsc());

	if (machine.tsc_logged)
		return 0;
	return behind > 0 ? (u32)min_u64((u64)behind, MAX_TSC_JUMP) : 0;
}

void record_event(struct trace_event *event, const void *data)
{
	if (!event_is_asynchronous(event->kind))
		clock_anchor();
	event->instant = machine.now;
	event->rip = machine.cpu.rip;
	event->tsc_jump = tsc_jump();
	log_ring_append(event, data);
	machine.cpu.tsc_ahead += event->tsc_jump;
	machine.events++;
}

void record_place(void)
{
	static struct place place;

	if (!machine.drifts)
		return;
	place_take(&place);
	machine.now = clock_next_place();
	machine.drifts = false;
	record_event(&place.event, place.page);
}

void record_asynchronous(struct trace_event *event, const void *data)
{
	record_place();
	make_room();
	record_event(event, data);
	machine.now++;
	in_debugger_write = false;
}

void record_delivery(const struct vt_event *delivery)
{
	struct trace_event event = {.kind = delivery->type == EVENT_NMI ? EVENT_GUEST_NMI
									: EVENT_GUEST_INTERRUPT,
		.address = delivery->vector};

	if (machine.mode == MODE_RECORD) {
		record_place();
		record_dma_before_delivery();
		record_event(&event, NULL);
	}
	machine.inject = *delivery;
	machine.cpu.halted = false;
	machine.now++;
}

void record_debugger_write(struct trace_event *event, const void *data)
{
	record_place();
	make_room();
	if (in_debugger_write && !checkpoint_at_instant(machine.now))
		machine.now--;
	record_event(event, data);
	machine.now++;
	in_debugger_write = true;
}

void record_guest_ran(void)
{
	in_debugger_write = false;
}

/*
 * By state match a checkpoint waits until instants are exact again; but not for ever, since the pages that change take
 * memory. A place costs the replay more than its 48 bytes: each time that the guest comes by there it is looked at.
 */
static bool is_time_for_a_checkpoint(void)
{
	static u64 last;
	bool due = checkpoint_is_due(log_ring_end(), log_ring_size(), clock_counts());

	if (clock_counts())
		return due;
	due = due || clock_time() - last >= CHECKPOINT_TIME;
	if (!due || (machine.drifts && clock_time() - last < CHECKPOINT_TIME_MAX))
		return false;
	last = clock_time();
	record_place();
	return true;
}

void record_checkpoint_if_due(void)
{
	if (checkpoint_take_overflow()) {
		begin_anew();
		return;
	}
	if (is_time_for_a_checkpoint() || record_dma_wants_settling()) {
		record_place();
		record_dma_settle();
		checkpoint_take(CHECKPOINT_AUTOMATIC, log_ring_end());
		record_dma_after_checkpoint();
	}
	make_room();
}

u64 record_history_begin(void)
{
	return checkpoint_at(0)->instant;
}

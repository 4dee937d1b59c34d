/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The guest's first touch of a page that a device may write (docs/decisions/0014), and watchpoints on such pages. What
 * came in has ticks of its own, before the instruction that touches it.
 */
#include "exit/exit.h"

#include "debug/breakpoint.h"
#include "insn/insn_address.h"
#include "lib/format.h"
#include "npt/guest_linear.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "record/record_dma.h"
#include "replay/replay.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

/* In the past nothing comes in but by the log. */
static void make_present(u64 frame)
{
	if (machine.mode == MODE_RECORD)
		record_dma_touch(frame);
	else
		npt_set_present(frame, true);
}

/* The event that wrote the page last; false: none since the last event of another kind. */
static bool find_writer(u64 page, struct trace_event *event)
{
	u64 position = machine_in_past() ? replay_cursor() : log_ring_end();

	while (log_ring_previous(position, &position) && log_ring_read(position, event, NULL) &&
		event->kind == EVENT_DMA)
		if (event->address == page)
			return true;
	return false;
}

/* The debug registers watch linear addresses: a write to the same memory by another one is not seen when it is made. */
static const char through_another_address[] =
	"changed some time before, and not by this address: the page is mapped at another one, too";

bool exit_device_wrote(struct stop *stop)
{
	static char text[200];
	char line[160];
	struct trace_event event;
	struct guest_walk walk;

	if (!breakpoint_watch_changed(stop))
		return false;
	walk = guest_linear_walk(&machine.cpu, (struct gla){stop->address}, 0);
	stop->text = through_another_address;
	if (!find_writer(walk.gpa.addr & ~PAGE_MASK, &event))
		return true;
	event_describe(&event, line, sizeof(line));
	format(text, sizeof(text), "written by a device, not by the guest: %s", line);
	stop->text = text;
	return true;
}

enum exit_action exit_device_page(const struct vm_exit *exit, struct stop *stop)
{
	u64 before = machine.now;

	make_present(exit->gpa.addr >> PAGE_SHIFT);
	if (exit->write)
		guest_ram_prepare_write(exit->gpa.addr >> PAGE_SHIFT);
	return machine.now > before && exit_device_wrote(stop) ? STOP_FOR_DEBUGGER : RESUME_GUEST;
}

static void touch(u64 address)
{
	struct guest_walk walk = guest_linear_walk(&machine.cpu, (struct gla){address}, 0);

	if (walk.status == GUEST_WALK_OK && npt_kind(walk.gpa) == MEMORY_RAM)
		record_dma_touch(walk.gpa.addr >> PAGE_SHIFT);
}

/* One batch of INS and OUTS stays within a page; an element may cross into the next. */
static void touch_operand(enum segment_name segment, u64 offset)
{
	u64 address = machine.cpu.segment[segment].base + offset;

	touch(address);
	touch(address + sizeof(u64) - 1);
}

bool exit_touch_strings(const struct insn *insn, struct stop *stop)
{
	u64 before = machine.now;

	if (machine.mode != MODE_RECORD || insn->form != INSN_FORM_STRING)
		return true;
	touch_operand((enum segment_name)insn->segment, machine.cpu.gpr[RSI]);
	touch_operand(SEG_ES, machine.cpu.gpr[RDI]);
	return machine.now == before || !exit_device_wrote(stop);
}

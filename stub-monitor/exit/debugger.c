/* SPDX-License-Identifier: EPL-2.0 */
/* The answer to debug/debugger.h. */
#include "debug/debugger.h"

#include "clock/instruction_clock.h"
#include "cpu/fpu.h"
#include "cpu/regs.h"
#include "debug/breakpoint.h"
#include "debug/exceptions.h"
#include "exit/run.h"
#include "dev/iommu.h"
#include "dma/change.h"
#include "dma/described.h"
#include "exit/timeline.h"
#include "lib/crc32c.h"
#include "lib/format.h"
#include "lib/panic.h"
#include "lib/printk.h"
#include "lib/string.h"
#include "npt/guest_linear.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "record/adopt.h"
#include "record/record.h"
#include "record/record_dma.h"
#include "replay/checkpoint.h"
#include "replay/place.h"
#include "replay/ram_hash.h"
#include "replay/replay.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

#define LINE 200

/* Where the last stop at an exception was: going on from there the guest takes it. */
static struct {
	bool valid;
	u64 rip, instant;
} reported;

static bool take_reported_exception(void)
{
	bool here = reported.valid && machine.cpu.rip == reported.rip &&
		(machine.mode == MODE_LIVE || machine.now == reported.instant);

	reported.valid = false;
	return here;
}

static struct stop step_in_range(const struct resume *resume)
{
	struct stop stop;

	do {
		stop = timeline_step();
		exceptions_arm();
	} while (resume->kind == RESUME_RANGE_STEP && stop.reason == STOP_STEP &&
		machine.cpu.rip - resume->range_start < resume->range_end - resume->range_start);
	return stop;
}

static struct stop forward(const struct resume *resume)
{
	struct stop stop = {.reason = STOP_STEP};

	breakpoint_arm(ARM_ALOUD);
	if (!take_reported_exception())
		exceptions_arm();
	else if (resume->kind == RESUME_CONTINUE)
		stop = timeline_step();
	if (resume->kind != RESUME_CONTINUE) {
		stop = step_in_range(resume);
	} else if (stop.reason == STOP_STEP) {
		exceptions_arm();
		stop = timeline_continue();
	}
	exceptions_disarm();
	breakpoint_disarm();
	return stop;
}

static struct stop run_as_asked(const struct resume *resume)
{
	switch (resume->kind) {
	case RESUME_REVERSE_STEP:
		return timeline_reverse_step();
	case RESUME_REVERSE_CONTINUE:
		return timeline_reverse_continue();
	case RESUME_CONTINUE:
	case RESUME_STEP:
	case RESUME_RANGE_STEP:
		break;
	}
	return forward(resume);
}

struct stop debugger_resume(const struct resume *resume)
{
	struct stop stop = run_as_asked(resume);

	if (stop.reason == STOP_EXCEPTION) {
		reported.valid = true;
		reported.rip = machine.cpu.rip;
		reported.instant = machine.now;
	}
	return stop;
}

const struct cpu_state *debugger_cpu(void)
{
	fpu_save(&machine.cpu);
	if (!machine_in_past())
		machine.cpu.cr8 = read_cr8();
	return &machine.cpu;
}

enum status debugger_set_cpu(const struct cpu_state *cpu)
{
	struct trace_event event = {.kind = EVENT_DEBUGGER_REGISTERS, .data_length = sizeof(*cpu)};

	if (machine_in_past() && !replay_branch())
		return STATUS_TABLE_FULL;
	if (machine.mode == MODE_RECORD)
		record_debugger_write(&event, cpu);
	machine.cpu = *cpu;
	fpu_load(&machine.cpu);
	return STATUS_OK;
}

enum status debugger_read_memory(struct gla address, void *buffer, size_t length, size_t *done)
{
	return guest_linear_read(&machine.cpu, address, buffer, length, done);
}

static void write_page(struct gpa gpa, const void *data, size_t length)
{
	struct trace_event event = {.kind = EVENT_DEBUGGER_MEMORY,
		.address = gpa.addr,
		.data_length = (u32)length};

	if (machine.mode == MODE_RECORD)
		record_debugger_write(&event, data);
	guest_ram_write(gpa, data, length);
}

enum status debugger_write_memory(struct gla address, const void *data, size_t length)
{
	struct guest_walk walk;

	for (size_t done = 0; done < length;
		done += PAGE_SIZE - ((address.addr + done) & PAGE_MASK)) {
		walk = guest_linear_walk(&machine.cpu, (struct gla){address.addr + done}, 0);
		if (walk.status != GUEST_WALK_OK || npt_kind(walk.gpa) == MEMORY_HIDDEN)
			return STATUS_UNMAPPED;
		if (npt_kind(walk.gpa) != MEMORY_RAM)
			return STATUS_DEVICE_MEMORY;
	}
	if (length && machine_in_past() && !replay_branch())
		return STATUS_TABLE_FULL;
	for (size_t done = 0, part; done < length; done += part) {
		part = min_u64(length - done, PAGE_SIZE - ((address.addr + done) & PAGE_MASK));
		walk = guest_linear_walk(&machine.cpu, (struct gla){address.addr + done}, 0);
		write_page(walk.gpa, (const u8 *)data + done, part);
	}
	return STATUS_OK;
}

static enum status physical_status(struct gpa address)
{
	switch (npt_kind(address)) {
	case MEMORY_RAM:
		return STATUS_OK;
	case MEMORY_DEVICE:
		return STATUS_DEVICE_MEMORY;
	case MEMORY_HIDDEN:
		break;
	}
	return STATUS_UNMAPPED;
}

enum status debugger_read_physical(struct gpa address, void *buffer, size_t length, size_t *done)
{
	for (*done = 0; *done < length;) {
		struct gpa at = {address.addr + *done};
		size_t part = min_u64(length - *done, PAGE_SIZE - (at.addr & PAGE_MASK));

		if (!guest_ram_read(at, (u8 *)buffer + *done, part))
			break;
		*done += part;
	}
	return *done || !length ? STATUS_OK : physical_status(address);
}

enum status debugger_write_physical(struct gpa address, const void *data, size_t length)
{
	for (size_t done = 0; done < length; done += PAGE_SIZE)
		if (physical_status((struct gpa){address.addr + done}) != STATUS_OK)
			return physical_status((struct gpa){address.addr + done});
	if (length && physical_status((struct gpa){address.addr + length - 1}) != STATUS_OK)
		return STATUS_UNMAPPED;
	if (length && machine_in_past() && !replay_branch())
		return STATUS_TABLE_FULL;
	for (size_t done = 0, part; done < length; done += part) {
		part = min_u64(length - done, PAGE_SIZE - ((address.addr + done) & PAGE_MASK));
		write_page((struct gpa){address.addr + done}, (const u8 *)data + done, part);
	}
	return STATUS_OK;
}

enum status debugger_insert(enum breakpoint_kind kind, struct gla address, u64 length,
	const struct breakpoint_actions *actions)
{
	return breakpoint_insert(kind, address, length, actions);
}

enum status debugger_remove(enum breakpoint_kind kind, struct gla address, u64 length)
{
	return breakpoint_remove(kind, address, length);
}

void debugger_remove_all(void)
{
	breakpoint_remove_all();
	exceptions_select(0);
}

bool debugger_describe_dma(u64 address, u64 bytes)
{
	return record_dma_describe(address, bytes);
}

void debugger_forget_dma(void)
{
	described_clear();
}

bool debugger_described_dma(unsigned index, u64 *address, u64 *bytes)
{
	if (index >= described_count())
		return false;
	*address = described_at(index).address;
	*bytes = described_at(index).bytes;
	return true;
}

void debugger_select_exceptions(u32 vectors)
{
	exceptions_select(vectors);
}

u32 debugger_selected_exceptions(void)
{
	return exceptions_selected();
}

void debugger_pass_exceptions(u32 vectors)
{
	exceptions_pass(vectors);
}

void debugger_let_interrupts_into_steps(bool in)
{
	run_let_interrupts_into_steps(in);
}

/* ---- the recorder ---- */

bool debugger_has_history(void)
{
	return machine.mode != MODE_LIVE;
}

static const char *mode_name(void)
{
	switch (machine.mode) {
	case MODE_LIVE:
		return "live, not recording";
	case MODE_RECORD:
		return "live end of the recording";
	case MODE_REPLAY:
		return replay_has_live_end() ? "in the past (replay)"
					     : "replay of a recording made elsewhere";
	case MODE_BRANCH:
		return "what-if branch";
	}
	return "?";
}

static void print_format(print_line print, void *context, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void print_format(print_line print, void *context, const char *fmt, ...)
{
	char line[LINE];
	va_list args;

	va_start(args, fmt);
	vformat(line, sizeof(line), fmt, args);
	va_end(args);
	print(context, line);
}

static void print_dma(print_line print, void *context)
{
	struct record_dma_counts counts = record_dma_counts();

	print_format(print, context,
		"dma pages %u of %u, events %lu with %lu bytes, late %lu, not watched %lu",
		counts.pages, counts.limit, counts.events, counts.bytes, counts.late,
		counts.unwatched);
}

void debugger_print_status(print_line print, void *context)
{
	if (panic_reason())
		print_format(print, context, "mode failed: %s", panic_reason());
	else
		print_format(print, context, "mode %s", mode_name());
	iommu_print(print, context);
	if (machine.mode == MODE_LIVE)
		return;
	print_format(print, context, "clock %s", clock_counts() ? "icount" : "state match");
	print_format(print, context, "now @%lu", machine.now);
	print_format(print, context, "history @%lu..@%lu", timeline_begin(), timeline_end());
	if (machine.mode == MODE_BRANCH)
		print_format(print, context, "branch from @%lu", replay_branch_start());
	print_format(print, context, "log %lu of %lu bytes", log_ring_end() - log_ring_start(),
		log_ring_size());
	print_format(print, context, "checkpoints %u, pages %lu of %lu", checkpoint_count(),
		checkpoint_pages_used(), checkpoint_pages_total());
	print_dma(print, context);
}

static void append_ranges(char *line, const u8 *data, u32 length)
{
	char ranges[80];
	size_t used = strlen(line);

	change_describe(data, length, ranges, sizeof(ranges));
	format(line + used, LINE - used, "  bytes%s", ranges);
}

void debugger_print_events(u64 count, print_line print, void *context)
{
	u64 position = machine_in_past() ? replay_cursor() : log_ring_end(), previous;
	static u8 data[TRACE_DATA_MAX];
	struct trace_event event;
	char line[LINE];
	u64 back = 0;

	if (machine.mode == MODE_LIVE)
		return print(context, "nothing is recorded (monitor record on starts a recording)");
	for (; back < count && log_ring_previous(position, &previous); back++)
		position = previous;
	for (; back && log_ring_read(position, &event, data); back--) {
		event_describe(&event, line, sizeof(line));
		if (event.kind == EVENT_DMA)
			append_ranges(line, data, event.data_length);
		print(context, line);
		position = log_ring_next(position, &event);
	}
}

void debugger_print_checkpoints(print_line print, void *context)
{
	static const char *const origins[] = {"automatic", "user", "temporary"};

	for (unsigned i = 0; i < checkpoint_count(); i++)
		print_format(print, context, "@%lu  %s  rip 0x%lx  %u pages",
			checkpoint_at(i)->instant, origins[checkpoint_at(i)->origin],
			checkpoint_at(i)->cpu.rip, checkpoint_at(i)->pages);
}

void debugger_print_log(print_line print, void *context)
{
	printk_replay(print, context);
}

u64 debugger_now(void)
{
	return machine.now;
}

static const struct stop no_history = {STOP_HISTORY_BEGIN, 0,
	"nothing is recorded (monitor record on starts a recording)"};

struct stop debugger_seek(u64 instant)
{
	return machine.mode == MODE_LIVE ? no_history : timeline_seek(instant);
}

struct stop debugger_seek_begin(void)
{
	return machine.mode == MODE_LIVE ? no_history : timeline_seek(timeline_begin());
}

struct stop debugger_seek_end(void)
{
	return machine.mode == MODE_LIVE ? no_history : timeline_seek_end();
}

enum status debugger_record(bool on)
{
	const char *why;

	if (on == (machine.mode != MODE_LIVE))
		return STATUS_OK;
	if (on) {
		if (!clock_init(&why)) {
			printk("%s", why);
			return STATUS_UNSUPPORTED;
		}
		record_begin();
		adopt_devices();
		return STATUS_OK;
	}
	if (!replay_has_live_end())
		return STATUS_UNSUPPORTED;
	if (machine_in_past())
		timeline_seek_end();
	if (machine_in_past()) /* no memory for the way back */
		return STATUS_TABLE_FULL;
	record_end();
	return STATUS_OK;
}

enum status debugger_checkpoint_here(void)
{
	if (machine.mode == MODE_LIVE)
		return STATUS_NO_HISTORY;
	if (checkpoint_count_of(CHECKPOINT_USER) >= CHECKPOINTS_MAX / 2)
		return STATUS_TABLE_FULL;
	return checkpoint_take(CHECKPOINT_USER,
		       machine_in_past() ? replay_cursor() : log_ring_end())
		? STATUS_OK
		: STATUS_TABLE_FULL;
}

u32 debugger_state_digest(void)
{
	u64 ram = ram_hash();

	return crc32c(place_registers_digest(debugger_cpu()), &ram, sizeof(ram));
}

extern const char image_start[], image_constant_end[];

u32 debugger_monitor_digest(void)
{
	return crc32c(0, image_start, (size_t)(image_constant_end - image_start));
}

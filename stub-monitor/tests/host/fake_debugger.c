/* SPDX-License-Identifier: EPL-2.0 */
/* The machine behind host tests; see fake_debugger.h. */
#include "fake_debugger.h"

#include "lib/string.h"

#define START 100 /* instants of history behind a new machine */

struct fake_machine fake;

static void set_segment(enum segment_name name, u16 selector, u16 attributes)
{
	fake.cpu.segment[name] = (struct segment){selector, attributes, 0xffffffff, 0};
}

#define RUN_STEPS 100000
#define DMA_END   0x100000

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	memset(fake.ram, 0x90, sizeof(fake.ram));
	fake.run_steps = RUN_STEPS;
	fake.cpu.rip = FAKE_RAM;
	fake.cpu.gpr[RSP] = FAKE_RAM + 0x8000;
	fake.cpu.gpr[RBP] = FAKE_RAM + 0x8100;
	fake.cpu.rflags = 2;
	fake.cpu.cr0 = CR0_PE | CR0_PG;
	fake.cpu.efer = EFER_LME | EFER_LMA;
	fake.cpu.xcr0 = 7;
	set_segment(SEG_CS, 8, 0xa9b);
	set_segment(SEG_SS, 16, 0xc93);
	fake.cpu.fpu[FPU_OFFSET_FCW] = 0x7f;
	fake.cpu.fpu[FPU_OFFSET_FCW + 1] = 0x03;
	fake.cpu.fpu[FPU_OFFSET_MXCSR] = 0x80;
	fake.cpu.fpu[FPU_OFFSET_MXCSR + 1] = 0x1f;
	fake.history = true;
	fake.now = START;
	fake.end = START;
}

unsigned fake_breakpoint_count(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < FAKE_BREAKPOINTS; i++)
		count += fake.breakpoint[i].used;
	return count;
}

static const struct fake_breakpoint *breakpoint_at(u64 address)
{
	for (unsigned i = 0; i < FAKE_BREAKPOINTS; i++)
		if (fake.breakpoint[i].used && fake.breakpoint[i].address == address &&
			fake.breakpoint[i].kind <= BREAK_HARDWARE)
			return &fake.breakpoint[i];
	return NULL;
}

static bool step(bool backward)
{
	if (backward && fake.now == 0)
		return false;
	fake.cpu.rip += backward ? -1ull : 1;
	fake.now += backward ? -1ull : 1;
	fake.end = max_u64(fake.end, fake.now);
	return true;
}

static struct stop stop_here(enum stop_reason reason)
{
	return (struct stop){.reason = reason};
}

static struct stop run(bool backward)
{
	for (unsigned i = 0; fake.interrupted || i < fake.run_steps; i++) {
		const struct fake_breakpoint *hit;

		if (fake.interrupted && fake.interrupted())
			return stop_here(STOP_BREAK_IN);
		if (!step(backward))
			return stop_here(STOP_HISTORY_BEGIN);
		hit = breakpoint_at(fake.cpu.rip);
		if (hit)
			return stop_here(hit->kind == BREAK_SOFTWARE ? STOP_SW_BREAKPOINT
								     : STOP_HW_BREAKPOINT);
	}
	return stop_here(STOP_BREAK_IN);
}

struct stop debugger_resume(const struct resume *resume)
{
	switch (resume->kind) {
	case RESUME_CONTINUE:
		return run(false);
	case RESUME_REVERSE_CONTINUE:
		return run(true);
	case RESUME_REVERSE_STEP:
		return stop_here(step(true) ? STOP_STEP : STOP_HISTORY_BEGIN);
	case RESUME_STEP:
		step(false);
		return stop_here(STOP_STEP);
	case RESUME_RANGE_STEP:
		for (unsigned left = fake.run_steps; left; left--) {
			step(false);
			if (fake.cpu.rip < resume->range_start || fake.cpu.rip >= resume->range_end)
				break;
		}
		return stop_here(STOP_STEP);
	}
	return stop_here(STOP_MONITOR_LIMIT);
}

const struct cpu_state *debugger_cpu(void)
{
	return &fake.cpu;
}

enum status debugger_set_cpu(const struct cpu_state *cpu)
{
	fake.set_cpu_calls++;
	if (fake.set_cpu_status == STATUS_OK)
		memcpy(&fake.cpu, cpu, sizeof(fake.cpu));
	return fake.set_cpu_status;
}

static enum status check(u64 address)
{
	if (address >= FAKE_DEVICE && address < FAKE_DEVICE + PAGE_SIZE)
		return STATUS_DEVICE_MEMORY;
	return address >= FAKE_RAM && address < FAKE_DEVICE ? STATUS_OK : STATUS_UNMAPPED;
}

enum status debugger_read_memory(struct gla address, void *buffer, size_t length, size_t *done)
{
	enum status status = check(address.addr);

	*done = 0;
	if (status != STATUS_OK)
		return status;
	*done = min_u64(length, FAKE_DEVICE - address.addr);
	memcpy(buffer, fake.ram + (address.addr - FAKE_RAM), *done);
	return STATUS_OK;
}

enum status debugger_write_memory(struct gla address, const void *data, size_t length)
{
	enum status status = check(address.addr);

	if (status == STATUS_OK)
		status = check(address.addr + length - 1);
	if (status == STATUS_OK)
		memcpy(fake.ram + (address.addr - FAKE_RAM), data, length);
	return status;
}

enum status debugger_read_physical(struct gpa address, void *buffer, size_t length, size_t *done)
{
	fake.physical_reads++;
	return debugger_read_memory((struct gla){address.addr}, buffer, length, done);
}

enum status debugger_write_physical(struct gpa address, const void *data, size_t length)
{
	return debugger_write_memory((struct gla){address.addr}, data, length);
}

static struct fake_breakpoint *find(enum breakpoint_kind kind, struct gla address, u64 length)
{
	for (unsigned i = 0; i < FAKE_BREAKPOINTS; i++) {
		struct fake_breakpoint *b = &fake.breakpoint[i];

		if (b->used && b->kind == kind && b->address == address.addr && b->length == length)
			return b;
	}
	return NULL;
}

static bool all_check(const struct agent_code *code, unsigned count, bool wants_value)
{
	for (unsigned i = 0; i < count; i++)
		if (agent_check(code[i].bytes, code[i].length, wants_value) != AGENT_OK)
			return false;
	return true;
}

static void set_actions(struct fake_breakpoint *b, const struct breakpoint_actions *actions)
{
	b->conditions = actions->condition_count;
	b->commands = actions->command_count;
	if (b->conditions)
		memcpy(b->code, actions->condition[0].bytes, actions->condition[0].length);
}

enum status debugger_insert(enum breakpoint_kind kind, struct gla address, u64 length,
	const struct breakpoint_actions *actions)
{
	struct fake_breakpoint *b = find(kind, address, length);

	if (!all_check(actions->condition, actions->condition_count, true) ||
		!all_check(actions->command, actions->command_count, false))
		return STATUS_MALFORMED;
	for (unsigned i = 0; i < FAKE_BREAKPOINTS && !b; i++)
		if (!fake.breakpoint[i].used)
			b = &fake.breakpoint[i];
	if (!b)
		return STATUS_TABLE_FULL;
	*b = (struct fake_breakpoint){true, kind, address.addr, length, 0, 0, {0}};
	set_actions(b, actions);
	return STATUS_OK;
}

enum status debugger_remove(enum breakpoint_kind kind, struct gla address, u64 length)
{
	struct fake_breakpoint *found = find(kind, address, length);

	if (!found)
		return STATUS_NOT_FOUND;
	found->used = false;
	return STATUS_OK;
}

void debugger_remove_all(void)
{
	fake.remove_all_calls++;
	memset(fake.breakpoint, 0, sizeof(fake.breakpoint));
}

bool debugger_describe_dma(u64 address, u64 bytes)
{
	return bytes && address + bytes <= DMA_END;
}

void debugger_forget_dma(void)
{
}

bool debugger_described_dma(unsigned index, u64 *address, u64 *bytes)
{
	*address = 0x1000;
	*bytes = 0x200;
	return index == 0;
}

void debugger_select_exceptions(u32 vectors)
{
	fake.selected = vectors;
}

u32 debugger_selected_exceptions(void)
{
	return fake.selected;
}

void debugger_pass_exceptions(u32 vectors)
{
	fake.passed = vectors;
}

void debugger_let_interrupts_into_steps(bool in)
{
	fake.step_interrupts = in;
}

void debugger_print_counters(enum debugger_counters which, print_count print, void *context)
{
	if (which == COUNT_EXITS)
		print(context, "HLT", 7);
}

bool debugger_has_history(void)
{
	return fake.history;
}

void debugger_print_status(print_line print, void *context)
{
	print(context, "fake machine");
}

void debugger_print_events(u64 count, print_line print, void *context)
{
	for (u64 i = 0; i < count && i < FAKE_EVENTS_LINES; i++)
		print(context,
			"an event with a line long enough that all of them do not fit a packet");
}

void debugger_print_checkpoints(print_line print, void *context)
{
	print(context, "no checkpoints");
}

void debugger_print_log(print_line print, void *context)
{
	print(context, "log");
}

u64 debugger_now(void)
{
	return fake.now;
}

struct stop debugger_seek(u64 instant)
{
	instant = min_u64(instant, fake.end);
	fake.cpu.rip += instant - fake.now;
	fake.now = instant;
	if (instant == 0)
		return stop_here(STOP_HISTORY_BEGIN);
	return stop_here(instant == fake.end ? STOP_HISTORY_END : STOP_STEP);
}

struct stop debugger_seek_begin(void)
{
	return debugger_seek(0);
}

struct stop debugger_seek_end(void)
{
	return debugger_seek(fake.end);
}

enum status debugger_record(bool on)
{
	fake.recording = on;
	return STATUS_OK;
}

enum status debugger_checkpoint_here(void)
{
	return fake.history ? STATUS_OK : STATUS_NO_HISTORY;
}

u32 debugger_state_digest(void)
{
	return 0x12345678;
}

u32 debugger_monitor_digest(void)
{
	return 0x9abcdef0;
}

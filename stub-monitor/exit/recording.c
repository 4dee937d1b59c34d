/* SPDX-License-Identifier: EPL-2.0 */
/* The answer to debug/recording.h. */
#include "debug/recording.h"

#include "clock/instruction_clock.h"
#include "cpu/fpu.h"
#include "cpu/regs.h"
#include "dev/uart_16550.h"
#include "exit/exit.h"
#include "exit/timeline.h"
#include "lib/format.h"
#include "lib/string.h"
#include "lib/version.h"
#include "npt/guest_ram.h"
#include "npt/npt.h"
#include "record/record.h"
#include "replay/checkpoint.h"
#include "replay/replay.h"
#include "trace/log_ring.h"
#include "vt/machine.h"

#define FRAMES_A_CALL 16384 /* 64 MB: looked through in a fraction of a second */

enum status recording_log(struct recording_log *log)
{
	if (machine.mode == MODE_LIVE)
		return STATUS_NO_HISTORY;
	*log = (struct recording_log){record_number(), log_ring_start(), log_ring_end(),
		timeline_end()};
	return STATUS_OK;
}

enum status recording_base(struct recording_base *base)
{
	const struct checkpoint *oldest = checkpoint_at(0);

	if (machine.mode == MODE_LIVE)
		return STATUS_NO_HISTORY;
	*base = (struct recording_base){record_number(), oldest->instant, oldest->log_position,
		oldest->events, &oldest->cpu, &oldest->inject};
	return STATUS_OK;
}

enum status recording_here(struct recording_base *here)
{
	if (machine.mode == MODE_LIVE)
		return STATUS_NO_HISTORY;
	if (machine.mode != MODE_REPLAY)
		return STATUS_UNSUPPORTED;
	fpu_save(&machine.cpu);
	*here = (struct recording_base){record_number(), machine.now, replay_cursor(),
		machine.events, &machine.cpu, &machine.inject};
	return STATUS_OK;
}

size_t recording_read(u64 position, void *buffer, size_t length)
{
	return log_ring_copy(position, buffer, length);
}

u64 recording_frames(void)
{
	return npt_ram_frames();
}

static bool is_zero(const u64 *words)
{
	u64 any = 0;

	for (unsigned i = 0; i < PAGE_SIZE / sizeof(u64); i++)
		any |= words[i];
	return !any;
}

bool recording_next_page(u64 *frame, void *page)
{
	static u64 words[PAGE_SIZE / sizeof(u64)];
	u64 limit = min_u64(*frame + FRAMES_A_CALL, npt_ram_frames());

	for (; *frame < limit; ++*frame) {
		if (npt_kind((struct gpa){*frame << PAGE_SHIFT}) != MEMORY_RAM)
			continue;
		checkpoint_read_oldest(*frame, words);
		if (!is_zero(words)) {
			memcpy(page, words, PAGE_SIZE);
			return true;
		}
	}
	return false;
}

bool recording_next_change(u64 since, u64 *frame, void *page)
{
	u64 limit = min_u64(*frame + FRAMES_A_CALL, npt_ram_frames());

	for (; *frame < limit; ++*frame) {
		struct gpa gpa = {*frame << PAGE_SHIFT};

		if (npt_kind(gpa) == MEMORY_RAM && checkpoint_may_differ(*frame, since) &&
			guest_ram_read(gpa, page, PAGE_SIZE))
			return true;
	}
	return false;
}

struct recording_mark recording_mark(void)
{
	return (struct recording_mark){machine.now, machine.cpu.rip, debugger_state_digest()};
}

static void print_format(print_line print, void *context, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void print_format(print_line print, void *context, const char *fmt, ...)
{
	char line[120];
	va_list args;

	va_start(args, fmt);
	vformat(line, sizeof(line), fmt, args);
	va_end(args);
	print(context, line);
}

/* What a replay elsewhere needs of the CPU, and what the CPU is called. */
static void print_cpuid(print_line print, void *context)
{
	static const u32 leaves[][2] = {{0, 0}, {1, 0}, {7, 0}, {0xd, 0}, {0xd, 1}, {0x80000000, 0},
		{0x80000001, 0}, {0x80000002, 0}, {0x80000003, 0}, {0x80000004, 0},
		{0x80000008, 0}};

	for (unsigned i = 0; i < ARRAY_SIZE(leaves); i++) {
		struct cpuid_regs r = exit_cpuid_shown(leaves[i][0], leaves[i][1]);

		print_format(print, context, "cpuid %x %x %x %x %x %x", leaves[i][0], leaves[i][1],
			r.eax, r.ebx, r.ecx, r.edx);
	}
}

void recording_print_machine(print_line print, void *context)
{
	const struct npt_layout *layout = npt_get_layout();
	const u64 *hidden;
	unsigned count = npt_hidden_pages(&hidden);

	print(context, "monitor " RETROVISOR_VERSION);
	print_format(print, context, "trace-format %x",
		clock_counts() ? TRACE_FORMAT_VERSION : TRACE_FORMAT_PLACES);
	print_format(print, context, "cpu-state %x %lx", CPU_STATE_VERSION,
		sizeof(struct cpu_state));
	print_format(print, context, "ram-end %lx", layout->ram_end);
	print_format(print, context, "hidden %lx %lx", layout->hidden_start, layout->hidden_end);
	for (unsigned i = 0; i < count; i++)
		print_format(print, context, "hidden-page %lx", hidden[i]);
	print_format(print, context, "uart %x", uart_base());
	print_format(print, context, "log-ring %lx", log_ring_size());
	print(context, clock_counts() ? "clock icount" : "clock state-match");
	print_cpuid(print, context);
}

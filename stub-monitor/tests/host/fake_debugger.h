/* SPDX-License-Identifier: EPL-2.0 */
/*
 * A machine for host tests of rsp/: 64 KiB of NOPs at FAKE_RAM (linear and physical alike), a
 * device page after it, and a CPU whose every instruction is one byte. It remembers what was asked
 * of it.
 */
#ifndef TESTS_HOST_FAKE_DEBUGGER_H
#define TESTS_HOST_FAKE_DEBUGGER_H

#include "debug/debugger.h"

#define FAKE_RAM          0x100000ull
#define FAKE_RAM_SIZE     0x10000
#define FAKE_DEVICE       (FAKE_RAM + FAKE_RAM_SIZE)
#define FAKE_BREAKPOINTS  8
#define FAKE_EVENTS_LINES 300 /* so many lines does print_events() give at most */

struct fake_breakpoint {
	bool used;
	enum breakpoint_kind kind;
	u64 address, length;
	unsigned conditions, commands;
	u8 code[AGENT_CODE_MAX]; /* of the first condition */
};

struct fake_machine {
	struct cpu_state cpu;
	u8 ram[FAKE_RAM_SIZE];
	struct fake_breakpoint breakpoint[FAKE_BREAKPOINTS];
	bool history;
	u64 now, end;
	bool recording;
	unsigned set_cpu_calls, remove_all_calls, physical_reads;
	enum status set_cpu_status;
	u32 selected, passed; /* exceptions */
	bool step_interrupts;
	unsigned run_steps; /* that a run takes at most */
	bool (*interrupted)(
		void); /* asked now and then while running; NULL: stop after run_steps */
};

extern struct fake_machine fake;

void fake_reset(void);
unsigned fake_breakpoint_count(void);

#endif

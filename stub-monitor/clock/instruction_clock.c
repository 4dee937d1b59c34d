/* SPDX-License-Identifier: EPL-2.0 */
#include "clock/instruction_clock.h"

#include "clock/icount_clock.h"
#include "cpu/regs.h"
#include "lib/printk.h"
#include "vt/machine.h"

static enum clock_kind wanted = CLOCK_ANY;
static bool counts = true;

void clock_want(enum clock_kind kind)
{
	wanted = kind;
}

bool clock_init(const char **why)
{
	bool exact = icount_clock_init();

	*why = "no exact instruction clock here: in QEMU use -icount shift=0, or clock=state-match";
	counts = wanted == CLOCK_ICOUNT || (wanted == CLOCK_ANY && exact);
	if (!counts)
		printk("clock: state match");
	return !counts || exact;
}

bool clock_counts(void)
{
	return counts;
}

u64 clock_instructions(const struct vm_exit *exit)
{
	return icount_clock_instructions(exit);
}

u64 clock_tsc_value(u64 tsc)
{
	return icount_clock_tsc_value(tsc);
}

u64 clock_stop_at_once(void)
{
	return 1;
}

u64 clock_stop_value(u64 instructions)
{
	return counts ? icount_clock_stop_value(instructions) : instructions;
}

u64 clock_time(void)
{
	return counts ? machine.now : rdtsc();
}

u64 clock_first_instant(void)
{
	return counts ? 0 : 1;
}

static u64 next_epoch(void)
{
	return (machine.now / EPOCH_INSTANTS + 1) * EPOCH_INSTANTS;
}

void clock_anchor(void)
{
	if (counts)
		return;
	if (machine.now % EPOCH_INSTANTS)
		machine.now = next_epoch();
	machine.drifts = false;
}

void clock_tick(void)
{
	clock_anchor();
	machine.now++;
}

u64 clock_next_place(void)
{
	return next_epoch() + 1;
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The two clocks that name instants.
 *
 * *icount*: the instant is the number of instructions that have retired. It needs a counter that is exact and a timer that
 * stops the guest after N: QEMU's -icount shift=0, where the TSC counts instructions (icount_clock.c).
 *
 * *state match*: any machine (docs/decisions/0080). Instants are counted from epoch to epoch. An epoch begins where the
 * guest does something that exits in every mode (a synchronous exit), or at a *place*: an event of the log that describes the
 * state in which something asynchronous came, so that a replay recognises it. Within an epoch the guest runs uncounted, and
 * machine.drifts says so; its instructions are counted, by the trap flag, only where somebody wants to stand between.
 *
 *   epoch * EPOCH_INSTANTS          before the instruction that exits
 *   epoch * EPOCH_INSTANTS + 1      behind it, or at the place
 *   ... + 1 + n                     n instructions and deliveries later
 *
 * So one state may have two names: the last of an epoch, and the first of the one that a synchronous exit begins there.
 */
#ifndef CLOCK_INSTRUCTION_CLOCK_H
#define CLOCK_INSTRUCTION_CLOCK_H

#include "vt/vt.h"

enum clock_kind { CLOCK_ANY, CLOCK_ICOUNT, CLOCK_STATE_MATCH };

/* What clock_init() is to choose. */
void clock_want(enum clock_kind wanted);

/*
 * Chooses: CLOCK_ANY is icount where that is exact, else state match. False: the wanted one is not to be had, and `why` says
 * what to do.
 */
bool clock_init(const char **why);

/* True: icount, machine.now is exact at each exit. */
bool clock_counts(void);

/* ---- icount ---- */

/* Instructions the guest retired in the run that ended in `exit`. */
u64 clock_instructions(const struct vm_exit *exit);

/* What the entry's TSC is given for the guest to read `tsc` before its first instruction has retired. */
u64 clock_tsc_value(u64 tsc);

/*
 * The timer value that ends the next run before its first instruction, after an injected event was
 * delivered.
 */
u64 clock_stop_at_once(void);

/* ---- both ---- */

/*
 * The timer value that ends the next run after `instructions` (at least 1). Longer runs are cut: run again. State match:
 * ticks of the local APIC's timer.
 */
u64 clock_stop_value(u64 instructions);

/* For measuring how long the guest has run: instants by icount, else ticks of the TSC. */
u64 clock_time(void);

/* ---- instants ---- */

#define EPOCH_INSTANTS 1000000000ull

static inline u64 clock_epoch(u64 instant)
{
	return instant / EPOCH_INSTANTS;
}

/* Where a recording begins. */
u64 clock_first_instant(void);

/* By state match: an epoch begins here, unless one has just begun. Else nothing. */
void clock_anchor(void);

/* The instruction that exited has been done by the monitor. */
void clock_tick(void);

/* By state match: the place that the next epoch begins with. */
u64 clock_next_place(void);

#endif

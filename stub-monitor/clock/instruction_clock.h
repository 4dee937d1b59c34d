/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The instruction clock: how many instructions the guest retired between entry and exit, and
 * stopping it after exactly N. One clock so far: QEMU's -icount shift=0, where the TSC counts
 * instructions (icount_clock.c).
 */
#ifndef CLOCK_INSTRUCTION_CLOCK_H
#define CLOCK_INSTRUCTION_CLOCK_H

#include "vt/vt.h"

/* True if the clock is exact here; else recording is impossible and `why` says what to do. */
bool clock_init(const char **why);

/* Instructions the guest retired in the run that ended in `exit`. */
u64 clock_instructions(const struct vm_exit *exit);

/*
 * The timer value that ends the next run after `instructions` (at least 1). Longer runs are cut:
 * run again.
 */
u64 clock_stop_value(u64 instructions);

/* What the entry's TSC is given for the guest to read `tsc` before its first instruction has retired. */
u64 clock_tsc_value(u64 tsc);

/*
 * The timer value that ends the next run before its first instruction, after an injected event was
 * delivered.
 */
u64 clock_stop_at_once(void);

#endif

/* SPDX-License-Identifier: EPL-2.0 */
/* QEMU's -icount shift=0 as a clock: the TSC counts the guest's instructions. Only clock/ includes this. */
#ifndef CLOCK_ICOUNT_CLOCK_H
#define CLOCK_ICOUNT_CLOCK_H

#include "vt/vt.h"

/* Measures. True if the clock is exact here. */
bool icount_clock_init(void);

/* What instruction_clock.h says of clock_instructions(), clock_stop_value() and clock_tsc_value(). */
u64 icount_clock_instructions(const struct vm_exit *exit);
u64 icount_clock_stop_value(u64 instructions);
u64 icount_clock_tsc_value(u64 tsc);

#endif

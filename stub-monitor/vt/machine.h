/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The one guest CPU, and where in time it is. Changed only by exit/, record/, replay/ and debug/.
 */
#ifndef VT_MACHINE_H
#define VT_MACHINE_H

#include "vt/vt.h"

enum machine_mode {
	MODE_LIVE,   /* devices native, nothing logged */
	MODE_RECORD, /* live, and every input is logged */
	MODE_REPLAY, /* in the past: inputs come from the log, no device is touched */
	MODE_BRANCH, /* a what-if: the past with a debugger's change; ends at the first input */
};

struct machine {
	struct cpu_state cpu;
	enum machine_mode mode;
	u64 events;             /* of the log, so far */
	u64 now;                /* instant: ticks since recording began; meaningless in MODE_LIVE */
	struct vt_event inject; /* to be delivered at the next entry */
	bool tsc_logged;        /* an old recording: what RDTSC gave stands in the log */
	bool nmi_waiting;       /* an NMI of the guest came while another event was on its way */
	bool drifts; /* instructions have retired since `now` that nobody has counted (clock/instruction_clock.h) */
	bool awaiting_window; /* a physical interrupt waits until the guest can take it */
};

extern struct machine machine;

/* The guest's TSC, except in MODE_LIVE (docs/decisions/0065). */
static inline u64 machine_tsc(void)
{
	return machine.now + machine.cpu.tsc_ahead;
}

static inline bool machine_in_past(void)
{
	return machine.mode == MODE_REPLAY || machine.mode == MODE_BRANCH;
}

#endif

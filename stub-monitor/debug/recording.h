/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The recording for somebody who keeps it elsewhere: the log as raw bytes, the state that it begins from, which is the
 * oldest checkpoint, and, of a replay, the state where it stands. Nothing here changes the guest or the recording, so the guest may run on between two calls; whoever
 * asks compares `number` and the oldest checkpoint's instant to see whether it still is what it was. docs/spec/rsp-extensions.md,
 * "Getting a recording out". Host tests of rsp/ link a fake of this header.
 */
#ifndef DEBUG_RECORDING_H
#define DEBUG_RECORDING_H

#include "cpu/cpu_state.h"
#include "debug/debugger.h"
#include "vt/vt.h"

struct recording_log {
	u64 number;     /* of the recording, counted since the monitor started */
	u64 start, end; /* positions that can be read; what is before `start` has been dropped */
	u64 now;        /* the instant of the live end */
};

struct recording_base {
	u64 number, instant, log_position, events;
	const struct cpu_state *cpu;
	const struct vt_event *inject;
};

/* STATUS_NO_HISTORY: nothing is recorded. */
enum status recording_log(struct recording_log *log);
enum status recording_base(struct recording_base *base);

/* The state where a replay stands. STATUS_UNSUPPORTED: it is no replay. */
enum status recording_here(struct recording_base *here);

/* Bytes of the log from a position that is there; how many were copied. */
size_t recording_read(u64 position, void *buffer, size_t length);

/*
 * The first frame at or after *frame that was RAM and not all zeros at the oldest checkpoint, and what it was. False: none
 * within the frames that one call looks at. *frame is where to go on, or the number of frames when that was all.
 */
bool recording_next_page(u64 *frame, void *page);
u64 recording_frames(void);

/* The same, of the frames that may have changed since an instant, and what they are now, zeros or not. */
bool recording_next_change(u64 since, u64 *frame, void *page);

/* What was recorded on, a line each: the monitor, memory, CPUID as the guest sees it. */
void recording_print_machine(print_line print, void *context);

/* The state now. */
struct recording_mark {
	u64 instant, rip;
	u32 digest;
};
struct recording_mark recording_mark(void);

#endif

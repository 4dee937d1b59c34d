/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Breakpoints and watchpoints of the debugger, and the guest's own debug registers beside them.
 * Software breakpoints are INT3 bytes while the guest runs (guest_ram hides them). Hardware
 * breakpoints and watchpoints use the debug registers that the guest has not enabled (APM 2 13.1).
 * Order: breakpoint_arm() before the guest runs, breakpoint_fill_entry() at each entry,
 * breakpoint_disarm() after.
 */
#ifndef DEBUG_BREAKPOINT_H
#define DEBUG_BREAKPOINT_H

#include "debug/debugger.h"
#include "vt/vt.h"

#define BREAKPOINTS_MAX 256

/* Bits of DR6 (APM 2 13.1.1.3). */
#define DR6_HITS        0xfull
#define DR6_SINGLE_STEP BIT(14)

enum status breakpoint_insert(enum breakpoint_kind kind, struct gla address, u64 length);
enum status breakpoint_remove(enum breakpoint_kind kind, struct gla address, u64 length);
void breakpoint_remove_all(void);
bool breakpoint_any(void);

void breakpoint_arm(void);
void breakpoint_disarm(void);
void breakpoint_fill_entry(struct vt_entry *entry);

enum debug_hit {
	HIT_NOTHING,  /* a watched value was written but not changed, or nobody wants it */
	HIT_DEBUGGER, /* stop filled in */
	HIT_BOTH,     /* stop filled in, and the guest's #DB is to be delivered when it goes on */
	HIT_GUEST,    /* the guest's own debug registers or TF: deliver #DB */
};

/* Who a #DB is for. Updates the guest's DR6 when it is the guest's. */
enum debug_hit breakpoint_debug_exception(u64 dr6, struct stop *stop);

/* INT3 at RIP: one of ours? */
bool breakpoint_is_ours(struct stop *stop);

/* After an instruction was emulated: has a watched value changed? */
bool breakpoint_watch_changed(struct stop *stop);

#endif

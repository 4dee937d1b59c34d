/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Breakpoints and watchpoints of the debugger, and the guest's own debug registers beside them.
 * Software breakpoints are INT3 bytes while the guest runs (guest_ram hides them). Hardware
 * breakpoints and watchpoints use the debug registers that the guest has not enabled (APM 2 13.1).
 * Order: breakpoint_arm() before the guest runs, breakpoint_fill_entry() and breakpoint_end_entry()
 * around each entry, breakpoint_disarm() after.
 *
 * Where no condition is true, or commands are run instead of a stop, the guest goes on: it passes the breakpoint. The entry after that runs one instruction
 * with the breakpoints of its place lifted. Whoever makes entries asks breakpoint_passing(), and lets nothing come
 * between: no more than one instruction, and no delivery, or the guest would come to the breakpoint twice.
 */
#ifndef DEBUG_BREAKPOINT_H
#define DEBUG_BREAKPOINT_H

#include "debug/debugger.h"
#include "vt/vt.h"

#define BREAKPOINTS_MAX 256

/* Where the BIOS, or a boot loader, puts a boot sector and jumps with CS base 0: the breakpoint there is set before. */
#define BOOT_SECTOR_AT 0x7c00

/* Bits of DR6 (APM 2 13.1.1.3). */
#define DR6_HITS        0xfull
#define DR6_SINGLE_STEP BIT(14)

enum status breakpoint_insert(enum breakpoint_kind kind, struct gla address, u64 length,
	const struct breakpoint_actions *actions);
enum status breakpoint_remove(enum breakpoint_kind kind, struct gla address, u64 length);
void breakpoint_remove_all(void);
bool breakpoint_any(void);
bool breakpoint_watches_any(void);

/* Silently, as on the way back: commands are not run. */
enum breakpoint_arming { ARM_ALOUD, ARM_SILENTLY };
void breakpoint_arm(enum breakpoint_arming how);
void breakpoint_disarm(void);
void breakpoint_fill_entry(struct vt_entry *entry);
void breakpoint_end_entry(void);

/* The debug registers may hold a breakpoint of ours at an instruction of the code that runs now. */
bool breakpoint_may_use_registers(void);

/* The instruction at RIP is still to be executed under its breakpoints; passed: it was, though nothing shows it. */
bool breakpoint_passing(void);
void breakpoint_passed(void);

enum debug_hit {
	HIT_NOTHING,  /* a watched value was written but not changed, or nobody wants it */
	HIT_DEBUGGER, /* stop filled in */
	HIT_BOTH,     /* stop filled in, and the guest's #DB is to be delivered when it goes on */
	HIT_GUEST,    /* the guest's own debug registers or TF: deliver #DB */
};

/* Who a #DB is for. Updates the guest's DR6 when it is the guest's. */
enum debug_hit breakpoint_debug_exception(u64 dr6, struct stop *stop);

/* What DR6 has of hits where a step ends. A breakpoint at the next instruction has not been hit yet. */
u64 breakpoint_step_hits(u64 dr6);

/* INT3 at RIP: one of ours? Then where. */
bool breakpoint_is_ours(struct gpa *gpa);

/* The guest has come to one of ours: stop filled in, or it is to pass. */
bool breakpoint_wants_stop(struct gpa gpa, struct stop *stop);

/* After an instruction was emulated: has a watched value changed? */
bool breakpoint_watch_changed(struct stop *stop);

#endif

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The four debug registers (APM 2 13.1): the guest's own stand in their slots, the debugger's breakpoints and
 * watchpoints in what is left.
 */
#ifndef DEBUG_DEBUG_SLOTS_H
#define DEBUG_DEBUG_SLOTS_H

#include "vt/vt.h"

#define DEBUG_SLOTS      4
#define DEBUG_SLOT_BYTES 8 /* the most that one watches */
#define DEBUG_SLOT_GUEST (-1)
#define DEBUG_SLOT_PLACE (-2) /* where a replay by state match looks whether it has arrived */

/* DR7's R/W field. */
enum debug_access { DEBUG_EXECUTE = 0, DEBUG_WRITE = 1, DEBUG_READ_WRITE = 3 };

/* How many a range takes: one for each aligned piece of 1, 2, 4 or 8 bytes. */
unsigned debug_slots_needed(u64 address, u64 length);

/* Those that the guest has enabled: this one? How many? */
bool debug_slots_guest_enabled(unsigned slot);
unsigned debug_slots_of_guest(void);

/* The guest's own only. Then: the debugger's, a range each. False: not all of it fits. */
void debug_slots_reset(void);
bool debug_slots_take(int owner, u64 address, u64 length, enum debug_access access);

/* Whose a slot is: what take was told, or DEBUG_SLOT_GUEST. */
int debug_slots_owner(unsigned slot);

/* One that watches data, all of it in this range. */
bool debug_slots_watches_in(unsigned slot, u64 address, u64 length);

void debug_slots_fill_entry(struct vt_entry *entry);

#endif

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Taking physical interrupts while GIF is clear (APM 2 15.17), and surviving exceptions of our own.
 */
#ifndef CPU_INTERRUPTS_H
#define CPU_INTERRUPTS_H

#include "lib/types.h"

void interrupts_init(void);

/* Acknowledges one pending physical interrupt and returns its vector, or -1 if none is pending. */
int interrupts_take(void);

/*
 * Sleeps until an NMI or, with `interrupts`, a physical interrupt; returns the vector taken or -1.
 */
int interrupts_wait(bool interrupts);

/* NMIs that have arrived since the last call (a pending one is let in first). */
unsigned interrupts_take_nmis(void);

/* One came while an interrupt was taken, and nobody has asked since. */
bool interrupts_nmi_held(void);

/*
 * An NMI to this CPU by its local APIC: pending until the next guest entry, which it ends at once.
 */
void interrupts_send_nmi(void);

/* How many #DB the monitor itself has taken (it drops them), and how many instructions each cost. */
extern volatile u32 interrupts_debug_traps;
#define INTERRUPTS_DEBUG_TRAP_COST 2

#endif

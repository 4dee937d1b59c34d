/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The monitor's stacks, one after the other (cpu/stacks.S), each with an unmapped page below it, so
 * that running over the end is a fault and not a change of somebody's data. Interrupts, NMIs and
 * faults have their own, by the interrupt stack table (APM 2 8.9.4).
 */
#ifndef CPU_STACKS_H
#define CPU_STACKS_H

#include "lib/types.h"

#define STACK_GUARD 4096

enum stack_name { STACK_MAIN, STACK_NMI, STACK_INTERRUPT, STACK_FAULT, STACK_PANIC, STACK_COUNT };

struct stack {
	const char *name;
	const u8 *bottom, *top; /* the guard page ends at `bottom` */
};

extern const struct stack stacks[STACK_COUNT];

/* The stack that `address` lies in, its guard page included, or NULL. */
const struct stack *stack_around(u64 address);

#endif

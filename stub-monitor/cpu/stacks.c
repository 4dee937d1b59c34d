/* SPDX-License-Identifier: EPL-2.0 */
#include "cpu/stacks.h"

extern const u8 main_stack_bottom[], main_stack_top[], nmi_stack_bottom[], nmi_stack_top[],
	interrupt_stack_bottom[], interrupt_stack_top[], fault_stack_bottom[], fault_stack_top[],
	panic_stack_bottom[], panic_stack_top[];

const struct stack stacks[STACK_COUNT] = {
	[STACK_MAIN] = {"main", main_stack_bottom, main_stack_top},
	[STACK_NMI] = {"NMI", nmi_stack_bottom, nmi_stack_top},
	[STACK_INTERRUPT] = {"interrupt", interrupt_stack_bottom, interrupt_stack_top},
	[STACK_FAULT] = {"fault", fault_stack_bottom, fault_stack_top},
	[STACK_PANIC] = {"panic", panic_stack_bottom, panic_stack_top},
};

const struct stack *stack_around(u64 address)
{
	for (unsigned i = 0; i < STACK_COUNT; i++)
		if (address >= (u64)stacks[i].bottom - STACK_GUARD && address < (u64)stacks[i].top)
			return &stacks[i];
	return NULL;
}

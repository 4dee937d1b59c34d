/* SPDX-License-Identifier: EPL-2.0 */
/*
 * An exception of the guest's was intercepted before it changed anything: for the debugger, or
 * because a live step must not show its trap flag. It is the guest's all the same: a stop is at the
 * faulting instruction, which runs again when the guest goes on.
 */
#include "exit/exit.h"

#include "debug/exceptions.h"
#include "lib/format.h"
#include "vt/machine.h"

#define VECTORS_WITH_ERROR_CODE 0x227d00 /* APM 2 8.2 */
#define CONTRIBUTORY            0x003c01 /* APM 2 8.2.9 */

static enum exit_action stop_for_debugger(const struct vm_exit *exit, struct stop *stop)
{
	static char text[120];
	int at = format(text, sizeof(text), "exception %lu at 0x%lx", exit->info1, machine.cpu.rip);

	if (BIT(exit->info1) & VECTORS_WITH_ERROR_CODE)
		at += format(text + at, sizeof(text) - (size_t)at, ", error code 0x%lx",
			exit->info2);
	if (exit->info1 == VECTOR_PF)
		format(text + at, sizeof(text) - (size_t)at, ", address 0x%lx",
			exit->fault_address);
	*stop = (struct stop){STOP_EXCEPTION, exit->info1, text};
	return STOP_FOR_DEBUGGER;
}

/* A second exception while the first was being delivered (APM 2 8.2.9). */
static bool is_double_fault(u8 first, u8 second)
{
	if (BIT(first) & CONTRIBUTORY)
		return BIT(second) & CONTRIBUTORY;
	return first == VECTOR_PF && (second == VECTOR_PF || (BIT(second) & CONTRIBUTORY));
}

enum exit_action exit_exception(const struct vm_exit *exit, struct stop *stop)
{
	bool nested = exit->interrupted.valid && exit->interrupted.type == EVENT_EXCEPTION;
	u8 vector = (u8)exit->info1, first = exit->interrupted.vector;

	if (!exit->interrupted.valid && (exceptions_trapped() & BIT(vector)))
		return stop_for_debugger(exit, stop);
	if (vector == VECTOR_PF)
		machine.cpu.cr2 = exit->fault_address;
	if (nested && first == VECTOR_DF && vector >= VECTOR_DF) {
		*stop = (struct stop){STOP_SHUTDOWN, 0, "triple fault: the guest cannot go on"};
		return STOP_FOR_DEBUGGER;
	}
	if (nested && is_double_fault(first, vector))
		exit_inject_exception(VECTOR_DF, 0);
	else
		exit_inject_exception(vector,
			BIT(vector) & VECTORS_WITH_ERROR_CODE ? (int)exit->info2 : NO_ERROR_CODE);
	return RESUME_GUEST;
}

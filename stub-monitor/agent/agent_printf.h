/* SPDX-License-Identifier: EPL-2.0 */
/*
 * printf of agent expressions: C's directives for integers, characters, pointers and strings in the
 * guest's memory, with flags, width and precision. No floating point, no `*`: gdb sends neither.
 */
#ifndef AGENT_AGENT_PRINTF_H
#define AGENT_AGENT_PRINTF_H

#include "agent/agent.h"

#define AGENT_PRINTF_STRING_MAX 256 /* bytes of a %s that are shown */
#define AGENT_PRINTF_WIDTH_MAX  255

struct agent_printf {
	const struct agent_host *host;
	const u64 *stack; /* the first value is stack[count - 1] */
	unsigned count;
};

/* Writes the text to host->print. A directive that is unknown or has no value is shown as it is. */
void agent_printf(struct agent_printf *values, const char *format);

#endif

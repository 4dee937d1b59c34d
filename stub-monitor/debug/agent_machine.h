/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The guest as agent expressions see it: registers by their numbers, memory through the guest's page tables with the
 * original bytes under breakpoints, and never a device. Reading changes nothing in the guest, so evaluating neither
 * shows in a recording nor depends on one.
 */
#ifndef DEBUG_AGENT_MACHINE_H
#define DEBUG_AGENT_MACHINE_H

#include "agent/agent.h"

#define TRACE_VARIABLES 64 /* numbered from 0; one beyond is 0 and cannot be set */

/* For conditions and commands: printf prints to the console ring, nothing is collected. */
extern const struct agent_host agent_machine;

u64 trace_variable_get(u16 number);
void trace_variable_set(u16 number, u64 value);

#endif

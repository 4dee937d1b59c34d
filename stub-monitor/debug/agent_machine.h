/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The guest as agent expressions see it: registers by their numbers, memory through the guest's page tables with the
 * original bytes under breakpoints, and never a device. Reading changes nothing in the guest, so evaluating neither
 * shows in a recording nor depends on one.
 */
#ifndef DEBUG_AGENT_MACHINE_H
#define DEBUG_AGENT_MACHINE_H

#include "agent/agent.h"

/* For conditions and commands: printf prints to the console ring, nothing is collected. */
extern const struct agent_host agent_machine;

#endif

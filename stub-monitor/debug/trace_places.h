/* SPDX-License-Identifier: EPL-2.0 */
/* Where the tracepoints of a running trace stand in guest RAM: an INT3 each, like software breakpoints. */
#ifndef DEBUG_TRACE_PLACES_H
#define DEBUG_TRACE_PLACES_H

#include "lib/types.h"

void trace_places_arm(void);
void trace_places_disarm(void);
bool trace_places_any(void);

/* The guest passes this place: those that stand there collect. */
void trace_places_pass(struct gpa gpa);

#endif

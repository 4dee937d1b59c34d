/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Which exceptions of the guest stop it for the debugger. Sets of vectors: bit N is vector N (APM 2
 * 8.2). None is intercepted, and none costs anything, until the debugger selects it; and then only
 * while armed, as breakpoints are.
 */
#ifndef DEBUG_EXCEPTIONS_H
#define DEBUG_EXCEPTIONS_H

#include "lib/types.h"

void exceptions_select(u32 vectors);
u32 exceptions_selected(void);

/* Those of the selected that go to the guest without a stop. */
void exceptions_pass(u32 vectors);

void exceptions_arm(void);
void exceptions_disarm(void);

/* What an entry has to intercept now. */
u32 exceptions_trapped(void);

/* Armed or not: can there be a stop? */
bool exceptions_any(void);

#endif

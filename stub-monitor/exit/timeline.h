/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Travelling: to an instant, one step back, back to the last breakpoint; and forward again, live at
 * the end.
 */
#ifndef EXIT_TIMELINE_H
#define EXIT_TIMELINE_H

#include "debug/debugger.h"

struct stop timeline_seek(u64 instant);
struct stop timeline_seek_end(void);
struct stop timeline_reverse_step(void);
struct stop timeline_reverse_continue(void);

/*
 * Forwards from wherever we are; breakpoints are armed by the caller. Goes live at the end of
 * history.
 */
struct stop timeline_continue(void);
struct stop timeline_step(void);

u64 timeline_begin(void);
u64 timeline_end(void);

#endif

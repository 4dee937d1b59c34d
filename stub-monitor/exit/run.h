/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Running the guest: live, recording, replaying or in a branch, until an instant, a step, or a
 * stop.
 */
#ifndef EXIT_RUN_H
#define EXIT_RUN_H

#include "debug/debugger.h"

enum run_end { RUN_REACHED, RUN_STOPPED };

#define RUN_NO_LIMIT (~0ull)

/*
 * In the past and while recording: runs until machine.now == limit, or stops earlier and says why.
 */
enum run_end run_until(u64 limit, struct stop *stop);

/*
 * One instruction or one delivery. Recording: RUN_REACHED when the clock has ticked. Live: by the
 * trap flag.
 */
enum run_end run_step(struct stop *stop);

/*
 * Steps at the live end hold interrupts off, so that they do not end in a handler. In: one that is pending is taken first.
 */
void run_let_interrupts_into_steps(bool in);

/*
 * Live: that many times a HLT may wait for what wakes it; then the run stops (STOP_MONITOR_LIMIT). 0: any number, as at first.
 */
void run_limit_sleeps(unsigned count);

#endif

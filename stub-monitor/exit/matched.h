/* SPDX-License-Identifier: EPL-2.0 */
/* Running the guest where instants are not counted: by state match (clock/instruction_clock.h, docs/decisions/0080). */
#ifndef EXIT_MATCHED_H
#define EXIT_MATCHED_H

#include "exit/exit.h"
#include "exit/run.h"

/*
 * One entry, uncounted, and what its exit asks for. A synchronous exit at `limit` or behind it, or where the log has something
 * asynchronous, is not dispatched: the guest stands before its instruction.
 */
enum exit_action matched_enter(struct vt_entry *entry, u64 limit, struct stop *stop);

/* One instruction, or the delivery of an exception, by the trap flag; a tick where the instant was exact. */
enum run_end matched_step(u64 limit, struct stop *stop);

/* What is on its way to the guest arrives: it stands at the handler's first instruction. */
void matched_deliver(struct stop *stop);

/* Where the next place of the log is here, the instant is that place's: another name for the same state. */
bool matched_take_place(void);

/* In the past, from an exact instant. Stops may be where the guest drifts. */
enum run_end matched_replay(u64 wanted, struct stop *stop);

/* The same for one step: not to another name of the same state. */
enum run_end matched_step_in_past(struct stop *stop);

/* In a what-if branch nothing is named: its instants only count. */
enum exit_action matched_branch(u64 limit, struct stop *stop);

#endif

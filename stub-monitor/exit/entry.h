/* SPDX-License-Identifier: EPL-2.0 */
/* One entry into the guest: what each has in common, its timer, and the trap flag that a step sets. */
#ifndef EXIT_ENTRY_H
#define EXIT_ENTRY_H

#include "insn/insn_decode.h"
#include "vt/vt.h"

/* What follows from the mode, the breakpoints and the event on its way. */
void entry_start(struct vt_entry *entry);

/* The timer ends the run after so many instructions (clock_stop_value()); 0: as soon as the event on its way is delivered. */
void entry_stop_after(struct vt_entry *entry, u64 instructions);

/* True if the timer, borrowed or lent for this run, ended it. */
bool entry_end_timer(const struct vt_entry *entry);

/* ---- steps by RFLAGS.TF ---- */

bool entry_is_step_trap(const struct vm_exit *exit);

/* What the next instruction is, for the function below; one that the decoder does not know is none of those. */
void entry_look_at_instruction(struct insn *insn);

/* After a step: the guest must not see the flag, neither in what PUSHF pushed nor in R11 behind SYSCALL. */
void entry_hide_trap_flag(const struct insn *insn);

#endif

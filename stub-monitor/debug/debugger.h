/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What a debugger can ask of the guest: the border between the RSP stub (rsp/, which only parses
 * and answers) and the machine. All calls but debugger_resume() need a stopped guest and return at
 * once. Host tests of rsp/ link a fake of this header.
 */
#ifndef DEBUG_DEBUGGER_H
#define DEBUG_DEBUGGER_H

#include "agent/agent.h"
#include "lib/status.h"
#include "lib/types.h"
#include "cpu/cpu_state.h"

enum stop_reason {
	STOP_GUEST_START,   /* loaded, nothing has run yet                      T05 */
	STOP_BREAK_IN,      /* the debugger asked (0x03)                        T02 */
	STOP_STEP,          /* step or range step done                          T05 */
	STOP_SW_BREAKPOINT, /* Z0 hit                                           T05 swbreak */
	STOP_HW_BREAKPOINT, /* Z1 hit                                           T05 hwbreak */
	STOP_WATCH_WRITE,   /* Z2 hit, `address` is inside the watched range    T05 watch */
	STOP_WATCH_READ,    /* Z3                                               T05 rwatch */
	STOP_WATCH_ACCESS,  /* Z4                                               T05 awatch */
	STOP_HISTORY_BEGIN, /* cannot go back further                           T05 replaylog:begin */
	STOP_HISTORY_END,   /* replay has reached the live end                  T05 replaylog:end */
	STOP_DIVERGENCE,    /* replay and log disagree; text says where         T06 */
	STOP_BRANCH_END,    /* a what-if branch needs an unrecorded input       T05 replaylog:end */
	STOP_EXCEPTION, /* one that the debugger selected; `address` = vector     T08, T0b, ... */
	STOP_SHUTDOWN,  /* triple fault                                     T06 */
	STOP_RESET,     /* the guest asked for a machine reset              T0f */
	STOP_MONITOR_LIMIT, /* the monitor met something it does not support    T06 */
};

struct stop {
	enum stop_reason reason;
	u64 address;      /* for watchpoints; for exceptions the vector; else 0 */
	const char *text; /* a line for the user's console, or NULL; sent in an O packet before T */
};

enum resume_kind {
	RESUME_CONTINUE,
	RESUME_STEP,            /* one instruction (or one interrupt delivery) */
	RESUME_RANGE_STEP,      /* step until RIP leaves [range_start, range_end) */
	RESUME_REVERSE_STEP,    /* bs */
	RESUME_REVERSE_CONTINUE /* bc */
};

struct resume {
	enum resume_kind kind;
	u64 range_start, range_end;
};

/* Runs the guest as asked; returns when it has stopped. */
struct stop debugger_resume(const struct resume *resume);

/* The guest's registers, FPU included, for reading. */
const struct cpu_state *debugger_cpu(void);

/*
 * Replaces the registers. Live while recording: logged as an input. In the past: starts a what-if
 * branch.
 */
enum status debugger_set_cpu(const struct cpu_state *cpu);

/*
 * Linear addresses go through the guest's page tables as they are now; breakpoint bytes never show;
 * device memory is refused. `*done` = bytes transferred before the first page that failed (OK if at
 * least one byte was).
 */
enum status debugger_read_memory(struct gla address, void *buffer, size_t length, size_t *done);
enum status debugger_write_memory(struct gla address, const void *data, size_t length);
enum status debugger_read_physical(struct gpa address, void *buffer, size_t length, size_t *done);
enum status debugger_write_physical(struct gpa address, const void *data, size_t length);

/* RSP's Z/z types, same numbers (GDB manual, Packets). */
enum breakpoint_kind {
	BREAK_SOFTWARE = 0,
	BREAK_HARDWARE = 1,
	WATCH_WRITE = 2,
	WATCH_READ = 3,
	WATCH_ACCESS = 4
};

#define BREAKPOINT_EXPRESSIONS 8 /* of one breakpoint */

/*
 * What is evaluated when the guest comes to a breakpoint: without a condition, or if one of them is not 0 or cannot
 * be evaluated, the guest stops, or, if there are commands, these are run instead. In any other case it goes on, and
 * nobody is told. Conditions and commands together are at most BREAKPOINT_EXPRESSIONS.
 */
struct breakpoint_actions {
	unsigned condition_count, command_count;
	struct agent_code condition[BREAKPOINT_EXPRESSIONS];
	struct agent_code command[BREAKPOINT_EXPRESSIONS];
};

/*
 * Idempotent, as RSP requires; one that is there gets the new actions. The expressions are copied. STATUS_MALFORMED:
 * one of them fails its check; STATUS_TABLE_FULL: debug registers, breakpoints or room for expressions are used up.
 */
enum status debugger_insert(enum breakpoint_kind kind, struct gla address, u64 length,
	const struct breakpoint_actions *actions);
enum status debugger_remove(enum breakpoint_kind kind, struct gla address, u64 length);
void debugger_remove_all(void); /* and no exception stops any more */

/*
 * Sets of exceptions, bit N for vector N. Selected ones stop the guest at the faulting instruction, unless they are passed.
 * The guest takes the exception when it goes on.
 */
void debugger_select_exceptions(u32 vectors);

/*
 * Memory that devices write and that a recording does not find: watched, also in recordings to come. False: not in RAM,
 * more than 1 MB, or the table of 16 is full.
 */
bool debugger_describe_dma(u64 address, u64 bytes);
void debugger_forget_dma(void); /* what is watched already stays so */
/* False: there are not so many. */
bool debugger_described_dma(unsigned index, u64 *address, u64 *bytes);
u32 debugger_selected_exceptions(void);
void debugger_pass_exceptions(u32 vectors);

/* Whether a step at the live end may end in an interrupt's handler; at first it may not. */
void debugger_let_interrupts_into_steps(bool in);

/* The recorder, for `monitor` commands; text goes to `print` a line at a time, without newline. */
typedef void (*print_line)(void *context, const char *line);

/* What the monitor does for the guest at the live end, counted since the start; rows of zero are left out. */
enum debugger_counters { COUNT_EXITS, COUNT_INTERRUPTS, COUNT_PORTS };
typedef void (*print_count)(void *context, const char *what, u64 count);
void debugger_print_counters(enum debugger_counters which, print_count print, void *context);

bool debugger_has_history(void); /* something is recorded: bs and bc make sense */
void debugger_print_status(print_line print, void *context);
/* The last `count` before now. */
void debugger_print_events(u64 count, print_line print, void *context);
void debugger_print_checkpoints(print_line print, void *context);
void debugger_print_log(print_line print, void *context); /* the monitor's own messages */
u64 debugger_now(void);                                   /* instant of the current state */

/* Travels to an instant (clamped to history); the stop says where it ended. */
struct stop debugger_seek(u64 instant);
struct stop debugger_seek_begin(void);
struct stop debugger_seek_end(void);
enum status debugger_record(bool on);
enum status debugger_checkpoint_here(void);
/*
 * CRC-32C over registers and all guest RAM (breakpoint bytes excluded): equal states, equal
 * digests.
 */
u32 debugger_state_digest(void);
/*
 * CRC-32C over the monitor's code and constants: changes only if something trampled on the monitor.
 */
u32 debugger_monitor_digest(void);

#endif

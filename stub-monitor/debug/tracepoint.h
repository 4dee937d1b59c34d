/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Tracepoints (GDB manual, Tracepoint Packets): what they are, whether a trace runs, and collecting. What is collected
 * goes to debug/trace_buffer.h; the guest does not stop. Registers are part of each frame, whatever the actions say.
 * Pure; where they stand in the guest is debug/trace_places.h.
 */
#ifndef DEBUG_TRACEPOINT_H
#define DEBUG_TRACEPOINT_H

#include "agent/agent.h"
#include "lib/status.h"

#define TRACEPOINTS_MAX   32 /* locations: a tracepoint of the user's may have several */
#define TRACE_ACTIONS_MAX 16 /* of one location */
#define TRACE_CODE_BYTES  16384
#define TRACE_VARIABLES   64 /* numbered from 0 */

enum trace_action_kind {
	TRACE_REGISTERS,
	TRACE_MEMORY,    /* `length` bytes at `offset`, or at register `base` plus that */
	TRACE_EXPRESSION /* what its trace opcodes say */
};

#define TRACE_ABSOLUTE (-1)

struct trace_action {
	enum trace_action_kind kind;
	int base; /* or TRACE_ABSOLUTE */
	u64 offset, length;
	struct agent_code code;
};

struct tracepoint {
	u16 number;
	u64 address;
	bool enabled;
	u64 pass_count;              /* the trace ends after so many hits; 0: does not */
	struct agent_code condition; /* length 0: none */
	/* kept by tracepoint.c: */
	u64 hits, bytes;
	unsigned action_count;
	struct trace_action action[TRACE_ACTIONS_MAX];
};

enum trace_end { TRACE_NOT_RUN, TRACE_STOPPED, TRACE_FULL, TRACE_PASSED, TRACE_FAILED };

struct trace_state {
	bool running;
	enum trace_end end;        /* why it does not run */
	u16 tracepoint;            /* that ended it */
	enum agent_status failure; /* of TRACE_FAILED */
};

/* No tracepoints, no frames, no variables; nothing runs. */
void trace_reset(void);

/* Code is copied. STATUS_MALFORMED: it does not check; STATUS_TABLE_FULL; STATUS_NOT_FOUND: no such tracepoint. */
enum status trace_define(const struct tracepoint *tracepoint);
enum status trace_add_action(u16 number, u64 address, const struct trace_action *action);

/* Takes back the actions added since: some of a packet that is refused. */
struct trace_mark {
	unsigned actions;
	size_t code_used;
};
struct trace_mark trace_mark(u16 number, u64 address);
void trace_back_to(u16 number, u64 address, const struct trace_mark *mark);

enum status trace_enable(u16 number, u64 address, bool enabled);

void trace_start(void);
void trace_stop(void);
const struct trace_state *trace_state(void);

unsigned tracepoint_count(void);
const struct tracepoint *tracepoint_at(unsigned index);

/* The guest is at it: condition, frame, and whether that ends the trace. */
void tracepoint_hit(unsigned index);

/* Trace state variables; one that is not there reads as 0. */
bool trace_variable_defined(u16 number);
u64 trace_variable_get(u16 number);
bool trace_variable_set(u16 number, u64 value);

#endif

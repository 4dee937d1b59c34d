/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Agent expressions: the bytecode that gdb compiles conditions, dprintf and tracepoint actions to
 * (GDB manual, The GDB Agent Expression Mechanism). Pure: registers and memory come by callbacks.
 *
 * Order: agent_check() once, when the code comes; agent_run() as often as needed, on checked code
 * only. A check guarantees that opcodes are known, jumps hit opcodes, and the stack neither runs
 * over nor under; so the run has only to bound how long it takes, and what it divides by and reads.
 * Floating point is refused: gdb then evaluates by itself.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "lib/types.h"

#define AGENT_CODE_MAX  512  /* bytes of an expression */
#define AGENT_STACK_MAX 32   /* values */
#define AGENT_STEPS_MAX 4096 /* opcodes executed in one run */

/* An expression's bytes. */
struct agent_code {
	const u8 *bytes;
	size_t length;
};

enum agent_status {
	AGENT_OK,
	AGENT_TOO_LONG,
	AGENT_UNKNOWN_OPCODE,
	AGENT_FLOATING_POINT,
	AGENT_TRUNCATED,       /* an operand, or the `end` of a path, is missing */
	AGENT_BAD_OPERAND,     /* a width of no or more than 64 bits, a format without its NUL */
	AGENT_BAD_JUMP,        /* not to the beginning of an opcode */
	AGENT_STACK_UNDERFLOW, /* also: ends without the value that is wanted */
	AGENT_STACK_OVERFLOW,
	AGENT_STACK_MISMATCH, /* two ways to one place, with different heights */
	/* by agent_run only: */
	AGENT_TOO_MANY_STEPS,
	AGENT_DIVISION_BY_ZERO,
	AGENT_NO_REGISTER, /* no such register, or wider than 64 bits */
	AGENT_NO_MEMORY,   /* not mapped, or a device's */
	AGENT_NO_ROOM,     /* the callback that collects has no room left */
};

/* What an expression needs of the machine. `context` is handed to each. */
struct agent_host {
	void *context;
	/* A register by its number in the target description, zero-extended. */
	bool (*read_register)(void *context, u16 number, u64 *value);
	/* All of it or false. */
	bool (*read_memory)(void *context, u64 address, void *buffer, size_t length);
	/* Trace state variables; one that was never defined is 0. */
	u64 (*get_variable)(void *context, u16 number);
	void (*set_variable)(void *context, u16 number, u64 value);
	/* Collecting; false: no room. NULL where nothing is collected: the opcodes do nothing. */
	bool (*collect_memory)(void *context, u64 address, u64 length);
	bool (*collect_variable)(void *context, u16 number);
	/* Text of printf, in pieces. NULL: dropped. */
	void (*print)(void *context, const char *text, size_t length);
};

/* May this code be run? `wants_value`: each `end` must leave at least one value. */
enum agent_status agent_check(const u8 *code, size_t length, bool wants_value);

/* Runs checked code. `*value` is the top of the stack at its end, 0 if there is none. */
enum agent_status agent_run(const u8 *code, const struct agent_host *host, u64 *value);

/* A few words, for a line of text. */
const char *agent_status_text(enum agent_status status);

#endif

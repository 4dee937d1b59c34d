/* SPDX-License-Identifier: EPL-2.0 */
/*
 * May bytecode be run? First from the beginning to the end, opcode by opcode: operands there, and
 * which bytes begin an opcode. Then along the ways through it: the height of the stack at each
 * opcode, which must be the same whichever way leads there. See agent.h.
 */
#include "agent/agent.h"
#include "agent/agent_opcodes.h"
#include "lib/string.h"

#define NOT_AN_OPCODE (-2)
#define NOT_REACHED   (-1)

struct shape {
	bool known;
	u8 operand_bytes; /* of printf: without the format */
	u8 pops, pushes;
};

#define SHAPE(operand_bytes, pops, pushes) \
	{ \
		true, operand_bytes, pops, pushes \
	}

static const struct shape shapes[] = {
	[AGENT_ADD] = SHAPE(0, 2, 1),
	[AGENT_SUB] = SHAPE(0, 2, 1),
	[AGENT_MUL] = SHAPE(0, 2, 1),
	[AGENT_DIV_SIGNED] = SHAPE(0, 2, 1),
	[AGENT_DIV_UNSIGNED] = SHAPE(0, 2, 1),
	[AGENT_REM_SIGNED] = SHAPE(0, 2, 1),
	[AGENT_REM_UNSIGNED] = SHAPE(0, 2, 1),
	[AGENT_LSH] = SHAPE(0, 2, 1),
	[AGENT_RSH_SIGNED] = SHAPE(0, 2, 1),
	[AGENT_RSH_UNSIGNED] = SHAPE(0, 2, 1),
	[AGENT_TRACE] = SHAPE(0, 2, 0),
	[AGENT_TRACE_QUICK] = SHAPE(1, 1, 1),
	[AGENT_LOG_NOT] = SHAPE(0, 1, 1),
	[AGENT_BIT_AND] = SHAPE(0, 2, 1),
	[AGENT_BIT_OR] = SHAPE(0, 2, 1),
	[AGENT_BIT_XOR] = SHAPE(0, 2, 1),
	[AGENT_BIT_NOT] = SHAPE(0, 1, 1),
	[AGENT_EQUAL] = SHAPE(0, 2, 1),
	[AGENT_LESS_SIGNED] = SHAPE(0, 2, 1),
	[AGENT_LESS_UNSIGNED] = SHAPE(0, 2, 1),
	[AGENT_EXT] = SHAPE(1, 1, 1),
	[AGENT_REF8] = SHAPE(0, 1, 1),
	[AGENT_REF16] = SHAPE(0, 1, 1),
	[AGENT_REF32] = SHAPE(0, 1, 1),
	[AGENT_REF64] = SHAPE(0, 1, 1),
	[AGENT_IF_GOTO] = SHAPE(2, 1, 0),
	[AGENT_GOTO] = SHAPE(2, 0, 0),
	[AGENT_CONST8] = SHAPE(1, 0, 1),
	[AGENT_CONST16] = SHAPE(2, 0, 1),
	[AGENT_CONST32] = SHAPE(4, 0, 1),
	[AGENT_CONST64] = SHAPE(8, 0, 1),
	[AGENT_REG] = SHAPE(2, 0, 1),
	[AGENT_END] = SHAPE(0, 0, 0),
	[AGENT_DUP] = SHAPE(0, 1, 2),
	[AGENT_POP] = SHAPE(0, 1, 0),
	[AGENT_ZERO_EXT] = SHAPE(1, 1, 1),
	[AGENT_SWAP] = SHAPE(0, 2, 2),
	[AGENT_GETV] = SHAPE(2, 0, 1),
	[AGENT_SETV] = SHAPE(2, 1, 1),
	[AGENT_TRACEV] = SHAPE(2, 0, 0),
	[AGENT_TRACENZ] = SHAPE(0, 2, 0),
	[AGENT_TRACE16] = SHAPE(2, 1, 1),
	[AGENT_PICK] = SHAPE(1, 0, 1),
	[AGENT_ROT] = SHAPE(0, 3, 3),
	[AGENT_PRINTF] = SHAPE(AGENT_PRINTF_HEADER, 2, 0), /* and its values: see pops_of() */
};

struct check {
	const u8 *code;
	size_t length;
	bool wants_value, changed;
	signed char height[AGENT_CODE_MAX]; /* of the stack before the opcode */
};

static bool is_floating_point(u8 opcode)
{
	return opcode == AGENT_FLOAT || (opcode >= AGENT_REF_FLOAT && opcode <= AGENT_D_TO_L);
}

/* Bytes of the opcode at `at`, operands included; shape and header are known to be there. */
static size_t size_at(const u8 *code, size_t at)
{
	size_t size = 1u + shapes[code[at]].operand_bytes;

	return code[at] == AGENT_PRINTF ? size + agent_operand(code + at + 2, 2) : size;
}

static enum agent_status check_operand(const u8 *code, size_t at, size_t size)
{
	u8 operand = code[at + (size > 1)];

	switch (code[at]) {
	case AGENT_EXT:
	case AGENT_ZERO_EXT:
		return operand >= 1 && operand <= 64 ? AGENT_OK : AGENT_BAD_OPERAND;
	case AGENT_PRINTF:
		return size > 1 + AGENT_PRINTF_HEADER && !code[at + size - 1] ? AGENT_OK
									      : AGENT_BAD_OPERAND;
	default:
		return AGENT_OK;
	}
}

/* Marks what begins an opcode as NOT_REACHED, all else as NOT_AN_OPCODE. */
static enum agent_status find_opcodes(struct check *check)
{
	enum agent_status status;

	memset(check->height, NOT_AN_OPCODE, sizeof(check->height));
	for (size_t at = 0, size; at < check->length; at += size) {
		u8 opcode = check->code[at];

		if (is_floating_point(opcode))
			return AGENT_FLOATING_POINT;
		if (opcode >= ARRAY_SIZE(shapes) || !shapes[opcode].known)
			return AGENT_UNKNOWN_OPCODE;
		if (check->length - at < 1u + shapes[opcode].operand_bytes)
			return AGENT_TRUNCATED;
		size = size_at(check->code, at);
		if (check->length - at < size)
			return AGENT_TRUNCATED;
		status = check_operand(check->code, at, size);
		if (status != AGENT_OK)
			return status;
		check->height[at] = NOT_REACHED;
	}
	return AGENT_OK;
}

/* A way leads to `to` with this height. */
static enum agent_status reach(struct check *check, size_t to, int height, bool by_jump)
{
	if (to >= check->length)
		return by_jump ? AGENT_BAD_JUMP : AGENT_TRUNCATED;
	if (check->height[to] == NOT_AN_OPCODE)
		return AGENT_BAD_JUMP;
	if (check->height[to] == NOT_REACHED) {
		check->height[to] = (signed char)height;
		check->changed = true;
	}
	return check->height[to] == height ? AGENT_OK : AGENT_STACK_MISMATCH;
}

static int pops_of(const u8 *code, size_t at)
{
	int pops = shapes[code[at]].pops;

	if (code[at] == AGENT_PRINTF)
		pops += code[at + 1];
	if (code[at] == AGENT_PICK) /* looks at it, and does not take it */
		pops += code[at + 1] + 1;
	return pops;
}

/* The ways that lead on from the opcode at `at`. */
static enum agent_status follow(struct check *check, size_t at)
{
	const u8 *code = check->code;
	int before = check->height[at], pops = pops_of(code, at), after;
	enum agent_status status;

	if (before < pops)
		return AGENT_STACK_UNDERFLOW;
	after = before - (code[at] == AGENT_PICK ? 0 : pops) + shapes[code[at]].pushes;
	if (after > AGENT_STACK_MAX)
		return AGENT_STACK_OVERFLOW;
	if (code[at] == AGENT_END)
		return check->wants_value && !before ? AGENT_STACK_UNDERFLOW : AGENT_OK;
	if (code[at] == AGENT_GOTO || code[at] == AGENT_IF_GOTO) {
		status = reach(check, agent_operand(code + at + 1, 2), after, true);
		if (status != AGENT_OK || code[at] == AGENT_GOTO)
			return status;
	}
	return reach(check, at + size_at(code, at), after, false);
}

/* Each round reaches at least one more opcode, or is the last. */
static enum agent_status follow_all(struct check *check)
{
	enum agent_status status = reach(check, 0, 0, false);

	while (status == AGENT_OK && check->changed) {
		check->changed = false;
		for (size_t at = 0; at < check->length && status == AGENT_OK; at++)
			if (check->height[at] >= 0)
				status = follow(check, at);
	}
	return status;
}

enum agent_status agent_check(const u8 *code, size_t length, bool wants_value)
{
	struct check check = {.code = code, .length = length, .wants_value = wants_value};
	enum agent_status status;

	if (length > AGENT_CODE_MAX)
		return AGENT_TOO_LONG;
	status = find_opcodes(&check);
	return status == AGENT_OK ? follow_all(&check) : status;
}

const char *agent_status_text(enum agent_status status)
{
	static const char *const texts[] = {
		[AGENT_OK] = "done",
		[AGENT_TOO_LONG] = "the expression is too long",
		[AGENT_UNKNOWN_OPCODE] = "unknown opcode",
		[AGENT_FLOATING_POINT] = "floating point is not supported",
		[AGENT_TRUNCATED] = "the expression has no end",
		[AGENT_BAD_OPERAND] = "bad operand",
		[AGENT_BAD_JUMP] = "jump to no opcode",
		[AGENT_STACK_UNDERFLOW] = "the stack is empty",
		[AGENT_STACK_OVERFLOW] = "the stack is full",
		[AGENT_STACK_MISMATCH] = "ways of different stack height",
		[AGENT_TOO_MANY_STEPS] = "the expression does not end",
		[AGENT_DIVISION_BY_ZERO] = "division by zero",
		[AGENT_NO_REGISTER] = "no such register of up to 64 bits",
		[AGENT_NO_MEMORY] = "memory cannot be read",
		[AGENT_NO_ROOM] = "no room in the trace buffer",
	};

	return texts[status];
}

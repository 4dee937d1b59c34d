/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Runs checked bytecode; see agent.h. Values are 64 bits wide. What the manual leaves open: a shift
 * by 64 or more shifts everything out, and the least number divided by -1 is itself.
 */
#include "agent/agent.h"
#include "agent/agent_opcodes.h"
#include "agent/agent_printf.h"
#include "lib/string.h"

#define SIGN BIT(63)

struct run {
	const u8 *code;
	size_t at; /* behind the opcode and its operands */
	const struct agent_host *host;
	u64 stack[AGENT_STACK_MAX];
	unsigned height;
};

static u64 pop(struct run *run)
{
	return run->stack[--run->height];
}

static void push(struct run *run, u64 value)
{
	run->stack[run->height++] = value;
}

static u64 *top(struct run *run)
{
	return &run->stack[run->height - 1];
}

static u64 take_operand(struct run *run, unsigned bytes)
{
	run->at += bytes;
	return agent_operand(run->code + run->at - bytes, bytes);
}

static u64 extend(u64 value, unsigned bits, bool is_signed)
{
	u64 low = bits == 64 ? value : value & (BIT(bits) - 1);

	return is_signed && (low >> (bits - 1) & 1) ? low | (bits == 64 ? 0 : ~0ull << bits) : low;
}

static u64 shift_right(u64 value, u64 by, bool is_signed)
{
	u64 filling = is_signed && (value & SIGN) ? ~0ull : 0;

	if (by >= 64)
		return filling;
	return by ? value >> by | filling << (64 - by) : value;
}

static u64 magnitude(u64 value)
{
	return value & SIGN ? 0 - value : value;
}

static enum agent_status divide(u64 *a, u64 b, u8 opcode)
{
	bool negative = (*a ^ b) & SIGN, negative_dividend = *a & SIGN;

	if (!b)
		return AGENT_DIVISION_BY_ZERO;
	switch (opcode) {
	case AGENT_DIV_UNSIGNED:
		*a /= b;
		break;
	case AGENT_REM_UNSIGNED:
		*a %= b;
		break;
	case AGENT_DIV_SIGNED:
		*a = magnitude(*a) / magnitude(b);
		*a = negative ? 0 - *a : *a;
		break;
	default:
		*a = magnitude(*a) % magnitude(b);
		*a = negative_dividend ? 0 - *a : *a;
		break;
	}
	return AGENT_OK;
}

/* Two values in, one out. */
static enum agent_status combine(struct run *run, u8 opcode)
{
	u64 b = pop(run), *a = top(run);

	switch (opcode) {
	case AGENT_ADD:
		*a += b;
		break;
	case AGENT_SUB:
		*a -= b;
		break;
	case AGENT_MUL:
		*a *= b;
		break;
	case AGENT_LSH:
		*a = b < 64 ? *a << b : 0;
		break;
	case AGENT_RSH_SIGNED:
	case AGENT_RSH_UNSIGNED:
		*a = shift_right(*a, b, opcode == AGENT_RSH_SIGNED);
		break;
	case AGENT_BIT_AND:
		*a &= b;
		break;
	case AGENT_BIT_OR:
		*a |= b;
		break;
	case AGENT_BIT_XOR:
		*a ^= b;
		break;
	case AGENT_EQUAL:
		*a = *a == b;
		break;
	case AGENT_LESS_SIGNED:
		*a = (*a ^ SIGN) < (b ^ SIGN);
		break;
	case AGENT_LESS_UNSIGNED:
		*a = *a < b;
		break;
	default:
		return divide(a, b, opcode);
	}
	return AGENT_OK;
}

static enum agent_status read_number(struct run *run, unsigned bytes)
{
	u64 value = 0;

	if (!run->host->read_memory(run->host->context, *top(run), &value, bytes))
		return AGENT_NO_MEMORY;
	*top(run) = value;
	return AGENT_OK;
}

static enum agent_status read_register(struct run *run)
{
	u64 value;

	if (!run->host->read_register(run->host->context, (u16)take_operand(run, 2), &value))
		return AGENT_NO_REGISTER;
	push(run, value);
	return AGENT_OK;
}

static enum agent_status collect(struct run *run, u64 address, u64 length)
{
	const struct agent_host *host = run->host;

	if (!host->collect_memory || host->collect_memory(host->context, address, length))
		return AGENT_OK;
	return AGENT_NO_ROOM;
}

/* tracenz: up to and with the first zero byte, but not more than `most` bytes. */
static enum agent_status collect_text(struct run *run, u64 address, u64 most)
{
	u64 length = 0;
	u8 byte = 1;

	for (; byte && length < most && length < AGENT_STEPS_MAX; length++)
		if (!run->host->read_memory(run->host->context, address + length, &byte, 1))
			return AGENT_NO_MEMORY;
	return collect(run, address, length);
}

static enum agent_status tracing(struct run *run, u8 opcode)
{
	const struct agent_host *host = run->host;
	u64 size;
	u16 number;

	switch (opcode) {
	case AGENT_TRACE:
		size = pop(run);
		return collect(run, pop(run), size);
	case AGENT_TRACENZ:
		size = pop(run);
		return collect_text(run, pop(run), size);
	case AGENT_TRACE_QUICK:
		return collect(run, *top(run), take_operand(run, 1));
	case AGENT_TRACE16:
		return collect(run, *top(run), take_operand(run, 2));
	default:
		number = (u16)take_operand(run, 2);
		if (!host->collect_variable || host->collect_variable(host->context, number))
			return AGENT_OK;
		return AGENT_NO_ROOM;
	}
}

static void rotate(struct run *run)
{
	u64 c = pop(run), b = pop(run), a = pop(run);

	push(run, c);
	push(run, a);
	push(run, b);
}

static void swap(struct run *run)
{
	u64 b = pop(run), a = pop(run);

	push(run, b);
	push(run, a);
}

/* The format's values lie below a function and a channel, which gdb leaves 0; the first on top. */
static void print(struct run *run)
{
	struct agent_printf values = {.host = run->host};
	const char *format;

	values.count = (unsigned)take_operand(run, 1);
	run->height -= 2;
	run->height -= values.count;
	values.stack = run->stack + run->height;
	format = (const char *)run->code + run->at + 2;
	run->at += 2 + agent_operand(run->code + run->at, 2);
	agent_printf(&values, format);
}

static enum agent_status variable(struct run *run, u8 opcode)
{
	const struct agent_host *host = run->host;
	u16 number = (u16)take_operand(run, 2);

	if (opcode == AGENT_GETV)
		push(run, host->get_variable(host->context, number));
	else
		host->set_variable(host->context, number, *top(run));
	return AGENT_OK;
}

static void jump(struct run *run, bool taken)
{
	size_t target = take_operand(run, 2);

	if (taken)
		run->at = target;
}

/* What only moves values around, or cannot fail otherwise. */
static enum agent_status simple(struct run *run, u8 opcode)
{
	switch (opcode) {
	case AGENT_LOG_NOT:
		*top(run) = !*top(run);
		break;
	case AGENT_BIT_NOT:
		*top(run) = ~*top(run);
		break;
	case AGENT_EXT:
	case AGENT_ZERO_EXT:
		*top(run) = extend(*top(run), (unsigned)take_operand(run, 1), opcode == AGENT_EXT);
		break;
	case AGENT_IF_GOTO:
		jump(run, pop(run) != 0);
		break;
	case AGENT_GOTO:
		jump(run, true);
		break;
	case AGENT_DUP:
		push(run, *top(run));
		break;
	case AGENT_POP:
		pop(run);
		break;
	case AGENT_SWAP:
		swap(run);
		break;
	case AGENT_PICK:
		push(run, *(top(run) - take_operand(run, 1)));
		break;
	case AGENT_ROT:
		rotate(run);
		break;
	case AGENT_PRINTF:
		print(run);
		break;
	default:
		return combine(run, opcode);
	}
	return AGENT_OK;
}

static enum agent_status execute(struct run *run, u8 opcode)
{
	switch (opcode) {
	case AGENT_CONST8:
	case AGENT_CONST16:
	case AGENT_CONST32:
	case AGENT_CONST64:
		push(run, take_operand(run, 1u << (opcode - AGENT_CONST8)));
		return AGENT_OK;
	case AGENT_REF8:
	case AGENT_REF16:
	case AGENT_REF32:
	case AGENT_REF64:
		return read_number(run, 1u << (opcode - AGENT_REF8));
	case AGENT_REG:
		return read_register(run);
	case AGENT_GETV:
	case AGENT_SETV:
		return variable(run, opcode);
	case AGENT_TRACE:
	case AGENT_TRACE_QUICK:
	case AGENT_TRACE16:
	case AGENT_TRACENZ:
	case AGENT_TRACEV:
		return tracing(run, opcode);
	default:
		return simple(run, opcode);
	}
}

enum agent_status agent_run(const u8 *code, const struct agent_host *host, u64 *value)
{
	struct run run = {.code = code, .host = host};
	enum agent_status status = AGENT_OK;

	*value = 0;
	for (unsigned steps = 0; status == AGENT_OK; steps++) {
		u8 opcode = code[run.at++];

		if (opcode == AGENT_END) {
			*value = run.height ? *top(&run) : 0;
			return AGENT_OK;
		}
		status = steps < AGENT_STEPS_MAX ? execute(&run, opcode) : AGENT_TOO_MANY_STEPS;
	}
	return status;
}

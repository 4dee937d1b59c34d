/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Tracepoints (GDB manual, Tracepoint Packets): defining and running. Looking at frames is trace_frame.c. Not offered:
 * while-stepping, fast and static tracepoints, a circular buffer.
 */
#include "debug/trace_buffer.h"
#include "debug/tracepoint.h"
#include "lib/hex.h"
#include "rsp/rsp_commands.h"
#include "rsp/trace_frame.h"

static u8 code[AGENT_CODE_MAX];

static bool take_place(struct rsp_args *args, u16 *number, u64 *address)
{
	u64 wide;

	if (!rsp_take_number(args, &wide) || wide > 0xffff || !rsp_take_char(args, ':'))
		return false;
	*number = (u16)wide;
	return rsp_take_number(args, address);
}

/* LENGTH,BYTES */
static enum status take_code(struct rsp_args *args, struct agent_code *taken)
{
	u64 length;

	if (!rsp_take_number(args, &length) || !rsp_take_char(args, ','))
		return STATUS_MALFORMED;
	if (length > sizeof(code))
		return STATUS_TABLE_FULL;
	if (length > rsp_args_left(args) / 2 || !hex_decode(code, args->at, length))
		return STATUS_MALFORMED;
	args->at += 2 * length;
	*taken = (struct agent_code){code, length};
	return STATUS_OK;
}

/* NUMBER:ADDRESS:E|D:STEP:PASS[:X CONDITION][-]; what follows PASS otherwise is not offered. */
static enum status define(struct rsp_args *args)
{
	struct tracepoint tracepoint = {.enabled = false};
	enum status status = STATUS_OK;
	u64 steps;

	if (!take_place(args, &tracepoint.number, &tracepoint.address) || !rsp_take_char(args, ':'))
		return STATUS_MALFORMED;
	tracepoint.enabled = rsp_take_char(args, 'E');
	if (!tracepoint.enabled && !rsp_take_char(args, 'D'))
		return STATUS_MALFORMED;
	if (!rsp_take_char(args, ':') || !rsp_take_number(args, &steps) ||
		!rsp_take_char(args, ':'))
		return STATUS_MALFORMED;
	if (!rsp_take_number(args, &tracepoint.pass_count))
		return STATUS_MALFORMED;
	if (steps)
		return STATUS_UNSUPPORTED;
	if (rsp_take_text(args, ":X"))
		status = take_code(args, &tracepoint.condition);
	rsp_take_char(args, '-');
	if (status == STATUS_OK && rsp_args_left(args))
		status = *args->at == ':' ? STATUS_UNSUPPORTED : STATUS_MALFORMED;
	return status == STATUS_OK ? trace_define(&tracepoint) : status;
}

/* BASE,OFFSET,LENGTH */
static bool take_memory(struct rsp_args *args, struct trace_action *action)
{
	u64 base = 0;

	action->kind = TRACE_MEMORY;
	action->base = TRACE_ABSOLUTE;
	if (!rsp_take_text(args, "-1")) {
		if (!rsp_take_number(args, &base) || base > 0xffff)
			return false;
		action->base = (int)base;
	}
	return rsp_take_char(args, ',') && rsp_take_range(args, &action->offset, &action->length) &&
		action->length <= TRACE_BUFFER_BYTES;
}

static enum status take_action(struct rsp_args *args, struct trace_action *action)
{
	*action = (struct trace_action){.kind = TRACE_REGISTERS};
	if (rsp_take_char(args, 'M'))
		return take_memory(args, action) ? STATUS_OK : STATUS_MALFORMED;
	if (rsp_take_char(args, 'X')) {
		action->kind = TRACE_EXPRESSION;
		return take_code(args, &action->code);
	}
	if (!rsp_take_char(args, 'R'))
		return *args->at == 'S' ? STATUS_UNSUPPORTED : STATUS_MALFORMED;
	while (rsp_args_left(args) && hex_value(*args->at) >= 0) /* which ones: all are collected */
		args->at++;
	return STATUS_OK;
}

static enum status add_each(struct rsp_args *args, u16 number, u64 address)
{
	struct trace_action action;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && rsp_args_left(args) && !rsp_take_char(args, '-')) {
		status = take_action(args, &action);
		if (status == STATUS_OK)
			status = trace_add_action(number, address, &action);
	}
	return status == STATUS_OK && rsp_args_left(args) ? STATUS_MALFORMED : status;
}

/* -NUMBER:ADDRESS:ACTION...[-]: all of them, or none. */
static enum status add_actions(struct rsp_args *args)
{
	struct trace_mark mark;
	enum status status;
	u64 address;
	u16 number;

	if (!take_place(args, &number, &address) || !rsp_take_char(args, ':'))
		return STATUS_MALFORMED;
	mark = trace_mark(number, address);
	status = add_each(args, number, address);
	if (status != STATUS_OK)
		trace_back_to(number, address, &mark);
	return status;
}

enum rsp_answer rsp_define_tracepoint(struct rsp_session *session, struct rsp_args *args)
{
	return rsp_answer_status(session,
		rsp_take_char(args, '-') ? add_actions(args) : define(args));
}

/* The user's text of a tracepoint, read-only sections, notes: taken, and not kept. */
enum rsp_answer rsp_accept(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return rsp_answer_status(session, STATUS_OK);
}

enum rsp_answer rsp_reset_trace(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	trace_reset();
	session->trace_frame = 0;
	return rsp_answer_status(session, STATUS_OK);
}

enum rsp_answer rsp_start_trace(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	trace_start();
	session->trace_frame = 0;
	return rsp_answer_status(session, STATUS_OK);
}

enum rsp_answer rsp_stop_trace(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	trace_stop();
	return rsp_answer_status(session, STATUS_OK);
}

static enum rsp_answer enable(struct rsp_session *session, struct rsp_args *args, bool enabled)
{
	u64 address;
	u16 number;

	if (!take_place(args, &number, &address) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	return rsp_answer_status(session, trace_enable(number, address, enabled));
}

enum rsp_answer rsp_enable_tracepoint(struct rsp_session *session, struct rsp_args *args)
{
	return enable(session, args, true);
}

enum rsp_answer rsp_disable_tracepoint(struct rsp_session *session, struct rsp_args *args)
{
	return enable(session, args, false);
}

/* Only what is so anyway: not circular. */
enum rsp_answer rsp_set_circular_trace(struct rsp_session *session, struct rsp_args *args)
{
	return rsp_answer_status(session,
		rsp_args_equal(args, "0") ? STATUS_OK : STATUS_UNSUPPORTED);
}

/* ---- state ---- */

static void add_field(struct rsp_session *session, const char *name, u64 value)
{
	rsp_reply_text(&session->reply, name);
	rsp_reply_number(&session->reply, value);
}

static void add_failure(struct rsp_session *session, const struct trace_state *state)
{
	const char *text = agent_status_text(state->failure);

	rsp_reply_text(&session->reply, ";terror:");
	for (; *text; text++)
		rsp_reply_hex(&session->reply, text, 1);
	add_field(session, ":", state->tracepoint);
}

static void add_end(struct rsp_session *session, const struct trace_state *state)
{
	static const char *const ends[] = {
		[TRACE_NOT_RUN] = ";tnotrun:0",
		[TRACE_STOPPED] =
			";tstop::0", /* with an empty note: gdb 13 saves it without looking whether there is one */
		[TRACE_FULL] = ";tfull:0",
		[TRACE_PASSED] = ";tpasscount:",
	};

	if (state->end == TRACE_FAILED) {
		add_failure(session, state);
		return;
	}
	rsp_reply_text(&session->reply, ends[state->end]);
	if (state->end == TRACE_PASSED)
		rsp_reply_number(&session->reply, state->tracepoint);
}

enum rsp_answer rsp_tell_trace_status(struct rsp_session *session, struct rsp_args *args)
{
	const struct trace_state *state = trace_state();

	(void)args;
	rsp_reply_text(&session->reply, state->running ? "T1" : "T0");
	if (!state->running)
		add_end(session, state);
	add_field(session, ";tframes:", trace_frame_count());
	add_field(session, ";tcreated:", trace_frame_count());
	add_field(session, ";tfree:", TRACE_BUFFER_BYTES - trace_buffer_used());
	add_field(session, ";tsize:", TRACE_BUFFER_BYTES);
	return rsp_answer_text(session, ";circular:0;disconn:0");
}

enum rsp_answer rsp_tell_tracepoint(struct rsp_session *session, struct rsp_args *args)
{
	u64 address;
	u16 number;

	if (!take_place(args, &number, &address) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	for (unsigned i = 0; i < tracepoint_count(); i++) {
		const struct tracepoint *tracepoint = tracepoint_at(i);

		if (tracepoint->number != number || tracepoint->address != address)
			continue;
		add_field(session, "V", tracepoint->hits);
		add_field(session, ":", tracepoint->bytes);
		return RSP_ANSWER_REPLY;
	}
	return rsp_answer_status(session, STATUS_NOT_FOUND);
}

/* NUMBER:VALUE:BUILTIN:NAME */
enum rsp_answer rsp_define_trace_variable(struct rsp_session *session, struct rsp_args *args)
{
	u64 value;
	u16 number;

	if (!take_place(args, &number, &value))
		return rsp_answer_status(session, STATUS_MALFORMED);
	return rsp_answer_status(session,
		trace_variable_set(number, value) ? STATUS_OK : STATUS_TABLE_FULL);
}

enum rsp_answer rsp_tell_trace_variable(struct rsp_session *session, struct rsp_args *args)
{
	u64 number, value = 0;
	bool known;

	if (!rsp_take_number(args, &number) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	number = min_u64(number, TRACE_VARIABLES);
	if (rsp_in_trace_frame(session))
		known = rsp_trace_variable(session, (u16)number, &value);
	else if ((known = trace_variable_defined((u16)number)))
		value = trace_variable_get((u16)number);
	if (!known)
		return rsp_answer_text(session, "U");
	add_field(session, "V", value);
	return RSP_ANSWER_REPLY;
}

/* A debugger that connects is told of none: it has its own list, or starts anew. */
enum rsp_answer rsp_list_nothing(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return rsp_answer_text(session, "l");
}

/* OFFSET,LENGTH of all frames, for tsave. */
enum rsp_answer rsp_read_trace_buffer(struct rsp_session *session, struct rsp_args *args)
{
	u64 offset, length;

	if (!rsp_take_number(args, &offset) || !rsp_take_char(args, ',') ||
		!rsp_take_number(args, &length) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (offset >= trace_buffer_used())
		return rsp_answer_text(session, "l");
	length = min_u64(length, trace_buffer_used() - offset);
	rsp_reply_hex(&session->reply, trace_buffer_bytes() + offset,
		min_u64(length, rsp_reply_room(&session->reply) / 2));
	return RSP_ANSWER_REPLY;
}

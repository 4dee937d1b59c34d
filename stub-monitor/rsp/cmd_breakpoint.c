/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Z and z, types 0-4 (GDB manual, Packets): TYPE,ADDRESS,KIND. KIND is the length of a watchpoint
 * in bytes, and 1 for breakpoints on x86. Both are idempotent. Other types get the empty reply.
 * Z0 and Z1 may go on with conditions and commands, as agent expressions (see Z0 in the manual).
 */
#include "lib/hex.h"
#include "rsp/rsp_commands.h"

struct request {
	enum breakpoint_kind kind;
	struct gla address;
	u64 length;
	struct breakpoint_actions actions;
};

/* What the actions of the packet being answered point into. */
static u8 expression_bytes[RSP_PACKET_SIZE / 2];

static enum status take_place(struct rsp_args *args, struct request *request)
{
	u64 kind;

	*request = (struct request){.kind = BREAK_SOFTWARE};
	if (!rsp_take_number(args, &kind) || !rsp_take_char(args, ','))
		return STATUS_MALFORMED;
	if (kind > WATCH_ACCESS)
		return STATUS_UNSUPPORTED;
	if (!rsp_take_range(args, &request->address.addr, &request->length))
		return STATUS_MALFORMED;
	request->kind = (enum breakpoint_kind)kind;
	return request->length ? STATUS_OK : STATUS_MALFORMED;
}

/* LENGTH,BYTES, to `bytes`, which is long enough for any packet. */
static bool take_expression(struct rsp_args *args, u8 *bytes, struct agent_code *code)
{
	u64 length;

	if (!rsp_take_number(args, &length) || !rsp_take_char(args, ','))
		return false;
	if (length > rsp_args_left(args) / 2 || !hex_decode(bytes, args->at, length))
		return false;
	args->at += 2 * length;
	*code = (struct agent_code){bytes, length};
	return true;
}

/* XLENGTH,BYTES again and again, appended to `list`. */
static enum status take_expressions(struct rsp_args *args, size_t *used, struct agent_code *list,
	unsigned *count)
{
	while (rsp_take_char(args, 'X')) {
		struct agent_code code;

		if (!take_expression(args, expression_bytes + *used, &code))
			return STATUS_MALFORMED;
		if (*count == BREAKPOINT_EXPRESSIONS)
			return STATUS_TABLE_FULL;
		list[(*count)++] = code;
		*used += code.length;
	}
	return *count ? STATUS_OK : STATUS_MALFORMED;
}

/* ;X... are conditions, ;cmds:PERSIST,X... commands. That they may outlive the debugger is not used. */
static enum status take_actions(struct rsp_args *args, struct breakpoint_actions *actions)
{
	enum status status = STATUS_OK;
	size_t used = 0;
	u64 persist;

	while (status == STATUS_OK && rsp_take_char(args, ';')) {
		if (!rsp_take_text(args, "cmds:"))
			status = take_expressions(args, &used, actions->condition,
				&actions->condition_count);
		else if (rsp_take_number(args, &persist) && rsp_take_char(args, ','))
			status = take_expressions(args, &used, actions->command,
				&actions->command_count);
		else
			status = STATUS_MALFORMED;
	}
	return status;
}

static enum status insert_one(struct rsp_args *args)
{
	struct request request;
	enum status status = take_place(args, &request);

	if (status == STATUS_OK && request.kind <= BREAK_HARDWARE)
		status = take_actions(args, &request.actions);
	if (status == STATUS_OK && rsp_args_left(args))
		status = STATUS_MALFORMED;
	if (status != STATUS_OK)
		return status;
	return debugger_insert(request.kind, request.address, request.length, &request.actions);
}

static enum status remove_one(struct rsp_args *args)
{
	struct request request;
	enum status status = take_place(args, &request);

	if (status == STATUS_OK && rsp_args_left(args))
		status = STATUS_MALFORMED;
	if (status != STATUS_OK)
		return status;
	status = debugger_remove(request.kind, request.address, request.length);
	/* Removing twice is no error. */
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum rsp_answer answer(struct rsp_session *session, enum status status)
{
	return status == STATUS_UNSUPPORTED ? RSP_ANSWER_REPLY : rsp_answer_status(session, status);
}

enum rsp_answer rsp_insert_breakpoint(struct rsp_session *session, struct rsp_args *args)
{
	return answer(session, insert_one(args));
}

enum rsp_answer rsp_remove_breakpoint(struct rsp_session *session, struct rsp_args *args)
{
	return answer(session, remove_one(args));
}

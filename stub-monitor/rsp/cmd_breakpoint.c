/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Z and z, types 0-4 (GDB manual, Packets): TYPE,ADDRESS,KIND. KIND is the length of a watchpoint
 * in bytes, and 1 for breakpoints on x86. Both are idempotent. Other types get the empty reply.
 */
#include "rsp/rsp_commands.h"

struct request {
	enum breakpoint_kind kind;
	struct gla address;
	u64 length;
};

/* A condition (`;X...`) is refused: without ConditionalBreakpoints+ no debugger sends one. */
static enum status take_request(struct rsp_args *args, struct request *request)
{
	u64 kind;

	if (!rsp_take_number(args, &kind) || !rsp_take_char(args, ','))
		return STATUS_MALFORMED;
	if (kind > WATCH_ACCESS)
		return STATUS_UNSUPPORTED;
	if (!rsp_take_range(args, &request->address.addr, &request->length))
		return STATUS_MALFORMED;
	if (rsp_args_left(args) || request->length == 0)
		return STATUS_MALFORMED;
	request->kind = (enum breakpoint_kind)kind;
	return STATUS_OK;
}

enum rsp_answer rsp_insert_breakpoint(struct rsp_session *session, struct rsp_args *args)
{
	struct request request;
	enum status status = take_request(args, &request);

	if (status == STATUS_UNSUPPORTED)
		return RSP_ANSWER_REPLY;
	if (status == STATUS_OK)
		status = debugger_insert(request.kind, request.address, request.length);
	return rsp_answer_status(session, status);
}

enum rsp_answer rsp_remove_breakpoint(struct rsp_session *session, struct rsp_args *args)
{
	struct request request;
	enum status status = take_request(args, &request);

	if (status == STATUS_UNSUPPORTED)
		return RSP_ANSWER_REPLY;
	if (status == STATUS_OK)
		status = debugger_remove(request.kind, request.address, request.length);
	/* Removing twice is no error. */
	return rsp_answer_status(session, status == STATUS_NOT_FOUND ? STATUS_OK : status);
}

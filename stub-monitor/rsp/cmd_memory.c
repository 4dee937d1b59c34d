/* SPDX-License-Identifier: EPL-2.0 */
/*
 * m, x, M, X (GDB manual, Packets) on linear addresses, or on guest-physical ones after
 * QRetro.PhysicalMemory:1 (docs/spec/rsp-extensions.md). A read may return less than asked: what
 * lies before the first byte that cannot be read. A write is done whole or refused.
 */
#include "lib/hex.h"
#include "rsp/rsp_commands.h"
#include "rsp/trace_frame.h"

#define MOST_BYTES (RSP_PACKET_SIZE / 2)

enum status rsp_read_bytes(const struct rsp_session *session, u64 address, void *buffer,
	size_t length, size_t *done)
{
	*done = 0;
	if (rsp_in_trace_frame(session))
		return rsp_trace_memory(session, address, buffer, length, done);
	if (session->physical_memory)
		return debugger_read_physical((struct gpa){address}, buffer, length, done);
	return debugger_read_memory((struct gla){address}, buffer, length, done);
}

static enum status write_memory(const struct rsp_session *session, u64 address, const void *data,
	size_t length)
{
	if (length == 0)
		return STATUS_OK;
	if (rsp_in_trace_frame(session))
		return STATUS_UNSUPPORTED;
	if (session->physical_memory)
		return debugger_write_physical((struct gpa){address}, data, length);
	return debugger_write_memory((struct gla){address}, data, length);
}

enum rsp_answer rsp_read_memory(struct rsp_session *session, struct rsp_args *args)
{
	static u8 buffer[MOST_BYTES]; /* too large for the stack */
	enum status status;
	u64 address, length;
	size_t done = 0;

	/* An empty reply would say that `m` is not supported, so reading nothing is an error. */
	if (!rsp_take_range(args, &address, &length) || rsp_args_left(args) || length == 0)
		return rsp_answer_status(session, STATUS_MALFORMED);
	length = min_u64(length, sizeof(buffer));
	status = rsp_read_bytes(session, address, buffer, length, &done);
	if (status == STATUS_OK && done == 0)
		status = STATUS_UNMAPPED;
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	rsp_reply_hex(&session->reply, buffer, done);
	return RSP_ANSWER_REPLY;
}

/* `b` and the bytes (binary-upload+). Reading nothing is `b` alone: a debugger asks that way whether we know the packet. */
enum rsp_answer rsp_read_memory_binary(struct rsp_session *session, struct rsp_args *args)
{
	struct rsp_reply *reply = &session->reply;
	u64 address, length;
	enum status status;
	size_t done = 0;

	if (!rsp_take_range(args, &address, &length) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	rsp_reply_byte(reply, 'b');
	if (length == 0)
		return RSP_ANSWER_REPLY;
	length = min_u64(length, rsp_reply_room(reply));
	status = rsp_read_bytes(session, address, reply->payload + reply->length, length, &done);
	if (status == STATUS_OK && done == 0)
		status = STATUS_UNMAPPED;
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	reply->length += done;
	return RSP_ANSWER_REPLY;
}

enum rsp_answer rsp_write_memory(struct rsp_session *session, struct rsp_args *args)
{
	static u8 buffer[MOST_BYTES]; /* too large for the stack */
	u64 address, length;

	if (!rsp_take_range(args, &address, &length) || !rsp_take_char(args, ':'))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (length > sizeof(buffer) || rsp_args_left(args) != 2 * length)
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (!hex_decode(buffer, args->at, length))
		return rsp_answer_status(session, STATUS_MALFORMED);
	return rsp_answer_status(session, write_memory(session, address, buffer, length));
}

enum rsp_answer rsp_write_memory_binary(struct rsp_session *session, struct rsp_args *args)
{
	u64 address, length;

	if (!rsp_take_range(args, &address, &length) || !rsp_take_char(args, ':'))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (rsp_args_left(args) != length)
		return rsp_answer_status(session, STATUS_MALFORMED);
	return rsp_answer_status(session, write_memory(session, address, args->at, length));
}

enum rsp_answer rsp_set_physical_memory(struct rsp_session *session, struct rsp_args *args)
{
	bool on = rsp_args_equal(args, "1");

	if (!on && !rsp_args_equal(args, "0"))
		return rsp_answer_status(session, STATUS_MALFORMED);
	session->physical_memory = on;
	return rsp_answer_status(session, STATUS_OK);
}

enum rsp_answer rsp_get_physical_memory(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return rsp_answer_text(session, session->physical_memory ? "1" : "0");
}

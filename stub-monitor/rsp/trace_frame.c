/* SPDX-License-Identifier: EPL-2.0 */
/* See trace_frame.h; also QTFrame and qXfer:traceframe-info (GDB manual, Tracepoint Packets, Traceframe Info Format). */
#include "rsp/trace_frame.h"

#include "debug/trace_buffer.h"
#include "debug/tracepoint.h"
#include "lib/string.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"
#include "rsp/rsp_xfer.h"

static bool current(const struct rsp_session *session, struct trace_frame *frame)
{
	return rsp_in_trace_frame(session) && trace_frame_get(session->trace_frame - 1, frame);
}

const u8 *rsp_trace_registers(const struct rsp_session *session, size_t *length)
{
	struct trace_frame frame;
	struct trace_block block;
	size_t at = 0;

	if (!current(session, &frame) || !trace_block_next(&frame, &at, &block))
		return NULL;
	*length = block.length;
	return block.data;
}

enum status rsp_trace_memory(const struct rsp_session *session, u64 address, void *buffer,
	size_t length, size_t *done)
{
	struct trace_frame frame;
	struct trace_block block;
	size_t at = 0;

	*done = 0;
	while (current(session, &frame) && trace_block_next(&frame, &at, &block)) {
		u64 skipped = address - block.address;

		if (block.kind != 'M' || skipped >= block.length)
			continue;
		*done = min_u64(length, block.length - skipped);
		memcpy(buffer, block.data + skipped, *done);
		return STATUS_OK;
	}
	return STATUS_UNMAPPED;
}

bool rsp_trace_variable(const struct rsp_session *session, u16 number, u64 *value)
{
	struct trace_frame frame;
	struct trace_block block;
	size_t at = 0;

	while (current(session, &frame) && trace_block_next(&frame, &at, &block))
		if (block.kind == 'V' && block.address == number) {
			memcpy(value, block.data, sizeof(*value));
			return true;
		}
	return false;
}

/* ---- QTFrame ---- */

enum search { BY_NUMBER, BY_PC, BY_TRACEPOINT, IN_RANGE, OUTSIDE_RANGE };

static u64 frame_pc(const struct trace_frame *frame)
{
	struct trace_block block;
	size_t at = 0, offset = 0;
	u64 pc = 0;

	trace_block_next(frame, &at, &block);
	for (unsigned i = 0; i < rsp_architecture->pc; i++)
		offset += rsp_registers[i].size;
	memcpy(&pc, block.data + offset, rsp_registers[rsp_architecture->pc].size);
	return pc;
}

static bool matches(const struct trace_frame *frame, enum search search, u64 first, u64 second)
{
	u64 pc = frame_pc(frame);

	switch (search) {
	case BY_PC:
		return pc == first;
	case BY_TRACEPOINT:
		return frame->tracepoint == first;
	case IN_RANGE:
		return pc >= first && pc <= second;
	case OUTSIDE_RANGE:
		return pc < first || pc > second;
	case BY_NUMBER:
		break;
	}
	return true;
}

static bool take_search(struct rsp_args *args, enum search *search, u64 *first, u64 *second)
{
	*search = rsp_take_text(args, "pc:")      ? BY_PC
		: rsp_take_text(args, "tdp:")     ? BY_TRACEPOINT
		: rsp_take_text(args, "range:")   ? IN_RANGE
		: rsp_take_text(args, "outside:") ? OUTSIDE_RANGE
						  : BY_NUMBER;
	if (!rsp_take_number(args, first))
		return false;
	if (*search == IN_RANGE || *search == OUTSIDE_RANGE)
		if (!rsp_take_char(args, ':') || !rsp_take_number(args, second))
			return false;
	return !rsp_args_left(args);
}

/* Searches begin behind the frame that is looked at. Nothing found: it stays. */
enum rsp_answer rsp_select_trace_frame(struct rsp_session *session, struct rsp_args *args)
{
	unsigned number = session->trace_frame;
	struct trace_frame frame;
	enum search search;
	u64 first, second = 0;

	if (!take_search(args, &search, &first, &second))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (search == BY_NUMBER && first > TRACE_BUFFER_BYTES) { /* -1: back to the guest itself */
		session->trace_frame = 0;
		return rsp_answer_text(session, "OK");
	}
	if (search == BY_NUMBER)
		number = (unsigned)first;
	for (; trace_frame_get(number, &frame); number++) {
		if (!matches(&frame, search, first, second))
			continue;
		session->trace_frame = number + 1;
		rsp_reply_byte(&session->reply, 'F');
		rsp_reply_number(&session->reply, number);
		rsp_reply_byte(&session->reply, 'T');
		rsp_reply_number(&session->reply, frame.tracepoint);
		return RSP_ANSWER_REPLY;
	}
	return rsp_answer_text(session, "F-1");
}

/* ---- qXfer:traceframe-info ---- */

static const struct rsp_session *described;

static void emit_frame(struct rsp_window *window)
{
	struct trace_frame frame;
	struct trace_block block;
	size_t at = 0;

	rsp_window_text(window, "<traceframe-info>\n");
	while (current(described, &frame) && trace_block_next(&frame, &at, &block))
		if (block.kind == 'M')
			rsp_window_format(window, "<memory start=\"0x%lx\" length=\"0x%lx\"/>\n",
				block.address, block.length);
		else if (block.kind == 'V')
			rsp_window_format(window, "<tvar id=\"%lu\"/>\n", block.address);
	rsp_window_text(window, "</traceframe-info>\n");
}

enum rsp_answer rsp_describe_trace_frame(struct rsp_session *session, struct rsp_args *args)
{
	if (!rsp_in_trace_frame(session))
		return rsp_answer_status(session, STATUS_NOT_FOUND);
	described = session;
	return rsp_answer_xfer(session, args, emit_frame);
}

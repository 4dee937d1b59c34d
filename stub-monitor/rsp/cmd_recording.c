/* SPDX-License-Identifier: EPL-2.0 */
/*
 * qRetro.Machine, .Base, .Pages, .Log, .Mark, .Here, .Changes: the recording for somebody who keeps it (docs/spec/rsp-extensions.md, "Getting a
 * recording out"). Each question can be asked again and changes nothing. A reply begins with a letter of its own that no stop
 * reply has, so that both can be told apart while a debugger waits for the guest.
 */
#include "debug/recording.h"
#include "lib/string.h"
#include "rsp/rsp_commands.h"

#define PAGE_HEADER sizeof(u32) /* the frame's number */

static void add_number(struct rsp_reply *reply, u64 value, char after)
{
	rsp_reply_number(reply, value);
	rsp_reply_byte(reply, (u8)after);
}

static void add_bytes(struct rsp_reply *reply, const void *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		rsp_reply_byte(reply, ((const u8 *)data)[i]);
}

static void add_line(void *context, const char *line)
{
	rsp_reply_text(context, line);
	rsp_reply_byte(context, '\n');
}

enum rsp_answer rsp_describe_machine(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	rsp_reply_byte(&session->reply, 'M');
	recording_print_machine(add_line, &session->reply);
	return RSP_ANSWER_REPLY;
}

static void add_state(struct rsp_reply *reply, const struct recording_base *state)
{
	add_number(reply, state->inject->valid, ',');
	add_number(reply, state->inject->type, ',');
	add_number(reply, state->inject->vector, ',');
	add_number(reply, state->inject->has_error_code, ',');
	add_number(reply, state->inject->error_code, ';');
	add_bytes(reply, state->cpu, sizeof(*state->cpu));
}

enum rsp_answer rsp_read_base(struct rsp_session *session, struct rsp_args *args)
{
	struct rsp_reply *reply = &session->reply;
	struct recording_base base;
	enum status status = recording_base(&base);

	(void)args;
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	rsp_reply_byte(reply, 'B');
	add_number(reply, base.number, ',');
	add_number(reply, base.instant, ',');
	add_number(reply, base.log_position, ',');
	add_state(reply, &base);
	return RSP_ANSWER_REPLY;
}

enum rsp_answer rsp_read_here(struct rsp_session *session, struct rsp_args *args)
{
	struct rsp_reply *reply = &session->reply;
	struct recording_base here;
	enum status status = recording_here(&here);

	(void)args;
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	rsp_reply_byte(reply, 'H');
	add_number(reply, here.number, ',');
	add_number(reply, here.instant, ',');
	add_number(reply, here.log_position, ',');
	add_number(reply, here.events, ',');
	add_state(reply, &here);
	return RSP_ANSWER_REPLY;
}

/* The next page at or after *frame, and what it is; see recording_next_page(). */
typedef bool next_page(u64 since, u64 *frame, void *page);

static bool next_of_base(u64 since, u64 *frame, void *page)
{
	(void)since;
	return recording_next_page(frame, page);
}

/* As many pages as fit; the frame to go on with stands in front of them, so they are collected first. */
static enum rsp_answer answer_pages(struct rsp_session *session, char letter,
	const struct recording_base *state, next_page *next, u64 since, u64 frame)
{
	static u8 pages[RSP_PACKET_SIZE];
	const size_t room = sizeof(pages) - 4 * (16 + sizeof(','));
	size_t used = 0;

	while (used + PAGE_HEADER + PAGE_SIZE <= room &&
		next(since, &frame, pages + used + PAGE_HEADER)) {
		u32 number = (u32)frame++;

		memcpy(pages + used, &number, sizeof(number));
		used += PAGE_HEADER + PAGE_SIZE;
	}
	rsp_reply_byte(&session->reply, (u8)letter);
	add_number(&session->reply, state->number, ',');
	add_number(&session->reply, state->instant, ',');
	add_number(&session->reply, frame, ',');
	add_number(&session->reply, recording_frames(), ';');
	add_bytes(&session->reply, pages, used);
	return RSP_ANSWER_REPLY;
}

enum rsp_answer rsp_read_pages(struct rsp_session *session, struct rsp_args *args)
{
	struct recording_base base;
	enum status status = recording_base(&base);
	u64 frame;

	if (!rsp_take_number(args, &frame) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	return answer_pages(session, 'P', &base, next_of_base, 0, frame);
}

enum rsp_answer rsp_read_changes(struct rsp_session *session, struct rsp_args *args)
{
	struct recording_base here;
	enum status status = recording_here(&here);
	u64 since, frame;

	if (!rsp_take_number(args, &since) || !rsp_take_char(args, ',') ||
		!rsp_take_number(args, &frame) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	return answer_pages(session, 'C', &here, recording_next_change, since, frame);
}

enum rsp_answer rsp_read_log(struct rsp_session *session, struct rsp_args *args)
{
	struct rsp_reply *reply = &session->reply;
	struct recording_log log;
	enum status status = recording_log(&log);
	u64 from, length;

	if (!rsp_take_range(args, &from, &length) || rsp_args_left(args))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	rsp_reply_byte(reply, 'L');
	add_number(reply, log.number, ',');
	add_number(reply, log.start, ',');
	add_number(reply, log.end, ',');
	add_number(reply, log.now, ';');
	length = min_u64(length, rsp_reply_room(reply));
	reply->length += recording_read(from < log.start ? log.start : from,
		reply->payload + reply->length, length);
	return RSP_ANSWER_REPLY;
}

enum rsp_answer rsp_mark_state(struct rsp_session *session, struct rsp_args *args)
{
	struct recording_log log;
	struct recording_mark mark;
	enum status status = recording_log(&log);

	(void)args;
	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	mark = recording_mark();
	rsp_reply_byte(&session->reply, 'D');
	add_number(&session->reply, log.number, ',');
	add_number(&session->reply, mark.instant, ',');
	add_number(&session->reply, mark.rip, ',');
	rsp_reply_number(&session->reply, mark.digest);
	return RSP_ANSWER_REPLY;
}

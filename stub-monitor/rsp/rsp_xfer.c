/* SPDX-License-Identifier: EPL-2.0 */
/* Texts in parts; see rsp_xfer.h. */
#include "rsp/rsp_xfer.h"

#include "lib/format.h"

#define LONGEST_LINE 256

void rsp_window_text(struct rsp_window *window, const char *text)
{
	for (; *text; text++, window->position++)
		if (window->position >= window->start && window->position < window->end)
			rsp_reply_byte(window->reply, (u8)*text);
}

void rsp_window_format(struct rsp_window *window, const char *fmt, ...)
{
	char line[LONGEST_LINE];
	va_list args;

	va_start(args, fmt);
	vformat(line, sizeof(line), fmt, args);
	va_end(args);
	rsp_window_text(window, line);
}

enum rsp_answer rsp_answer_xfer(struct rsp_session *session, struct rsp_args *args,
	rsp_window_emit emit)
{
	struct rsp_window window = {.reply = &session->reply};
	u64 length;

	if (!rsp_take_number(args, &window.start) || !rsp_take_char(args, ','))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (!rsp_take_number(args, &length) || rsp_args_left(args) || length == 0)
		return rsp_answer_status(session, STATUS_MALFORMED);
	rsp_reply_byte(&session->reply, 'm');
	length = min_u64(length, rsp_reply_room(&session->reply));
	window.end = window.start + length < length ? window.start : window.start + length;
	emit(&window);
	if (window.start > window.position)
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (window.end >= window.position)
		session->reply.payload[0] = 'l';
	return RSP_ANSWER_REPLY;
}

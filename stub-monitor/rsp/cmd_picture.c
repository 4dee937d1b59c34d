/* SPDX-License-Identifier: EPL-2.0 */
/*
 * > and < in tagged packets: a step forward and back whose stop reply is what has changed in a picture of the guest since
 * the last such reply: the registers of `g` and two lines of memory at the stack pointer (docs/spec/rsp-extensions.md,
 * Pictures). Over a slow line a step costs a tenth of a stop reply and the reads that follow it.
 */
#include "lib/string.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"

#define LINE  64
#define LINES 2

#define SKIP_ON 255 /* 255 bytes are as they were, and more is to come */
#define LONGEST 255

/* Both sides change alike, since a reply is for certain received before the next packet with another tag. */
static size_t take_picture(u8 *picture)
{
	const struct cpu_state *cpu = debugger_cpu();
	u64 line;
	u8 stack[8];
	size_t at = 0, done;

	for (unsigned i = 0; i < rsp_register_count; i++) {
		if (rsp_registers[i].feature == RSP_FEATURE_AVX)
			break;
		rsp_register_read(cpu, i, picture + at);
		at += rsp_registers[i].size;
	}
	rsp_register_read(cpu, RSP_REGNUM_RSP, stack);
	memcpy(&line, stack, sizeof(line));
	line &= ~(u64)(LINE - 1);
	for (unsigned i = 0; i < LINES; i++, line += LINE) {
		memset(picture + at, 0, LINE + 1);
		if (debugger_read_memory((struct gla){line}, picture + at + 1, LINE, &done) ==
			STATUS_OK)
			picture[at] = done == LINE;
		at += LINE + 1;
	}
	return at;
}

static size_t difference_length(const u8 *was, const u8 *is, size_t most)
{
	size_t length = 0;

	while (length < most && length < LONGEST && was[length] != is[length])
		length++;
	return length;
}

/* Records: bytes that are as they were (SKIP_ON: 255, and no more in this record), how many follow, these. */
static void add_changes(struct rsp_reply *reply, u8 *was, const u8 *is, size_t length)
{
	size_t told = 0;

	for (size_t at = 0; at < length;) {
		size_t count = difference_length(was + at, is + at, length - at);

		if (!count) {
			at++;
			continue;
		}
		for (; at - told >= SKIP_ON; told += SKIP_ON)
			rsp_reply_byte(reply, SKIP_ON);
		rsp_reply_byte(reply, (u8)(at - told));
		rsp_reply_byte(reply, (u8)count);
		for (size_t i = 0; i < count; i++)
			rsp_reply_byte(reply, is[at + i]);
		at += count;
		told = at;
	}
	memcpy(was, is, length);
}

bool rsp_picture_of_stop(struct rsp_session *session)
{
	static u8 picture[RSP_PICTURE_MOST]; /* too large for the stack */
	struct rsp_picture *known = &session->sequence.picture;

	if (!known->wanted || session->stop.reason != STOP_STEP || session->sequence.text_length)
		return false;
	known->wanted = false;
	rsp_reply_byte(&session->reply, '=');
	add_changes(&session->reply, known->sent, picture, take_picture(picture));
	return true;
}

/* Without a tag a lost reply would leave the two sides with different pictures. */
static enum rsp_answer with_picture(struct rsp_session *session, rsp_command step,
	struct rsp_args *args)
{
	if (!session->sequence.tag)
		return RSP_ANSWER_REPLY;
	session->sequence.picture.wanted = true;
	return step(session, args);
}

enum rsp_answer rsp_picture_step(struct rsp_session *session, struct rsp_args *args)
{
	return with_picture(session, rsp_step, args);
}

enum rsp_answer rsp_picture_reverse_step(struct rsp_session *session, struct rsp_args *args)
{
	return with_picture(session, rsp_reverse_step, args);
}

/* Both sides begin with a picture of zeros. */
enum rsp_answer rsp_picture_forget(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	memset(session->sequence.picture.sent, 0, sizeof(session->sequence.picture.sent));
	return rsp_answer_status(session, STATUS_OK);
}

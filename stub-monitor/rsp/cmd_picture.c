/* SPDX-License-Identifier: EPL-2.0 */
/*
 * > and <: a step forward and back whose stop reply is what has changed in a picture of the guest since
 * the last such reply: the registers of `g` and lines of memory, those at the stack pointer and the instruction pointer now
 * and at some steps before (docs/spec/rsp-extensions.md, Pictures). Over a slow line a step costs a tenth of a stop reply
 * and the reads that follow it; over a fast one it is one exchange instead of two.
 */
#include "lib/string.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"

#define LINE          64
#define LINES_OF_KIND 8 /* a line has one place only: its number modulo this */
#define STACK_LINES   0
#define CODE_LINES    LINES_OF_KIND
#define LINES         (2 * LINES_OF_KIND)
#define LINES_AT      0x400 /* registers come before; they have some 860 bytes */
#define THREAD_SUM_AT \
	0x3fc /* of what is said of the thread: as long as it is the same, so is that */

#define LONGEST_INSTRUCTION 15
#define WORD                8 /* bytes of a register; those up to rip are all of this size */

#define SKIP_ON 255 /* 255 bytes are as they were, and more is to come */
#define LONGEST 255

enum { LINE_UNUSED, LINE_READ, LINE_UNREADABLE };

struct picture_line {
	u8 state;
	u8 address[8];
	u8 bytes[LINE];
};

_Static_assert(LINES_AT + LINES * sizeof(struct picture_line) == RSP_PICTURE_MOST,
	"docs/spec/rsp-extensions.md");

/* Makes an 8-byte register what it differs from another one. */
static void make_difference(u8 *value, const u8 *other)
{
	u64 a, b;

	memcpy(&a, value, sizeof(a));
	memcpy(&b, other, sizeof(b));
	a -= b;
	memcpy(value, &a, sizeof(a));
}

/* ip16 and sp16 are the last; in 64-bit code they never differ from rip and rsp. */
static void take_registers(u8 *picture)
{
	const struct cpu_state *cpu = debugger_cpu();
	size_t at = 0;

	for (unsigned i = 0; i < rsp_register_count; i++) {
		if (rsp_registers[i].feature == RSP_FEATURE_AVX ||
			at + rsp_registers[i].size > THREAD_SUM_AT)
			break;
		rsp_register_read(cpu, i, picture + at);
		at += rsp_registers[i].size;
	}
	make_difference(picture + at - 2 * WORD, picture + RSP_REGNUM_RIP * WORD);
	make_difference(picture + at - WORD, picture + RSP_REGNUM_RSP * WORD);
}

static u64 register_value(unsigned number)
{
	u8 bytes[16] = {0};
	u64 value;

	rsp_register_read(debugger_cpu(), number, bytes);
	memcpy(&value, bytes, sizeof(value));
	return value;
}

static void want_line(struct picture_line *lines, u64 address)
{
	u64 start = address & ~(u64)(LINE - 1);
	struct picture_line *line = &lines[start / LINE % LINES_OF_KIND];

	line->state = LINE_READ;
	memcpy(line->address, &start, sizeof(start));
}

/* What a debugger reads after a step: two lines of stack, and the instruction. */
static void want_lines(struct picture_line *lines)
{
	u64 stack = register_value(RSP_REGNUM_RSP), code = register_value(RSP_REGNUM_RIP);

	want_line(lines + STACK_LINES, stack);
	want_line(lines + STACK_LINES, stack + LINE);
	want_line(lines + CODE_LINES, code);
	want_line(lines + CODE_LINES, code + LONGEST_INSTRUCTION - 1);
}

static void read_line(struct picture_line *line)
{
	u64 address;
	size_t done = 0;

	if (line->state == LINE_UNUSED)
		return;
	memcpy(&address, line->address, sizeof(address));
	memset(line->bytes, 0, LINE);
	if (debugger_read_memory((struct gla){address}, line->bytes, LINE, &done) != STATUS_OK)
		done = 0;
	line->state = done == LINE ? LINE_READ : LINE_UNREADABLE;
}

/* Both sides change alike: on a line that loses bytes a reply is for certain received before the next packet with another tag. */
static void take_picture(u8 *picture, const u8 *known)
{
	struct picture_line *lines = (struct picture_line *)(picture + LINES_AT);
	u32 sum;

	memcpy(picture, known, RSP_PICTURE_MOST);
	take_registers(picture);
	sum = rsp_thread_sum();
	memcpy(picture + THREAD_SUM_AT, &sum, sizeof(sum));
	want_lines(lines);
	for (unsigned i = 0; i < LINES; i++)
		read_line(&lines[i]);
}

static size_t difference_length(const u8 *was, const u8 *is, size_t most)
{
	size_t length = 0;

	while (length < most && length < LONGEST && was[length] != is[length])
		length++;
	return length;
}

/* At least 1: what is there is the same. By words as long as that goes: most of a picture does not change. */
static size_t same_length(const u8 *was, const u8 *is, size_t most)
{
	size_t length = 0;

	while (length + WORD <= most && !memcmp(was + length, is + length, WORD))
		length += WORD;
	return length ? length : 1;
}

/* Records: bytes that are as they were (SKIP_ON: 255, and no more in this record), how many follow, these. */
static void add_changes(struct rsp_reply *reply, u8 *was, const u8 *is, size_t length)
{
	size_t told = 0;

	for (size_t at = 0; at < length;) {
		size_t count = difference_length(was + at, is + at, length - at);

		if (!count) {
			at += same_length(was + at, is + at, length - at);
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
	if (rsp_architecture->pc != RSP_REGNUM_RIP)
		return false; /* other registers: a plain stop reply */
	known->wanted = false;
	rsp_reply_byte(&session->reply, '=');
	take_picture(picture, known->sent);
	add_changes(&session->reply, known->sent, picture, RSP_PICTURE_MOST);
	return true;
}

static enum rsp_answer with_picture(struct rsp_session *session, rsp_command step,
	struct rsp_args *args)
{
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

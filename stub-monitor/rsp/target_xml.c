/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The target description; see target_xml.h. The text is made anew for each part asked for, and only
 * what lies in the window is kept: it needs no memory, and is read once per session.
 */
#include "rsp/target_xml.h"

#include "lib/format.h"

#define LONGEST_LINE 160

/* The part of the text that was asked for, while the text passes by. */
struct window {
	struct rsp_reply *reply;
	u64 start, end; /* offsets into the text */
	u64 position;
};

static void emit(struct window *window, const char *text)
{
	for (; *text; text++, window->position++)
		if (window->position >= window->start && window->position < window->end)
			rsp_reply_byte(window->reply, (u8)*text);
}

static void emit_register(struct window *window, unsigned number)
{
	const struct rsp_register *reg = &rsp_registers[number];
	char line[LONGEST_LINE];

	format(line, sizeof(line), "<reg name=\"%s\" bitsize=\"%d\" type=\"%s\" regnum=\"%u\"",
		reg->name, reg->size * 8, reg->type, number);
	emit(window, line);
	if (reg->group) {
		format(line, sizeof(line), " group=\"%s\"", reg->group);
		emit(window, line);
	}
	emit(window, "/>\n");
}

static void emit_feature(struct window *window, enum rsp_feature feature)
{
	char line[LONGEST_LINE];

	format(line, sizeof(line), "<feature name=\"%s\">\n", rsp_feature_names[feature]);
	emit(window, line);
	if (rsp_feature_types[feature])
		emit(window, rsp_feature_types[feature]);
	for (unsigned i = 0; i < rsp_register_count; i++)
		if (rsp_registers[i].feature == feature)
			emit_register(window, i);
	emit(window, "</feature>\n");
}

static void emit_all(struct window *window)
{
	emit(window,
		"<?xml version=\"1.0\"?>\n"
		"<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		"<target version=\"1.0\">\n"
		"<architecture>i386:x86-64</architecture>\n"
		"<osabi>none</osabi>\n");
	for (unsigned feature = 0; feature < RSP_FEATURE_COUNT; feature++)
		emit_feature(window, (enum rsp_feature)feature);
	emit(window, "</target>\n");
}

bool rsp_target_xml_read(struct rsp_reply *reply, u64 offset, u64 length)
{
	struct window window = {.reply = reply, .start = offset};
	size_t mark = reply->length;

	rsp_reply_byte(reply, 'm');
	length = min_u64(length, rsp_reply_room(reply));
	window.end = offset + length < offset ? offset : offset + length;
	emit_all(&window);
	if (offset > window.position)
		return false;
	if (window.end >= window.position)
		reply->payload[mark] = 'l';
	return true;
}

/* SPDX-License-Identifier: EPL-2.0 */
#include "lib/printk.h"

#include "lib/debug_channel.h"
#include "lib/format.h"
#include "lib/panic.h"
#include "lib/string.h"

#define LINES     64
#define LINE_SIZE 160

static char lines[LINES][LINE_SIZE];
static u64 line_count;

static void add_line(const char *prefix, const char *format_string, __builtin_va_list arguments)
{
	char *line = lines[line_count++ % LINES];
	size_t used = strlen(prefix);

	memcpy(line, prefix, used + 1);
	vformat(line + used, LINE_SIZE - used, format_string, arguments);
	debug_channel_write(line);
}

void printk(const char *format_string, ...)
{
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format_string);
	add_line("retrovisor: ", format_string, arguments);
	__builtin_va_end(arguments);
}

void printk_replay(void (*print)(void *context, const char *line), void *context)
{
	u64 first = line_count > LINES ? line_count - LINES : 0;

	for (u64 i = first; i < line_count; i++)
		print(context, lines[i % LINES]);
}

static void (*link_line)(const char *line);

void panic_set_link(void (*write_line)(const char *line))
{
	link_line = write_line;
}

void panic(const char *format_string, ...)
{
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format_string);
	add_line("retrovisor: PANIC: ", format_string, arguments);
	__builtin_va_end(arguments);
	if (link_line)
		link_line(lines[(line_count - 1) % LINES]);
	halt_forever();
}

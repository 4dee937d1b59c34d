/* SPDX-License-Identifier: EPL-2.0 */
#include "lib/printk.h"

#include "lib/debug_channel.h"
#include "lib/format.h"
#include "lib/string.h"

#define LINES     64
#define LINE_SIZE 160

static char lines[LINES][LINE_SIZE];
static u64 line_count;

void printk(const char *format_string, ...)
{
	static const char prefix[] = "retrovisor: ";
	char *line = lines[line_count++ % LINES];
	__builtin_va_list arguments;

	memcpy(line, prefix, sizeof(prefix));
	__builtin_va_start(arguments, format_string);
	vformat(line + sizeof(prefix) - 1, LINE_SIZE - sizeof(prefix) + 1, format_string,
		arguments);
	__builtin_va_end(arguments);
	debug_channel_write(line);
}

void printk_replay(void (*print)(void *context, const char *line), void *context)
{
	u64 first = line_count > LINES ? line_count - LINES : 0;

	for (u64 i = first; i < line_count; i++)
		print(context, lines[i % LINES]);
}

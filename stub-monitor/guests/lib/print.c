/* SPDX-License-Identifier: EPL-2.0 */
/* The formatter behind print(); a call is collected in one buffer and sent at once. */
#include <stdarg.h>

#include "print.h"
#include "serial.h"
#include "types.h"

struct line {
	char text[256];
	u32 length;
};

static void put(struct line *line, char c)
{
	if (line->length < sizeof(line->text))
		line->text[line->length++] = c;
}

static void put_number(struct line *line, u64 value, u32 base)
{
	char digits[20];
	u32 n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		put(line, digits[--n]);
}

static void put_string(struct line *line, const char *s)
{
	while (*s)
		put(line, *s++);
}

static const char *put_conversion(struct line *line, const char *format, va_list *args)
{
	bool is_long = *format == 'l';

	if (is_long)
		format++;
	switch (*format) {
	case 's':
		put_string(line, va_arg(*args, const char *));
		break;
	case 'c':
		put(line, (char)va_arg(*args, int));
		break;
	case 'u':
	case 'x':
		put_number(line, is_long ? va_arg(*args, u64) : va_arg(*args, u32),
			*format == 'u' ? 10 : 16);
		break;
	default:
		put(line, *format);
	}
	return format + 1;
}

void print(const char *format, ...)
{
	struct line line;
	va_list args;

	line.length = 0;
	va_start(args, format);
	while (*format) {
		if (*format != '%')
			put(&line, *format++);
		else
			format = put_conversion(&line, format + 1, &args);
	}
	va_end(args);
	serial_write(line.text, line.length);
}

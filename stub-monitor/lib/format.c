/* SPDX-License-Identifier: EPL-2.0 */
/* printf-like formatting; see format.h. */
#include "lib/format.h"

#include "lib/hex.h"
#include "lib/string.h"

struct output {
	char *text;
	size_t size;
	size_t length;
};

struct directive {
	bool left, zero, wide;
	size_t width;
	size_t precision; /* the most characters %s prints */
	char conversion;
};

static void put(struct output *out, char character)
{
	if (out->length + 1 < out->size)
		out->text[out->length] = character;
	out->length++;
}

static void put_padded(struct output *out, const struct directive *d, const char *text,
	size_t length)
{
	size_t padding = d->width > length ? d->width - length : 0;
	char pad = d->zero && !d->left ? '0' : ' ';

	if (pad == '0' && length && text[0] == '-') {
		put(out, *text++);
		length--;
	}
	for (size_t i = 0; i < padding && !d->left; i++)
		put(out, pad);
	for (size_t i = 0; i < length; i++)
		put(out, text[i]);
	for (size_t i = 0; i < padding && d->left; i++)
		put(out, ' ');
}

static void put_number(struct output *out, const struct directive *d, u64 value, bool negative)
{
	char digits[24];
	size_t at = sizeof(digits);
	unsigned base = d->conversion == 'x' ? 16 : 10;

	do {
		digits[--at] = hex_digit((unsigned)(value % base));
		value /= base;
	} while (value);
	if (negative)
		digits[--at] = '-';
	put_padded(out, d, digits + at, sizeof(digits) - at);
}

static void put_signed(struct output *out, const struct directive *d, int64_t value)
{
	put_number(out, d, value < 0 ? 0 - (u64)value : (u64)value, value < 0);
}

static void put_pointer(struct output *out, u64 value)
{
	struct directive d = {.zero = true, .width = 16, .conversion = 'x'};

	put(out, '0');
	put(out, 'x');
	put_number(out, &d, value, false);
}

static void put_string(struct output *out, const struct directive *d, const char *text)
{
	size_t length = 0;

	if (!text)
		text = "(null)";
	while (length < d->precision && text[length])
		length++;
	put_padded(out, d, text, length);
}

static const char *parse_directive(const char *fmt, struct directive *d, va_list *args)
{
	*d = (struct directive){.precision = ~(size_t)0};
	for (; *fmt == '-' || *fmt == '0'; fmt++)
		*(*fmt == '-' ? &d->left : &d->zero) = true;
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		d->width = d->width * 10 + (size_t)(*fmt - '0');
	if (fmt[0] == '.' && fmt[1] == '*') {
		int precision = va_arg(*args, int);

		d->precision = precision < 0 ? ~(size_t)0 : (size_t)precision;
		fmt += 2;
	}
	for (; *fmt == 'l' || *fmt == 'z'; fmt++)
		d->wide = true;
	d->conversion = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

static void put_unknown(struct output *out, const struct directive *d)
{
	put(out, '%');
	if (d->conversion && d->conversion != '%')
		put(out, d->conversion);
}

static void put_directive(struct output *out, const struct directive *d, va_list *args)
{
	char character;

	switch (d->conversion) {
	case 's':
		put_string(out, d, va_arg(*args, const char *));
		return;
	case 'c':
		character = (char)va_arg(*args, int);
		put_padded(out, d, &character, 1);
		return;
	case 'd':
		put_signed(out, d, d->wide ? va_arg(*args, long) : va_arg(*args, int));
		return;
	case 'u':
	case 'x':
		put_number(out, d, d->wide ? va_arg(*args, u64) : va_arg(*args, unsigned), false);
		return;
	case 'p':
		put_pointer(out, (u64)(uintptr_t)va_arg(*args, void *));
		return;
	}
	put_unknown(out, d);
}

int vformat(char *text, size_t size, const char *fmt, va_list args)
{
	struct output out = {text, size, 0};
	struct directive d;
	va_list rest;

	va_copy(rest, args);
	while (*fmt) {
		if (*fmt != '%') {
			put(&out, *fmt++);
			continue;
		}
		fmt = parse_directive(fmt + 1, &d, &rest);
		put_directive(&out, &d, &rest);
	}
	va_end(rest);
	if (size)
		text[out.length < size ? out.length : size - 1] = 0;
	return (int)out.length;
}

int format(char *text, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vformat(text, size, fmt, args);
	va_end(args);
	return length;
}

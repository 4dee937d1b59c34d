/* SPDX-License-Identifier: EPL-2.0 */
/* See agent_printf.h. */
#include "agent/agent_printf.h"

#include "lib/string.h"

#define DIGITS_MAX 24 /* of 64 bits in octal, and a sign or 0x */
#define NO_LIMIT   (~0u)

struct directive {
	bool left, zero, plus, space, alternate;
	unsigned width, precision; /* NO_LIMIT: none given */
	unsigned bits;
	char kind;
};

static void emit(const struct agent_printf *values, const char *text, size_t length)
{
	if (values->host->print && length)
		values->host->print(values->host->context, text, length);
}

static void emit_many(const struct agent_printf *values, char character, size_t count)
{
	while (count--)
		emit(values, &character, 1);
}

static const char *take_flags(struct directive *d, const char *at)
{
	for (;; at++) {
		if (*at == '-')
			d->left = true;
		else if (*at == '0')
			d->zero = true;
		else if (*at == '+')
			d->plus = true;
		else if (*at == ' ')
			d->space = true;
		else if (*at == '#')
			d->alternate = true;
		else
			return at;
	}
}

static const char *take_count(unsigned *count, const char *at)
{
	for (*count = 0; *at >= '0' && *at <= '9'; at++)
		*count = (unsigned)min_u64(*count * 10 + (unsigned)(*at - '0'),
			AGENT_PRINTF_WIDTH_MAX);
	return at;
}

static const char *take_size(struct directive *d, const char *at)
{
	d->bits = 32;
	for (;; at++) {
		if (*at == 'h')
			d->bits /= 2;
		else if (*at == 'l' || *at == 'z' || *at == 'j' || *at == 't')
			d->bits = 64;
		else
			return at;
		if (d->bits < 8)
			d->bits = 8;
	}
}

static const char *take_directive(struct directive *d, const char *at)
{
	*d = (struct directive){.precision = NO_LIMIT};
	at = take_flags(d, at);
	at = take_count(&d->width, at);
	if (*at == '.')
		at = take_count(&d->precision, at + 1);
	at = take_size(d, at);
	d->kind = *at;
	return at;
}

static void pad_and_emit(const struct agent_printf *values, const struct directive *d,
	const char *text, size_t length)
{
	size_t padding = d->width > length ? d->width - length : 0;

	if (!d->left)
		emit_many(values, ' ', padding);
	emit(values, text, length);
	if (d->left)
		emit_many(values, ' ', padding);
}

/* Up to its NUL, its precision, the bound, or the first byte that cannot be read. */
static void emit_string(const struct agent_printf *values, const struct directive *d, u64 address)
{
	const struct agent_host *host = values->host;
	size_t most = min_u64(d->precision, AGENT_PRINTF_STRING_MAX), length = 0;
	char text[AGENT_PRINTF_STRING_MAX];

	while (length < most) {
		if (!host->read_memory(host->context, address + length, &text[length], 1)) {
			emit(values, text, length);
			emit(values, "<unreadable>", sizeof("<unreadable>") - 1);
			return;
		}
		if (!text[length])
			break;
		length++;
	}
	pad_and_emit(values, d, text, length);
}

static size_t digits_of(char *end, u64 value, unsigned base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	size_t count = 0;

	for (; value; value /= base)
		*(end - ++count) = digits[value % base];
	return count;
}

static const char *sign_of(const struct directive *d, bool negative)
{
	if (negative)
		return "-";
	if (d->plus)
		return "+";
	return d->space ? " " : "";
}

static void emit_number(const struct agent_printf *values, const struct directive *d, u64 value,
	unsigned base, const char *prefix)
{
	char digits[DIGITS_MAX] = "";
	size_t count = digits_of(digits + DIGITS_MAX, value, base, d->kind == 'X');
	size_t least = d->precision == NO_LIMIT ? 1 : d->precision;
	size_t zeros = least > count ? least - count : 0, used = strlen(prefix) + count + zeros;
	size_t padding = d->width > used ? d->width - used : 0;

	if (d->zero && !d->left && d->precision == NO_LIMIT) {
		zeros += padding;
		padding = 0;
	}
	if (!d->left)
		emit_many(values, ' ', padding);
	emit(values, prefix, strlen(prefix));
	emit_many(values, '0', zeros);
	emit(values, digits + DIGITS_MAX - count, count);
	if (d->left)
		emit_many(values, ' ', padding);
}

static u64 narrow(u64 value, unsigned bits)
{
	return bits == 64 ? value : value & (BIT(bits) - 1);
}

static void emit_signed(const struct agent_printf *values, const struct directive *d, u64 value)
{
	bool negative = value >> (d->bits - 1) & 1;

	value = narrow(negative ? 0 - value : value, d->bits);
	emit_number(values, d, value, 10, sign_of(d, negative));
}

/* False: no such directive. */
static bool emit_value(const struct agent_printf *values, const struct directive *d, u64 value)
{
	char character = (char)value;

	switch (d->kind) {
	case 'd':
	case 'i':
		emit_signed(values, d, value);
		return true;
	case 'u':
		emit_number(values, d, narrow(value, d->bits), 10, "");
		return true;
	case 'o':
		emit_number(values, d, narrow(value, d->bits), 8, d->alternate ? "0" : "");
		return true;
	case 'x':
	case 'X':
		emit_number(values, d, narrow(value, d->bits), 16,
			!d->alternate            ? ""
				: d->kind == 'x' ? "0x"
						 : "0X");
		return true;
	case 'p':
		emit_number(values, d, value, 16, "0x");
		return true;
	case 'c':
		pad_and_emit(values, d, &character, 1);
		return true;
	case 's':
		emit_string(values, d, value);
		return true;
	default:
		return false;
	}
}

/* gdb sends the format as it was typed: \n, \t, \"..., and up to three octal digits. Returns what is behind it. */
static const char *emit_escape(const struct agent_printf *values, const char *at)
{
	static const char letters[] = "abefnrtv", meanings[] = "\a\b\033\f\n\r\t\v";
	char character = *at++;
	unsigned number = 0;

	for (unsigned i = 0; letters[i]; i++)
		if (character == letters[i]) {
			emit(values, &meanings[i], 1);
			return at;
		}
	if (character >= '0' && character <= '7') {
		at--;
		for (unsigned digits = 0; digits < 3 && *at >= '0' && *at <= '7'; digits++)
			number = number * 8 + (unsigned)(*at++ - '0');
		character = (char)number;
	}
	emit(values, &character, 1);
	return at;
}

/* Up to the next directive, or the end. */
static const char *emit_text(const struct agent_printf *values, const char *at)
{
	while (*at && *at != '%') {
		const char *start = at;

		while (*at && *at != '%' && *at != '\\')
			at++;
		emit(values, start, (size_t)(at - start));
		if (*at == '\\' && at[1])
			at = emit_escape(values, at + 1);
		else if (*at == '\\')
			at++;
	}
	return at;
}

void agent_printf(struct agent_printf *values, const char *format)
{
	unsigned used = 0;

	while (*format) {
		const char *start = emit_text(values, format);
		struct directive d;

		format = start;
		if (!*format)
			return;
		format = take_directive(&d, format + 1);
		if (d.kind == '%')
			emit(values, "%", 1);
		else if (used < values->count &&
			emit_value(values, &d, values->stack[values->count - 1 - used]))
			used++;
		else
			emit(values, start, (size_t)(format - start) + (d.kind != 0));
		if (*format)
			format++;
	}
}

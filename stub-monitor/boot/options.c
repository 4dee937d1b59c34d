/* SPDX-License-Identifier: EPL-2.0 */
#include "boot/options.h"

#include "lib/format.h"
#include "lib/hex.h"
#include "lib/string.h"

#define COM1_PORT  0x3f8
#define COM1_IRQ   4
#define COM2_PORT  0x2f8
#define COM2_IRQ   3
#define MAX_LOG_MB 2048
#define MB_SHIFT   20

static const char fault_option[] = "test-fault=";

static char error[160];

static bool word_is(const char *word, size_t length, const char *text)
{
	return strlen(text) == length && !strncmp(word, text, length);
}

static bool parse_log(const char *value, size_t length, struct options *options)
{
	u64 megabytes = 0;

	for (size_t i = 0; i < length; i++) {
		if (value[i] < '0' || value[i] > '9' || megabytes > MAX_LOG_MB)
			return false;
		megabytes = megabytes * 10 + (u64)(value[i] - '0');
	}
	options->log_bytes = megabytes << MB_SHIFT;
	return megabytes >= 1 && megabytes <= MAX_LOG_MB;
}

static bool parse_address(const char *digits, size_t length, u64 *address)
{
	*address = 0;
	for (size_t i = 0; i < length; i++) {
		if (hex_value((u8)digits[i]) < 0 || *address >> 60)
			return false;
		*address = *address << 4 | (u64)hex_value((u8)digits[i]);
	}
	return *address != 0;
}

static bool parse_test_fault(const char *name, size_t length, struct options *options)
{
	options->test_fault = provoke_named(name, length);
	return options->test_fault != PROVOKE_NOTHING;
}

static bool parse_word(const char *word, size_t length, struct options *options)
{
	if (word_is(word, length, "uart=com1"))
		options->uart_port = COM1_PORT, options->uart_irq = COM1_IRQ;
	else if (word_is(word, length, "uart=com2"))
		options->uart_port = COM2_PORT, options->uart_irq = COM2_IRQ;
	else if (word_is(word, length, "link=uart"))
		options->virtio = false;
	else if (word_is(word, length, "link=virtio"))
		options->virtio = true;
	else if (word_is(word, length, "boot=bios"))
		options->bios = true;
	else if (word_is(word, length, "boot=module"))
		options->bios = false;
	else if (word_is(word, length, "start=running"))
		options->start_running = true;
	else if (word_is(word, length, "start=stopped"))
		options->start_running = false;
	else if (word_is(word, length, "clock=any"))
		options->clock = CLOCK_ANY;
	else if (word_is(word, length, "clock=icount"))
		options->clock = CLOCK_ICOUNT;
	else if (word_is(word, length, "clock=state-match"))
		options->clock = CLOCK_STATE_MATCH;
	else if (word_is(word, length, "record=on"))
		options->record = true;
	else if (word_is(word, length, "record=off"))
		options->record = false;
	else if (length > 4 && !strncmp(word, "log=", 4))
		return parse_log(word + 4, length - 4, options);
	else if (length > 7 && !strncmp(word, "replay=", 7))
		return parse_address(word + 7, length - 7, &options->replay);
	else if (length >= sizeof(fault_option) &&
		!strncmp(word, fault_option, sizeof(fault_option) - 1))
		return parse_test_fault(word + sizeof(fault_option) - 1,
			length - (sizeof(fault_option) - 1), options);
	else
		return false;
	return true;
}

static size_t word_length(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != ' ')
		n++;
	return n;
}

/* A loader may or may not put the image's name first; a word without '=' there is that name. */
static bool is_file_name(const char *word, size_t length, bool first)
{
	for (size_t i = 0; i < length; i++)
		if (word[i] == '=')
			return false;
	return first;
}

const char *options_parse(const char *line, struct options *options)
{
	bool first = true;

	*options = (struct options){.uart_port = COM2_PORT, .uart_irq = COM2_IRQ};
	while (*line) {
		size_t length = word_length(line);

		if (length && !is_file_name(line, length, first) &&
			!parse_word(line, length, options)) {
			char word[64] = "";

			memcpy(word, line, min_u64(length, sizeof(word) - 1));
			format(error, sizeof(error),
				"option '%s' (expected: uart=com1|com2 link=uart|virtio boot=module|bios log=1..%u "
				"start=stopped|running record=on|off clock=any|icount|state-match replay=HEXADDRESS)",
				word, MAX_LOG_MB);
			return error;
		}
		first = first && !length;
		line += length;
		line += *line == ' ';
	}
	return NULL;
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * qRcmd: what the user types after `monitor` (GDB manual, General Query Packets). Output goes out
 * line by line in O packets, so it has no limit; then OK. A word nobody knows is answered with the
 * words that are known.
 */
#include "lib/format.h"
#include "lib/hex.h"
#include "lib/string.h"
#include "rsp/monitor_command.h"
#include "rsp/rsp_commands.h"
#include "rsp/rsp_failure.h"

#define LONGEST_LINE    256
#define LONGEST_COMMAND 256

static void print_help(struct rsp_session *session, const struct rsp_words *words);

static const struct {
	const char *name;
	const char *arguments;
	const char *purpose;
	rsp_monitor_run run;
	unsigned most_words; /* with the name */
} commands[] = {
	{"help", "", "this list", print_help, 2},
	{"status", "", "instant, mode, recording, breakpoints", rsp_monitor_status, 1},
	{"events", "[N]", "the last N recorded events before now (10)", rsp_monitor_events, 2},
	{"seek", "@N|begin|end", "travel to an instant; then type: maint flush register-cache",
		rsp_monitor_seek, 2},
	{"record", "on|off", "start or stop recording", rsp_monitor_record, 2},
	{"checkpoints", "", "list the checkpoints", rsp_monitor_checkpoints, 1},
	{"checkpoint", "", "make a checkpoint here", rsp_monitor_checkpoint, 1},
	{"digest", "", "CRC-32C of the guest's state, and of the monitor", rsp_monitor_digest, 1},
	{"log", "", "the monitor's own messages", rsp_monitor_log, 1},
	{"set", "[NAME VALUE...]", "settings: what they are, or a new value", rsp_monitor_set,
		RSP_MONITOR_WORDS},
	{"xp", "ADDRESS [LENGTH]", "dump guest-physical memory (64 bytes)", rsp_monitor_xp, 3},
	{"regs", "[SET|NAME...]", "registers; sets: core sse segments system desc avx",
		rsp_monitor_regs, RSP_MONITOR_WORDS},
};

void rsp_print_line(void *session, const char *line)
{
	rsp_print(session, "%s", line);
}

void rsp_print(struct rsp_session *session, const char *fmt, ...)
{
	char line[LONGEST_LINE];
	va_list args;

	va_start(args, fmt);
	vformat(line, sizeof(line) - 1, fmt, args);
	va_end(args);
	line[strlen(line) + 1] = 0;
	line[strlen(line)] = '\n';
	rsp_send_console(session, line);
}

bool rsp_parse_number(const char *word, u64 *value)
{
	unsigned base = word[0] == '0' && (word[1] | 0x20) == 'x' ? 16 : 10;

	*value = 0;
	word += base == 16 ? 2 : 0;
	if (!*word)
		return false;
	for (; *word; word++) {
		int digit = hex_value((u8)*word);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (*value > (~0ull - (unsigned)digit) / base)
			return false;
		*value = *value * base + (unsigned)digit;
	}
	return true;
}

static void print_help(struct rsp_session *session, const struct rsp_words *words)
{
	(void)words;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		rsp_print(session, "%-12s %-17s %s", commands[i].name, commands[i].arguments,
			commands[i].purpose);
	rsp_print(session,
		"Numbers are decimal, or hexadecimal with 0x. Instants count retired"
		" instructions since the start of the recording.");
}

static void print_unknown(struct rsp_session *session, const char *word)
{
	char names[LONGEST_LINE] = "";
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		at += (size_t)format(names + at, sizeof(names) - at, "%s%s", i ? ", " : "",
			commands[i].name);
	rsp_print(session, "no command '%.*s' (expected: %s)", 40, word, names);
}

static bool is_space(char character)
{
	return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

/* Splits the line in place. False if there are too many words. */
static bool split(char *line, struct rsp_words *words)
{
	words->count = 0;
	while (true) {
		while (is_space(*line))
			*line++ = 0;
		if (!*line)
			return true;
		if (words->count == RSP_MONITOR_WORDS)
			return false;
		words->word[words->count++] = line;
		while (*line && !is_space(*line))
			line++;
	}
}

static void run_line(struct rsp_session *session, char *line)
{
	struct rsp_words words = {.count = 0};
	bool all = split(line, &words);

	if (words.count == 0)
		words = (struct rsp_words){1, {"help"}};
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, words.word[0]) != 0)
			continue;
		if (session->failure && !rsp_failure_serves_command(commands[i].name))
			rsp_print(session, "%s: the monitor has failed and can only be read from",
				commands[i].name);
		else if (all && words.count <= commands[i].most_words)
			commands[i].run(session, &words);
		else
			rsp_print(session, "%s: too many words (expected: %s%s%s)",
				commands[i].name, commands[i].name,
				*commands[i].arguments ? " " : "", commands[i].arguments);
		return;
	}
	print_unknown(session, words.word[0]);
}

enum rsp_answer rsp_monitor_command(struct rsp_session *session, struct rsp_args *args)
{
	size_t length = rsp_args_left(args) / 2;
	char line[LONGEST_COMMAND + 1] = "";

	if (rsp_args_left(args) % 2 || length > LONGEST_COMMAND)
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (!hex_decode(line, args->at, length))
		return rsp_answer_status(session, STATUS_MALFORMED);
	run_line(session, line);
	return rsp_answer_status(session, STATUS_OK);
}

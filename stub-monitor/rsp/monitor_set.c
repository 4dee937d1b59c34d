/* SPDX-License-Identifier: EPL-2.0 */
/*
 * `monitor set`: what a user can switch. A line of the table is a setting; it checks its words,
 * changes itself, and prints what it is now. Settings outlive the debugger that made them.
 */
#include "lib/string.h"
#include "rsp/exception_signals.h"
#include "rsp/monitor_command.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"

/* `words` are those behind the setting's name. False: they make no sense, nothing has changed. */
typedef bool (
	*change_setting)(struct rsp_session *session, const char *const *words, unsigned count);
typedef void (*print_setting)(struct rsp_session *session);

/* ---- offsets: where a relocated kernel is (qOffsets) ---- */

static bool change_offsets(struct rsp_session *session, const char *const *words, unsigned count)
{
	struct rsp_offsets offsets = {.set = true};

	if (count == 1 && strcmp(words[0], "off") == 0) {
		session->offsets.set = false;
		return true;
	}
	if (count == 0 || count > 2 || !rsp_parse_number(words[0], &offsets.text))
		return false;
	offsets.data = offsets.text;
	if (count == 2 && !rsp_parse_number(words[1], &offsets.data))
		return false;
	session->offsets = offsets;
	return true;
}

static void print_offsets(struct rsp_session *session)
{
	if (session->offsets.set)
		rsp_print(session,
			"offsets text 0x%lx, data 0x%lx (told to a debugger that connects)",
			(unsigned long)session->offsets.text, (unsigned long)session->offsets.data);
	else
		rsp_print(session, "offsets off");
}

/* ---- exceptions: which of the guest's are stops ---- */

static bool change_exceptions(struct rsp_session *session, const char *const *words, unsigned count)
{
	u32 vectors;

	(void)session;
	if (count != 1 || !rsp_parse_exceptions(words[0], &vectors))
		return false;
	debugger_select_exceptions(vectors);
	return true;
}

static void print_exceptions(struct rsp_session *session)
{
	char names[64];

	rsp_format_exceptions(debugger_selected_exceptions(), names, sizeof(names));
	rsp_print(session, "exceptions %s", names);
}

/* ---- switches ---- */

static bool parse_switch(const char *const *words, unsigned count, bool *on)
{
	bool is_on = count == 1 && strcmp(words[0], "on") == 0;

	if (!is_on && (count != 1 || strcmp(words[0], "off") != 0))
		return false;
	*on = is_on;
	return true;
}

static bool change_step_interrupts(struct rsp_session *session, const char *const *words,
	unsigned count)
{
	if (!parse_switch(words, count, &session->step_interrupts))
		return false;
	debugger_let_interrupts_into_steps(session->step_interrupts);
	return true;
}

static void print_step_interrupts(struct rsp_session *session)
{
	rsp_print(session, "step-interrupts %s", session->step_interrupts ? "on" : "off");
}

static bool change_linear_pc(struct rsp_session *session, const char *const *words, unsigned count)
{
	(void)session;
	return parse_switch(words, count, &rsp_linear_pc);
}

static void print_linear_pc(struct rsp_session *session)
{
	rsp_print(session, "linear-pc %s", rsp_linear_pc ? "on" : "off");
}

/* ---- architecture: what a debugger that connects is told ---- */

static bool change_architecture(struct rsp_session *session, const char *const *words,
	unsigned count)
{
	const struct rsp_architecture *found = count == 1 ? rsp_architecture_find(words[0]) : NULL;

	if (found)
		session->architecture = found;
	return found;
}

static void print_architecture(struct rsp_session *session)
{
	const struct rsp_architecture *next = session->architecture;

	rsp_print(session, "architecture %s%s", next ? next->name : rsp_architecture->name,
		next && next != rsp_architecture ? " (for the debugger that connects next)" : "");
}

/* ---- dma: memory that devices write and that no recording finds ---- */

static bool change_dma(struct rsp_session *session, const char *const *words, unsigned count)
{
	u64 address, bytes;

	(void)session;
	if (count == 1 && strcmp(words[0], "off") == 0) {
		debugger_forget_dma();
		return true;
	}
	return count == 2 && rsp_parse_number(words[0], &address) &&
		rsp_parse_number(words[1], &bytes) && debugger_describe_dma(address, bytes);
}

static void print_dma(struct rsp_session *session)
{
	unsigned index = 0;
	u64 address, bytes;

	while (debugger_described_dma(index++, &address, &bytes))
		rsp_print(session, "dma 0x%lx %lu (bytes that devices write)",
			(unsigned long)address, (unsigned long)bytes);
	if (index == 1)
		rsp_print(session, "dma off");
}

/* ---- all of them ---- */

static const struct {
	const char *name, *expected;
	change_setting change;
	print_setting print;
} settings[] = {
	{"exceptions", "on|off|LIST, as in: ud,gp,de", change_exceptions, print_exceptions},
	{"step-interrupts", "on|off", change_step_interrupts, print_step_interrupts},
	{"linear-pc", "on|off", change_linear_pc, print_linear_pc},
	{"architecture", "x86-64|i386|i8086", change_architecture, print_architecture},
	{"dma", "ADDRESS BYTES|off; in RAM, at most 1 MB, 16 times", change_dma, print_dma},
	{"offsets", "TEXT [DATA]|off", change_offsets, print_offsets},
};

static void print_all(struct rsp_session *session)
{
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		settings[i].print(session);
}

void rsp_monitor_set(struct rsp_session *session, const struct rsp_words *words)
{
	if (words->count == 1) {
		print_all(session);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		if (strcmp(settings[i].name, words->word[1]) != 0)
			continue;
		if (settings[i].change(session, words->word + 2, words->count - 2))
			settings[i].print(session);
		else
			rsp_print(session, "set %s: '%.*s' (expected: %s)", settings[i].name, 40,
				words->count > 2 ? words->word[2] : "", settings[i].expected);
		return;
	}
	rsp_print(session, "set: no setting '%.*s' (expected one of these)", 40, words->word[1]);
	print_all(session);
}

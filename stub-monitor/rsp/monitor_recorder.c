/* SPDX-License-Identifier: EPL-2.0 */
/*
 * The `monitor` commands about the recording: status, events, seek, record, checkpoint(s), digest,
 * log. They translate words into calls of debug/debugger.h and statuses into lines.
 */
#include "lib/string.h"
#include "rsp/monitor_command.h"
#include "rsp/rsp_commands.h"

#define EVENTS_UNLESS_TOLD 10

void rsp_monitor_status(struct rsp_session *session, const struct rsp_words *words)
{
	(void)words;
	debugger_print_status(rsp_print_line, session);
}

void rsp_monitor_events(struct rsp_session *session, const struct rsp_words *words)
{
	u64 count = EVENTS_UNLESS_TOLD;

	if (words->count > 1 && !rsp_parse_number(words->word[1], &count))
		rsp_print(session, "events: '%s' is no number (expected: events [N])",
			words->word[1]);
	else
		debugger_print_events(count, rsp_print_line, session);
}

static bool seek_to_word(const char *word, struct stop *stop)
{
	u64 instant;

	if (strcmp(word, "begin") == 0)
		*stop = debugger_seek_begin();
	else if (strcmp(word, "end") == 0)
		*stop = debugger_seek_end();
	else if (rsp_parse_number(word + (*word == '@'), &instant))
		*stop = debugger_seek(instant);
	else
		return false;
	return true;
}

/*
 * The debugger does not know that the machine has moved: its copies of registers and stack are old.
 */
void rsp_monitor_seek(struct rsp_session *session, const struct rsp_words *words)
{
	const char *word = words->count > 1 ? words->word[1] : "";
	struct stop stop;

	if (!debugger_has_history()) {
		rsp_print(session, "seek: nothing is recorded (monitor record on)");
		return;
	}
	if (!seek_to_word(word, &stop)) {
		rsp_print(session, "seek: '%s' is no instant (expected: @N, begin or end)", word);
		return;
	}
	if (stop.text)
		rsp_print(session, "%s", stop.text);
	session->stop = stop;
	session->stop.text = NULL;
	rsp_print(session, "now at @%lu", (unsigned long)debugger_now());
	rsp_print(session,
		"gdb still shows what was: maint flush register-cache, maint flush dcache");
}

void rsp_monitor_record(struct rsp_session *session, const struct rsp_words *words)
{
	const char *word = words->count > 1 ? words->word[1] : "";
	bool on = strcmp(word, "on") == 0;
	enum status status;

	if (!on && strcmp(word, "off") != 0) {
		rsp_print(session, "record: '%s' is no choice (expected: on or off)", word);
		return;
	}
	status = debugger_record(on);
	if (status == STATUS_OK)
		rsp_print(session, "recording is %s", on ? "on" : "off");
	else
		rsp_print(session, "record %s: %s", word, rsp_status_text(status));
}

void rsp_monitor_checkpoints(struct rsp_session *session, const struct rsp_words *words)
{
	(void)words;
	debugger_print_checkpoints(rsp_print_line, session);
}

void rsp_monitor_checkpoint(struct rsp_session *session, const struct rsp_words *words)
{
	enum status status = debugger_checkpoint_here();

	(void)words;
	if (status == STATUS_OK)
		rsp_print(session, "checkpoint at @%lu", (unsigned long)debugger_now());
	else
		rsp_print(session, "checkpoint: %s", rsp_status_text(status));
}

void rsp_monitor_digest(struct rsp_session *session, const struct rsp_words *words)
{
	(void)words;
	rsp_print(session, "guest %08x at @%lu", debugger_state_digest(),
		(unsigned long)debugger_now());
	rsp_print(session, "monitor %08x", debugger_monitor_digest());
}

void rsp_monitor_log(struct rsp_session *session, const struct rsp_words *words)
{
	(void)words;
	debugger_print_log(rsp_print_line, session);
}

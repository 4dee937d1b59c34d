/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What the files of `monitor` commands share: the words of a line, numbers, and printing to the
 * debugger's console. A command prints its own complaints; it has no other way to fail.
 */
#ifndef RSP_MONITOR_COMMAND_H
#define RSP_MONITOR_COMMAND_H

#include "rsp/rsp_session.h"

#define RSP_MONITOR_WORDS 8

/* word[0] is the command's name. */
struct rsp_words {
	unsigned count;
	const char *word[RSP_MONITOR_WORDS];
};

typedef void (*rsp_monitor_run)(struct rsp_session *session, const struct rsp_words *words);

/* One line, without its newline; cut at 255 characters. */
void rsp_print(struct rsp_session *session, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A print_line of debug/debugger.h; the context is the session. */
void rsp_print_line(void *session, const char *line);

/* A whole word as a number: 0x and hexadecimal digits, or decimal digits. */
bool rsp_parse_number(const char *word, u64 *value);

/* monitor_recorder.c */
void rsp_monitor_status(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_events(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_seek(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_record(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_checkpoints(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_checkpoint(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_digest(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_log(struct rsp_session *session, const struct rsp_words *words);

/* monitor_set.c */
void rsp_monitor_set(struct rsp_session *session, const struct rsp_words *words);

/* monitor_inspect.c */
void rsp_monitor_xp(struct rsp_session *session, const struct rsp_words *words);
void rsp_monitor_regs(struct rsp_session *session, const struct rsp_words *words);

#endif

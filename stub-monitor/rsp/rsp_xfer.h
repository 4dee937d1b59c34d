/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Texts that a debugger reads in parts (GDB manual, qXfer: General Query Packets). A text is made
 * anew for each part asked for, and only what lies in the window is kept: it needs no memory. Pure.
 */
#ifndef RSP_RSP_XFER_H
#define RSP_RSP_XFER_H

#include "rsp/rsp_commands.h"

/* The part of the text that was asked for, while the text passes by. */
struct rsp_window {
	struct rsp_reply *reply;
	u64 start, end; /* offsets into the text */
	u64 position;
};

/* Passes the text, or one formatted line of at most 255 characters, by the window. */
void rsp_window_text(struct rsp_window *window, const char *text);
void rsp_window_format(struct rsp_window *window, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

typedef void (*rsp_window_emit)(struct rsp_window *window);

/*
 * Answers `OFFSET,LENGTH` with that part of what `emit` writes: `m` (there is more) or `l` (the last part), and at most
 * LENGTH bytes, fewer if the reply is full. An offset beyond the end is an error.
 */
enum rsp_answer rsp_answer_xfer(struct rsp_session *session, struct rsp_args *args,
	rsp_window_emit emit);

#endif

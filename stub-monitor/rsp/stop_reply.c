/* SPDX-License-Identifier: EPL-2.0 */
/* Stop replies; see stop_reply.h. */
#include "rsp/stop_reply.h"

#include "rsp/exception_signals.h"
#include "rsp/register_table.h"

/* gdb's own numbering of signals (include/gdb/signals.def). */
#define SIGNAL_INTERRUPT 0x02
#define SIGNAL_TRAP      0x05
#define SIGNAL_ABORT     0x06
#define SIGNAL_TERMINATE 0x0f

static const struct {
	u8 signal;
	const char *word; /* with what follows it, or NULL */
} stop_replies[] = {
	[STOP_GUEST_START] = {SIGNAL_TRAP, NULL},
	[STOP_BREAK_IN] = {SIGNAL_INTERRUPT, NULL},
	[STOP_STEP] = {SIGNAL_TRAP, NULL},
	[STOP_SW_BREAKPOINT] = {SIGNAL_TRAP, "swbreak:"},
	[STOP_HW_BREAKPOINT] = {SIGNAL_TRAP, "hwbreak:"},
	[STOP_WATCH_WRITE] = {SIGNAL_TRAP, "watch:"},
	[STOP_WATCH_READ] = {SIGNAL_TRAP, "rwatch:"},
	[STOP_WATCH_ACCESS] = {SIGNAL_TRAP, "awatch:"},
	[STOP_HISTORY_BEGIN] = {SIGNAL_TRAP, "replaylog:begin"},
	[STOP_HISTORY_END] = {SIGNAL_TRAP, "replaylog:end"},
	[STOP_DIVERGENCE] = {SIGNAL_ABORT, NULL},
	[STOP_BRANCH_END] = {SIGNAL_TRAP, "replaylog:end"},
	[STOP_EXCEPTION] = {SIGNAL_TRAP, NULL}, /* the vector tells */
	[STOP_SHUTDOWN] = {SIGNAL_ABORT, NULL},
	[STOP_RESET] = {SIGNAL_TERMINATE, NULL},
	[STOP_MONITOR_LIMIT] = {SIGNAL_ABORT, NULL},
};

static bool is_watchpoint(enum stop_reason reason)
{
	return reason == STOP_WATCH_WRITE || reason == STOP_WATCH_READ ||
		reason == STOP_WATCH_ACCESS;
}

/*
 * gdb knows no segments: when code does not start at 0, RIP is not the address of its breakpoint,
 * and with `swbreak` it would take the stop for a late one and silently go on. Without the word it
 * shows a SIGTRAP.
 */
static bool pc_is_linear(const struct cpu_state *cpu)
{
	return rsp_linear_pc || cpu_in_64bit_code(cpu) || cpu->segment[SEG_CS].base == 0;
}

static bool may_say_why(const struct rsp_session *session)
{
	switch (session->stop.reason) {
	case STOP_SW_BREAKPOINT:
		return session->wants_swbreak && pc_is_linear(debugger_cpu());
	case STOP_HW_BREAKPOINT:
		return session->wants_hwbreak && pc_is_linear(debugger_cpu());
	default:
		return stop_replies[session->stop.reason].word != NULL;
	}
}

static void add_reason(struct rsp_session *session)
{
	if (!may_say_why(session))
		return;
	rsp_reply_text(&session->reply, stop_replies[session->stop.reason].word);
	if (is_watchpoint(session->stop.reason))
		rsp_reply_number(&session->reply, session->stop.address);
	rsp_reply_byte(&session->reply, ';');
}

static void add_register(struct rsp_session *session, u8 number)
{
	u8 value[RSP_REGISTER_MAX];

	rsp_register_read(debugger_cpu(), number, value);
	rsp_reply_hex(&session->reply, &number, 1);
	rsp_reply_byte(&session->reply, ':');
	rsp_reply_hex(&session->reply, value, rsp_registers[number].size);
	rsp_reply_byte(&session->reply, ';');
}

void rsp_build_stop_reply(struct rsp_session *session)
{
	u8 thread = RSP_THREAD_ID, signal = stop_replies[session->stop.reason].signal;

	if (session->stop.reason == STOP_EXCEPTION)
		signal = rsp_exception_signal((unsigned)session->stop.address);
	rsp_reply_byte(&session->reply, 'T');
	rsp_reply_hex(&session->reply, &signal, 1);
	add_reason(session);
	add_register(session, (u8)rsp_architecture->pc);
	add_register(session, (u8)rsp_architecture->sp);
	add_register(session, (u8)rsp_architecture->bp);
	rsp_reply_text(&session->reply, "thread:");
	rsp_reply_hex(&session->reply, &thread, 1);
	rsp_reply_byte(&session->reply, ';');
}

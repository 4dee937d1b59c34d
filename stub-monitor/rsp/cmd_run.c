/* SPDX-License-Identifier: EPL-2.0 */
/*
 * ?, vCont, c, C, s, S, bs, bc, QPassSignals (GDB manual, Packets, vCont Packet, Reverse Execution,
 * General Query Packets). C and S do what c and s do: an exception is the guest's in any case. An address to resume at moves RIP first.
 */
#include "lib/string.h"
#include "rsp/exception_signals.h"
#include "rsp/register_table.h"
#include "rsp/rsp_commands.h"

enum rsp_answer rsp_report_stop(struct rsp_session *session, struct rsp_args *args)
{
	(void)session;
	(void)args;
	return RSP_ANSWER_STOP;
}

enum rsp_answer rsp_list_actions(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return rsp_answer_text(session, "vCont;c;C;s;S;r");
}

static enum rsp_answer resume(struct rsp_session *session, enum resume_kind kind)
{
	session->resume = (struct resume){.kind = kind};
	return RSP_ANSWER_RESUME;
}

/* vCont's `r start,end`: a range that is empty steps once, as the manual says. */
static bool take_step_range(struct rsp_args *args, struct resume *resume)
{
	resume->kind = RESUME_RANGE_STEP;
	if (!rsp_take_number(args, &resume->range_start) || !rsp_take_char(args, ','))
		return false;
	if (!rsp_take_number(args, &resume->range_end))
		return false;
	if (resume->range_start >= resume->range_end)
		*resume = (struct resume){.kind = RESUME_STEP};
	resume->range_start -= rsp_pc_base(debugger_cpu());
	resume->range_end -= rsp_pc_base(debugger_cpu());
	return true;
}

static bool take_action(struct rsp_args *args, struct resume *resume)
{
	bool signalled = false;
	u64 signal;

	*resume = (struct resume){.kind = RESUME_CONTINUE};
	if (rsp_take_char(args, 'r'))
		return take_step_range(args, resume);
	if (rsp_take_char(args, 's') || (signalled = rsp_take_char(args, 'S')))
		resume->kind = RESUME_STEP;
	else if (!rsp_take_char(args, 'c') && !(signalled = rsp_take_char(args, 'C')))
		return false;
	return !signalled || rsp_take_number(args, &signal);
}

/* ACTION[:THREAD][;ACTION...]: the first action that names our thread, or no thread, is the one. */
static enum status find_action(struct rsp_args *args, struct resume *found)
{
	bool have_one = false, ours;
	struct resume action;

	do {
		if (!take_action(args, &action))
			return STATUS_MALFORMED;
		ours = true;
		if (rsp_take_char(args, ':') && !rsp_take_thread(args, &ours))
			return STATUS_MALFORMED;
		if (ours && !have_one)
			*found = action;
		have_one |= ours;
	} while (rsp_take_char(args, ';'));
	if (rsp_args_left(args))
		return STATUS_MALFORMED;
	return have_one ? STATUS_OK : STATUS_NOT_FOUND;
}

enum rsp_answer rsp_resume_actions(struct rsp_session *session, struct rsp_args *args)
{
	struct resume found;
	enum status status = find_action(args, &found);

	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	session->resume = found;
	return RSP_ANSWER_RESUME;
}

static enum status move_rip(struct rsp_args *args)
{
	struct cpu_state cpu;

	memcpy(&cpu, debugger_cpu(), sizeof(cpu));
	if (!rsp_take_number(args, &cpu.rip) || rsp_args_left(args))
		return STATUS_MALFORMED;
	cpu.rip -= rsp_pc_base(&cpu);
	return cpu.rip == debugger_cpu()->rip ? STATUS_OK : debugger_set_cpu(&cpu);
}

static enum rsp_answer resume_at(struct rsp_session *session, struct rsp_args *args,
	enum resume_kind kind)
{
	enum status status = rsp_args_left(args) ? move_rip(args) : STATUS_OK;

	return status == STATUS_OK ? resume(session, kind) : rsp_answer_status(session, status);
}

static enum rsp_answer resume_with_signal(struct rsp_session *session, struct rsp_args *args,
	enum resume_kind kind)
{
	u64 signal;

	if (!rsp_take_number(args, &signal))
		return rsp_answer_status(session, STATUS_MALFORMED);
	if (rsp_args_left(args) && (!rsp_take_char(args, ';') || !rsp_args_left(args)))
		return rsp_answer_status(session, STATUS_MALFORMED);
	return resume_at(session, args, kind);
}

enum rsp_answer rsp_continue(struct rsp_session *session, struct rsp_args *args)
{
	return resume_at(session, args, RESUME_CONTINUE);
}

enum rsp_answer rsp_continue_signal(struct rsp_session *session, struct rsp_args *args)
{
	return resume_with_signal(session, args, RESUME_CONTINUE);
}

enum rsp_answer rsp_step(struct rsp_session *session, struct rsp_args *args)
{
	return resume_at(session, args, RESUME_STEP);
}

enum rsp_answer rsp_step_signal(struct rsp_session *session, struct rsp_args *args)
{
	return resume_with_signal(session, args, RESUME_STEP);
}

/* Signals, in hexadecimal and with semicolons, that are not to stop the guest; each packet replaces the one before. */
enum rsp_answer rsp_pass_signals(struct rsp_session *session, struct rsp_args *args)
{
	u32 vectors = 0;
	u64 signal;

	while (rsp_args_left(args)) {
		if (!rsp_take_number(args, &signal))
			return rsp_answer_status(session, STATUS_MALFORMED);
		if (rsp_args_left(args) && !rsp_take_char(args, ';'))
			return rsp_answer_status(session, STATUS_MALFORMED);
		vectors |= rsp_vectors_of_signal(signal);
	}
	debugger_pass_exceptions(vectors);
	return rsp_answer_status(session, STATUS_OK);
}

/*
 * Without history this is its beginning. An error reply would not do: gdb takes it for a stop of
 * its own.
 */
static enum rsp_answer resume_backward(struct rsp_session *session, enum resume_kind kind)
{
	if (debugger_has_history())
		return resume(session, kind);
	session->stop = (struct stop){
		.reason = STOP_HISTORY_BEGIN,
		.text = "nothing is recorded, so there is no past (monitor record on)",
	};
	return RSP_ANSWER_STOP;
}

enum rsp_answer rsp_reverse_step(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return resume_backward(session, RESUME_REVERSE_STEP);
}

enum rsp_answer rsp_reverse_continue(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return resume_backward(session, RESUME_REVERSE_CONTINUE);
}

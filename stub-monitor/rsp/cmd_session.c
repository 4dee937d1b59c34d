/* SPDX-License-Identifier: EPL-2.0 */
/*
 * Negotiation, the target description, and how a session ends (GDB manual, General Query Packets,
 * Packets D and k). Nothing a debugger says ends the machine: D lets it run, k leaves it stopped
 * for the next debugger.
 */
#include "debug/tracepoint.h"
#include "lib/format.h"
#include "rsp/rsp_commands.h"
#include "rsp/target_xml.h"

#define FEATURES_WE_HAVE \
	"QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+;qXfer:features:read+;" \
	"qXfer:threads:read+;qXfer:osdata:read+;binary-upload+;QPassSignals+;ReverseStep+;ReverseContinue+;" \
	"ConditionalBreakpoints+;BreakpointCommands+;" \
	"ConditionalTracepoints+;EnableDisableTracepoints+;TracepointSource+;tracenz+;" \
	"qXfer:traceframe-info:read+;QRetro.PhysicalMemory+;QRetro.Tags+;QRetro.Pictures+"

/* Takes one of the debugger's features, up to `;`. */
static bool take_feature(struct rsp_args *args, struct rsp_args *feature)
{
	if (args->at == args->end)
		return false;
	feature->at = args->at;
	while (args->at < args->end && *args->at != ';')
		args->at++;
	feature->end = args->at;
	rsp_take_char(args, ';');
	return true;
}

enum rsp_answer rsp_negotiate(struct rsp_session *session, struct rsp_args *args)
{
	struct rsp_args feature;
	char text[32];

	if (rsp_args_left(args) && !rsp_take_char(args, ':'))
		return RSP_ANSWER_REPLY;
	rsp_session_new_debugger(session);
	while (take_feature(args, &feature)) {
		session->wants_swbreak |= rsp_args_equal(&feature, "swbreak+");
		session->wants_hwbreak |= rsp_args_equal(&feature, "hwbreak+");
		session->wants_error_text |= rsp_args_equal(&feature, "error-message+");
	}
	format(text, sizeof(text), "PacketSize=%x;",
		session->transport.packet_size(session->transport.context));
	rsp_reply_text(&session->reply, text);
	return rsp_answer_text(session, FEATURES_WE_HAVE);
}

/* Takes effect when its OK is acknowledged: see receive_ack() in rsp_session.c. */
enum rsp_answer rsp_start_no_ack(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	session->no_ack = true;
	session->no_ack_confirming = true;
	return rsp_answer_status(session, STATUS_OK);
}

enum rsp_answer rsp_read_features(struct rsp_session *session, struct rsp_args *args)
{
	if (!rsp_take_text(args, "target.xml:"))
		return rsp_answer_status(session, STATUS_NOT_FOUND);
	return rsp_answer_xfer(session, args, rsp_target_xml_emit);
}

/* Empty unless the user has said where the guest is: a debugger then takes its file's addresses. */
enum rsp_answer rsp_tell_offsets(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	if (!session->offsets.set)
		return RSP_ANSWER_REPLY;
	rsp_reply_text(&session->reply, "Text=");
	rsp_reply_number(&session->reply, session->offsets.text);
	rsp_reply_text(&session->reply, ";Data=");
	rsp_reply_number(&session->reply, session->offsets.data);
	rsp_reply_text(&session->reply, ";Bss=");
	rsp_reply_number(&session->reply, session->offsets.data);
	return RSP_ANSWER_REPLY;
}

/* Says that quitting the debugger should detach, not kill. */
enum rsp_answer rsp_is_attached(struct rsp_session *session, struct rsp_args *args)
{
	if (rsp_args_left(args) && *args->at != ':')
		return RSP_ANSWER_REPLY;
	return rsp_answer_text(session, "1");
}

/* gdb's `target extended-remote`: it may use vRun and R, and stays connected after `kill`. */
enum rsp_answer rsp_extended_mode(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return rsp_answer_status(session, STATUS_OK);
}

/*
 * The only start there is to go back to is that of the recording: of a live guest's image and
 * devices nothing is kept.
 */
static enum status go_to_begin(struct rsp_session *session)
{
	struct stop stop;

	if (!debugger_has_history())
		return STATUS_NO_HISTORY;
	stop = debugger_seek_begin();
	session->stop = (struct stop){.reason = STOP_GUEST_START};
	if (stop.reason == STOP_HISTORY_BEGIN)
		return STATUS_OK;
	session->stop.reason = stop.reason;
	return STATUS_UNSUPPORTED;
}

/* FILE and arguments have no meaning: the guest is what was loaded. */
enum rsp_answer rsp_run_again(struct rsp_session *session, struct rsp_args *args)
{
	enum status status = go_to_begin(session);

	(void)args;
	if (status == STATUS_OK)
		return RSP_ANSWER_STOP;
	return rsp_answer_error(session, status,
		status == STATUS_NO_HISTORY
			? "nothing is recorded: a guest can be run again from the beginning of a recording only"
			: "the beginning of the recording was not reached");
}

/* The older form, without an answer; the debugger asks by `?` where it is now. */
enum rsp_answer rsp_restart(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	go_to_begin(session);
	return RSP_ANSWER_LEAVE_STOPPED;
}

/* What the debugger that goes has put into the guest goes with it. */
static void leave(void)
{
	debugger_remove_all();
	trace_stop();
}

enum rsp_answer rsp_detach(struct rsp_session *session, struct rsp_args *args)
{
	if (rsp_args_left(args) && *args->at != ';')
		return rsp_answer_status(session, STATUS_MALFORMED);
	leave();
	session->resume = (struct resume){.kind = RESUME_CONTINUE};
	rsp_answer_status(session, STATUS_OK);
	return RSP_ANSWER_DETACH;
}

enum rsp_answer rsp_kill(struct rsp_session *session, struct rsp_args *args)
{
	(void)session;
	(void)args;
	leave();
	return RSP_ANSWER_LEAVE_STOPPED;
}

/* Unlike k, this form has a reply. */
enum rsp_answer rsp_kill_process(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	leave();
	rsp_answer_status(session, STATUS_OK);
	return RSP_ANSWER_LEAVE_STOPPED;
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * THE packet table: every packet the stub understands is a line here; any other gets the empty
 * reply, which says "not supported" (GDB manual, Overview). Also the one table of error numbers.
 */
#include "rsp/rsp_commands.h"

#include "rsp/rsp_failure.h"

enum ending {
	ENDS, /* the name is the whole packet */
	ARGS, /* arguments follow the name */
};

static const struct {
	const char *name;
	enum ending ending;
	rsp_command command;
} packets[] = {
	/* negotiation and the life of a session */
	{"qSupported", ARGS, rsp_negotiate},
	{"QStartNoAckMode", ENDS, rsp_start_no_ack},
	{"qXfer:features:read:", ARGS, rsp_read_features},
	{"qXfer:osdata:read:", ARGS, rsp_read_osdata},
	{"qOffsets", ENDS, rsp_tell_offsets},
	{"qAttached", ARGS, rsp_is_attached},
	{"!", ENDS, rsp_extended_mode},
	{"vRun;", ARGS, rsp_run_again},
	{"R", ARGS, rsp_restart},
	{"D", ARGS, rsp_detach},
	{"k", ENDS, rsp_kill},
	{"vKill;", ARGS, rsp_kill_process},

	/* threads: one, for the one CPU */
	{"H", ARGS, rsp_select_thread},
	{"T", ARGS, rsp_is_thread_alive},
	{"qC", ENDS, rsp_current_thread},
	{"qfThreadInfo", ENDS, rsp_first_threads},
	{"qsThreadInfo", ENDS, rsp_more_threads},
	{"qThreadExtraInfo,", ARGS, rsp_describe_thread},
	{"qXfer:threads:read::", ARGS, rsp_read_threads},

	/* registers */
	{"g", ENDS, rsp_read_registers},
	{"G", ARGS, rsp_write_registers},
	{"p", ARGS, rsp_read_register},
	{"P", ARGS, rsp_write_register},

	/* memory */
	{"m", ARGS, rsp_read_memory},
	{"x", ARGS, rsp_read_memory_binary},
	{"M", ARGS, rsp_write_memory},
	{"X", ARGS, rsp_write_memory_binary},
	{"qSearch:memory:", ARGS, rsp_search_memory},
	{"qCRC:", ARGS, rsp_sum_memory},
	{"QRetro.PhysicalMemory:", ARGS, rsp_set_physical_memory},
	{"qRetro.PhysicalMemory", ENDS, rsp_get_physical_memory},

	/* the recording, for who keeps it */
	{"qRetro.Machine", ENDS, rsp_describe_machine},
	{"qRetro.Base", ENDS, rsp_read_base},
	{"qRetro.Pages:", ARGS, rsp_read_pages},
	{"qRetro.Log:", ARGS, rsp_read_log},
	{"qRetro.Mark", ENDS, rsp_mark_state},
	{"qRetro.Here", ENDS, rsp_read_here},
	{"qRetro.Changes:", ARGS, rsp_read_changes},

	/* running forward */
	{"?", ENDS, rsp_report_stop},
	{"QPassSignals:", ARGS, rsp_pass_signals},
	{"vCont?", ENDS, rsp_list_actions},
	{"vCont;", ARGS, rsp_resume_actions},
	{"c", ARGS, rsp_continue},
	{"C", ARGS, rsp_continue_signal},
	{"s", ARGS, rsp_step},
	{"S", ARGS, rsp_step_signal},

	/* running backward */
	{"bs", ENDS, rsp_reverse_step},
	{"bc", ENDS, rsp_reverse_continue},

	/* steps in tagged packets */
	{">", ENDS, rsp_picture_step},
	{"<", ENDS, rsp_picture_reverse_step},
	{"=", ENDS, rsp_picture_forget},

	/* breakpoints and watchpoints */
	{"Z", ARGS, rsp_insert_breakpoint},
	{"z", ARGS, rsp_remove_breakpoint},

	/* tracepoints */
	{"QTinit", ENDS, rsp_reset_trace},
	{"QTDP:", ARGS, rsp_define_tracepoint},
	{"QTDPsrc:", ARGS, rsp_accept},
	{"QTro:", ARGS, rsp_accept},
	{"QTNotes:", ARGS, rsp_accept},
	{"QTStart", ENDS, rsp_start_trace},
	{"QTStop", ENDS, rsp_stop_trace},
	{"QTEnable:", ARGS, rsp_enable_tracepoint},
	{"QTDisable:", ARGS, rsp_disable_tracepoint},
	{"QTBuffer:circular:", ARGS, rsp_set_circular_trace},
	{"QTDV:", ARGS, rsp_define_trace_variable},
	{"QTFrame:", ARGS, rsp_select_trace_frame},
	{"qTStatus", ENDS, rsp_tell_trace_status},
	{"qTP:", ARGS, rsp_tell_tracepoint},
	{"qTV:", ARGS, rsp_tell_trace_variable},
	{"qTfP", ENDS, rsp_list_nothing},
	{"qTsP", ENDS, rsp_list_nothing},
	{"qTfV", ENDS, rsp_list_nothing},
	{"qTsV", ENDS, rsp_list_nothing},
	{"qTBuffer:", ARGS, rsp_read_trace_buffer},
	{"qXfer:traceframe-info:read::", ARGS, rsp_describe_trace_frame},

	/* the user's own commands */
	{"qRcmd,", ARGS, rsp_monitor_command},
};

/*
 * The numbers are those of Linux's errno for a similar trouble; gdb shows them, and does not
 * interpret them.
 */
static const struct {
	u8 number;
	const char *text;
} errors[] = {
	[STATUS_OK] = {0x00, "done"},
	[STATUS_UNMAPPED] = {0x0e, "the address is not mapped"},
	[STATUS_DEVICE_MEMORY] = {0x05, "the address belongs to a device, or to nothing"},
	[STATUS_MALFORMED] = {0x16, "the request does not make sense"},
	[STATUS_TABLE_FULL] = {0x1c, "no slot is left"},
	[STATUS_NOT_FOUND] = {0x02, "there is no such thing"},
	[STATUS_UNSUPPORTED] = {0x5f, "not supported"},
	[STATUS_NO_HISTORY] = {0x3d, "nothing is recorded"},
	[STATUS_BUSY] = {0x10, "the machine travels in time: ask again when it has stopped"},
};

static struct rsp_args packet_args(const struct rsp_decoder *decoder)
{
	return (struct rsp_args){decoder->payload, decoder->payload + decoder->length};
}

bool rsp_is_packet(const struct rsp_decoder *decoder, const char *text)
{
	struct rsp_args args = packet_args(decoder);

	return rsp_args_equal(&args, text);
}

enum rsp_answer rsp_run_command(struct rsp_session *session)
{
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		struct rsp_args args = packet_args(&session->decoder);

		if (!rsp_take_text(&args, packets[i].name))
			continue;
		if (packets[i].ending == ENDS && rsp_args_left(&args))
			continue;
		if (session->failure && !rsp_failure_serves_packet(packets[i].name))
			return rsp_failure_answer(session);
		return packets[i].command(session, &args);
	}
	return RSP_ANSWER_REPLY;
}

enum rsp_answer rsp_answer_text(struct rsp_session *session, const char *text)
{
	rsp_reply_text(&session->reply, text);
	return RSP_ANSWER_REPLY;
}

enum rsp_answer rsp_answer_status(struct rsp_session *session, enum status status)
{
	if (status != STATUS_OK)
		return rsp_answer_error(session, status, errors[status].text);
	rsp_reply_clear(&session->reply);
	return rsp_answer_text(session, "OK");
}

enum rsp_answer rsp_answer_error(struct rsp_session *session, enum status status, const char *text)
{
	u8 number = errors[status].number;

	rsp_reply_clear(&session->reply);
	rsp_reply_byte(&session->reply, 'E');
	if (session->wants_error_text) {
		rsp_reply_byte(&session->reply, '.');
		return rsp_answer_text(session, text);
	}
	rsp_reply_hex(&session->reply, &number, 1);
	return RSP_ANSWER_REPLY;
}

const char *rsp_status_text(enum status status)
{
	return errors[status].text;
}

/* SPDX-License-Identifier: EPL-2.0 */
/*
 * What packets mean: the table in rsp_commands.c names each packet and the function that answers
 * it. These functions build the payload of the answer in session->reply and return what to do with
 * it; rsp_session.c sends it. None of them writes to the line, except that `monitor` commands send
 * console text on the way.
 */
#ifndef RSP_RSP_COMMANDS_H
#define RSP_RSP_COMMANDS_H

#include "rsp/rsp_args.h"
#include "rsp/rsp_session.h"

enum rsp_answer {
	RSP_ANSWER_REPLY,         /* send session->reply; empty means "not supported" */
	RSP_ANSWER_STOP,          /* send a stop reply for session->stop */
	RSP_ANSWER_RESUME,        /* run as session->resume says; the stop reply is the answer */
	RSP_ANSWER_DETACH,        /* send session->reply, then run freely */
	RSP_ANSWER_LEAVE_STOPPED, /* send session->reply if there is one; the debugger is gone */
};

typedef enum rsp_answer (*rsp_command)(struct rsp_session *session, struct rsp_args *args);

/* Answers the packet in session->decoder. session->reply is empty at the call. */
enum rsp_answer rsp_run_command(struct rsp_session *session);

/* The decoded packet is exactly this text. */
bool rsp_is_packet(const struct rsp_decoder *decoder, const char *text);

/* "OK", or `E xx` from the one table of error numbers (docs/spec/rsp-extensions.md). */
enum rsp_answer rsp_answer_status(struct rsp_session *session, enum status status);
/* The same for an error with a text of its own: `E.text` goes to debuggers that announced error-message+ (gdb 16). */
enum rsp_answer rsp_answer_error(struct rsp_session *session, enum status status, const char *text);
enum rsp_answer rsp_answer_text(struct rsp_session *session, const char *text);

/* What a status means, for a line of console text. */
const char *rsp_status_text(enum status status);

/* cmd_registers.c */
enum rsp_answer rsp_read_registers(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_write_registers(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_register(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_write_register(struct rsp_session *session, struct rsp_args *args);

/* cmd_memory.c */
enum rsp_answer rsp_read_memory(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_write_memory(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_write_memory_binary(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_memory_binary(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_set_physical_memory(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_get_physical_memory(struct rsp_session *session, struct rsp_args *args);

/* For cmd_memory_scan.c: as m and x read. */
enum status rsp_read_bytes(const struct rsp_session *session, u64 address, void *buffer,
	size_t length, size_t *done);

/* cmd_memory_scan.c */
enum rsp_answer rsp_search_memory(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_sum_memory(struct rsp_session *session, struct rsp_args *args);

/* cmd_recording.c */
enum rsp_answer rsp_describe_machine(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_base(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_here(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_changes(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_pages(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_log(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_mark_state(struct rsp_session *session, struct rsp_args *args);

/* cmd_run.c */
enum rsp_answer rsp_report_stop(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_list_actions(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_resume_actions(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_continue(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_continue_signal(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_step(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_step_signal(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_pass_signals(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_reverse_step(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_reverse_continue(struct rsp_session *session, struct rsp_args *args);

/* cmd_picture.c */
enum rsp_answer rsp_picture_step(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_picture_reverse_step(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_picture_forget(struct rsp_session *session, struct rsp_args *args);

/* cmd_session.c */
enum rsp_answer rsp_negotiate(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_start_no_ack(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_features(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_osdata(struct rsp_session *session,
	struct rsp_args *args); /* cmd_osdata.c */
enum rsp_answer rsp_tell_offsets(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_is_attached(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_extended_mode(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_run_again(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_restart(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_detach(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_kill(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_kill_process(struct rsp_session *session, struct rsp_args *args);

/* cmd_thread.c */
enum rsp_answer rsp_select_thread(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_is_thread_alive(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_current_thread(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_first_threads(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_more_threads(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_describe_thread(struct rsp_session *session, struct rsp_args *args);
/* CRC-32C of what is said of the thread: it tells whether that has changed. */
u32 rsp_thread_sum(void);
enum rsp_answer rsp_read_threads(struct rsp_session *session, struct rsp_args *args);

/* cmd_breakpoint.c */
enum rsp_answer rsp_insert_breakpoint(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_remove_breakpoint(struct rsp_session *session, struct rsp_args *args);

/* cmd_trace.c */
enum rsp_answer rsp_reset_trace(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_define_tracepoint(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_accept(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_start_trace(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_stop_trace(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_enable_tracepoint(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_disable_tracepoint(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_set_circular_trace(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_define_trace_variable(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_tell_trace_status(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_tell_tracepoint(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_tell_trace_variable(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_list_nothing(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_read_trace_buffer(struct rsp_session *session, struct rsp_args *args);

/* trace_frame.c */
enum rsp_answer rsp_select_trace_frame(struct rsp_session *session, struct rsp_args *args);
enum rsp_answer rsp_describe_trace_frame(struct rsp_session *session, struct rsp_args *args);

/* cmd_monitor.c */
enum rsp_answer rsp_monitor_command(struct rsp_session *session, struct rsp_args *args);

#endif

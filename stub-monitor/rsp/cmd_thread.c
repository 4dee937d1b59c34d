/* SPDX-License-Identifier: EPL-2.0 */
/*
 * H, T, qC, qfThreadInfo, qsThreadInfo, qThreadExtraInfo, qXfer:threads:read (GDB manual, Packets,
 * General Query Packets, Thread List Format): the guest's one CPU is thread 1.
 */
#include "lib/crc32c.h"
#include "lib/format.h"
#include "lib/string.h"
#include "rsp/rsp_xfer.h"

static enum status take_our_thread(struct rsp_args *args)
{
	bool ours;

	if (!rsp_take_thread(args, &ours) || rsp_args_left(args))
		return STATUS_MALFORMED;
	return ours ? STATUS_OK : STATUS_NOT_FOUND;
}

enum rsp_answer rsp_select_thread(struct rsp_session *session, struct rsp_args *args)
{
	if (!rsp_take_char(args, 'g') && !rsp_take_char(args, 'c'))
		return RSP_ANSWER_REPLY;
	return rsp_answer_status(session, take_our_thread(args));
}

enum rsp_answer rsp_is_thread_alive(struct rsp_session *session, struct rsp_args *args)
{
	return rsp_answer_status(session, take_our_thread(args));
}

static enum rsp_answer answer_thread(struct rsp_session *session, const char *prefix)
{
	u8 thread = RSP_THREAD_ID;

	rsp_reply_text(&session->reply, prefix);
	rsp_reply_hex(&session->reply, &thread, 1);
	return RSP_ANSWER_REPLY;
}

enum rsp_answer rsp_current_thread(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return answer_thread(session, "QC");
}

enum rsp_answer rsp_first_threads(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return answer_thread(session, "m");
}

enum rsp_answer rsp_more_threads(struct rsp_session *session, struct rsp_args *args)
{
	(void)args;
	return rsp_answer_text(session, "l");
}

static const char *mode_name(const struct cpu_state *cpu)
{
	if (cpu_in_64bit_code(cpu))
		return "64-bit";
	if (!(cpu->cr0 & CR0_PE))
		return "real mode";
	return cpu->segment[SEG_CS].attributes & SEG_ATTR_DB ? "32-bit" : "16-bit";
}

static void describe(char *text, size_t size)
{
	const struct cpu_state *cpu = debugger_cpu();

	format(text, size, "%s, ring %d, cr3 0x%lx%s", mode_name(cpu), cpu->cpl,
		(unsigned long)cpu->cr3, cpu->halted ? ", halted" : "");
}

u32 rsp_thread_sum(void)
{
	char text[80];

	describe(text, sizeof(text));
	return crc32c(0, text, strlen(text));
}

enum rsp_answer rsp_describe_thread(struct rsp_session *session, struct rsp_args *args)
{
	enum status status = take_our_thread(args);
	char text[80] = "CPU 0, ";

	if (status != STATUS_OK)
		return rsp_answer_status(session, status);
	describe(text + strlen(text), sizeof(text) - strlen(text));
	rsp_reply_hex(&session->reply, text, strlen(text));
	return RSP_ANSWER_REPLY;
}

static void emit_threads(struct rsp_window *window)
{
	char text[80];

	describe(text, sizeof(text));
	rsp_window_format(window,
		"<threads>\n<thread id=\"%x\" core=\"0\" name=\"CPU 0\">%s</thread>\n</threads>\n",
		RSP_THREAD_ID, text);
}

enum rsp_answer rsp_read_threads(struct rsp_session *session, struct rsp_args *args)
{
	return rsp_answer_xfer(session, args, emit_threads);
}
